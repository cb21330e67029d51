"""Encodings, found out and told."""

from pathlib import Path

import pytest

from engine.errors import EngineError
from tests.support.engine.written_tables import PLAIN, ROWS, read

WORDS = {
    "cp1251": ("рост,вес,класс", ("нет", "да")), "koi8_r": ("рост,вес,класс", ("нет", "да")),
    "gb18030": ("高度,数量,类别", ("香蕉", "苹果")), "big5": ("名稱,數量,類別", ("香蕉", "蘋果")),
    "shift_jis": ("高さ,幅,種類", ("りんご", "みかん")),
    "euc_jp": ("高さ,幅,種類", ("りんご", "ケンジ")),
    "euc_kr": ("이름,키,종류", ("고양이", "강아지")),
    "iso8859_2": ("výška,šířka,třída", ("žlutá", "bílá")),
    "cp1250": ("wysokość,waga,płeć", ("mężczyzna", "kobieta")),
    "cp1252": ("Länge,Breite,Gewässer", ("Fluß", "See")), "latin-1": ("a,b,año", ("niño", "niña")),
    "cp1253": ("ύψος,βάρος,τάξη", ("ναι", "όχι")), "cp1254": ("boy,kilo,sınıf", ("ağaç", "çiçeği")),
    "utf-16": ("a,b,größe", ("ä", "ö")), "utf-16-le": ("a,b,größe", ("ä", "ö")),
    "utf-32": ("a,b,größe", ("ä", "ö")), "utf-8-sig": ("a,b,größe", ("ä", "ö")),
}  # fmt: skip


@pytest.mark.parametrize("codec", WORDS)
def test_encodings_are_found_and_told(tmp_path: Path, codec: str) -> None:
    header, labels = WORDS[codec]
    body = header + "\n" + "".join(f"{i},{i}.5,{labels[i % 2]}\n" for i in range(ROWS))
    target = header.rpartition(",")[2]
    table = read(tmp_path, body.encode(codec), target=target)
    assert set(table.classes) == set(labels)
    assert codec.startswith("utf") or any("not UTF-8" in note for note in table.notes)
    # far below the beginning it is found as well
    late = (
        "x,y,kind\n" + "1,2,plain\n" * 20_000 + f"1,2,{labels[0]}\n" * 3 + f"1,2,{labels[1]}\n" * 3
    )
    if not codec.startswith("utf"):
        assert set(read(tmp_path, late.encode(codec)).classes) == {"plain", *labels}
    assert set(read(tmp_path, body.encode(codec), target=target, encoding=codec).classes) == set(
        labels
    )


def test_german_words_are_not_told_to_be_central_european(tmp_path: Path) -> None:
    body = "größe,straße,kind\n" + "1.5,Hauptstraße,a\n2.5,Mühlweg,b\n3.5,Bäckergasse,a\n" * 9
    assert read(tmp_path, body.encode("latin-1")).file.encoded.words in ("Latin-1", "Windows-1252")


def test_a_missing_column_mentions_the_encoding_when_names_look_wrong(tmp_path: Path) -> None:
    body = PLAIN.replace("kind", "класс").encode("cp1251")
    with pytest.raises(EngineError, match="set encoding") as caught:
        read(tmp_path, body, target="класс", encoding="latin-1")
    assert "Latin-1" in caught.value.hint
    with pytest.raises(EngineError) as caught:
        read(tmp_path, PLAIN, target="klass")
    assert "encoding" not in caught.value.hint
