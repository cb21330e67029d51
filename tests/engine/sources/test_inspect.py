"""The quick look at a CSV file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine.sources.inspect as facts_module
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.inspect import peek
from engine.sources.names import check_column
from engine.sources.numbers import is_number
from tests.support.engine.written_tables import write


def told(path: str, **settings: str) -> str:
    with pytest.raises(EngineError) as caught:
        peek(path, **settings)
    assert caught.value.hint
    return caught.value.message


def test_penguins_travel_with_the_package() -> None:
    facts = peek("penguins")
    assert facts.columns == (
        "species",
        "island",
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
        "sex",
    )
    assert facts.rows == 344
    assert facts.has_header
    assert facts.encoding.words == "UTF-8"
    assert facts.layout.dialect.words == "comma"
    assert facts.sample[0] == ("Adelie", "Torgersen", "39.1", "18.7", "181", "3750", "MALE")


def test_what_is_wrong_with_a_path_is_told(tmp_path: Path) -> None:
    assert "does not exist" in told(str(tmp_path / "none.csv"))
    assert "does not exist" in told("a\0b.csv")
    assert "does not exist" in told("/dev/null/x.csv")
    assert "is a folder" in told(str(tmp_path))
    assert "device or a pipe" in told("/dev/zero")
    assert "cannot be read" in told("/" + "x" * 5000)
    assert "no such home folder" in told("~nobody-of-this-name/x.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "device or a pipe" in told(str(tmp_path / "pipe.csv"))


def test_a_relative_path_is_told_with_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EngineError) as caught:
        peek("none.csv")
    assert str(tmp_path) in caught.value.hint


def test_a_file_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a,label\n1,x\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # the tests may run as root, whom no file refuses
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(EngineError, match="cannot be read: permission denied") as caught:
        peek(path)
    assert "permission" in caught.value.hint


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(facts_module.MAX_BYTES + 1)
    assert "2.0 GB; at most 2 GB" in told(str(path))


@pytest.mark.parametrize("name", ["Species", "speces", "  species ", "species\x1b"])
def test_a_wrong_target_gets_the_nearest_name(name: str) -> None:
    with pytest.raises(EngineError) as caught:
        check_column(peek("penguins").columns, name, "target")
    assert caught.value.hint == "Did you mean 'species'?"
    assert str(caught.value).replace("\n", "").isprintable()


def test_a_far_target_gets_the_columns() -> None:
    with pytest.raises(EngineError, match="The columns are 'species', 'island'"):
        check_column(peek("penguins").columns, "zzz", "target")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_how_a_file_is_written_is_found_out(
    tmp_path: Path, delimiter: str, encoding: str, end: str
) -> None:
    lines = ["größe,zahl,art", *(f"{i}.5,{i},{'äö'[i % 2]}" for i in range(30))]
    body = end.join(lines).replace(",", delimiter).encode(encoding)
    facts = peek(write(tmp_path, body))
    assert facts.columns == ("größe", "zahl", "art")
    assert facts.layout.dialect.delimiter == delimiter
    assert facts.rows == 30
    assert facts.sample[1] == ("1.5", "1", "ö")


@pytest.mark.parametrize(
    ("body", "decimal"),
    [
        ("a;b\n1,5;x\n2,25;y\n", ","),
        ("a;b\n1.5;x\n2.25;y\n", "."),
        ("a;b;c\n1,5;2.5;x\n1,5;2.5;x\n", "."),
        ('a,b\n"1,5",x\n"12,25",y\n', ","),
        ('a,b\n"1,500",x\n"12,250",y\n', "."),
        ("a;b\n1,500;x\n12,250;y\n", ","),
        ("a;b\n1;x\n12;y\n", "."),
    ],
)
def test_the_decimal_mark_is_found_out(tmp_path: Path, body: str, decimal: str) -> None:
    assert peek(write(tmp_path, body)).style.decimal == decimal


@pytest.mark.parametrize(
    ("body", "has_header"),
    [
        ("a,b\n1,x\n2,y\n", True),
        ("1,x\n2,y\n3,x\n", False),
        ("1.5,2,x\n2.5,3,y\n", False),
        ("0,1,2\n0.5,1.5,x\n", True),
        ("2019,2020,2021\n5,6,x\n", True),
        ("size,colour\nbig,red\nsmall,red\n", True),
        ("big,red\nbig,green\nsmall,red\n", False),
        (",a,b\n0,1,x\n1,2,y\n", True),
    ],
)
def test_whether_the_first_line_names_the_columns(
    tmp_path: Path, body: str, has_header: bool
) -> None:
    path = write(tmp_path, body)
    assert peek(path).has_header is has_header
    assert peek(path, header="yes").has_header
    without = peek(path, header="no")
    assert without.columns[:2] == ("column 1", "column 2")


def test_a_look_reads_the_beginning_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b,label\n" + b"1,2,x\n3,4,y\n" * 500_000)
    seen = []
    read = facts_module.read_sample

    def counted(*args: int) -> tuple[bytes, bool]:
        sample, whole = read(*args)  # type: ignore[arg-type]
        seen.append(len(sample))
        return sample, whole

    monkeypatch.setattr(facts_module, "read_sample", counted)
    facts = peek(str(path))
    assert facts.rows is None
    assert seen == [facts_module.SAMPLE_BYTES]


def test_a_very_wide_file_is_looked_at_far_enough(tmp_path: Path) -> None:
    names = [f"a column with a rather long name, number {i}" for i in range(20_000)]
    body = ";".join(names) + "\n" + ";".join("1" for _ in names) + "\n"
    facts = peek(write(tmp_path, body))
    assert len(facts.columns) == 20_000
    assert facts.rows == 1


def test_shown_is_harmless_and_short() -> None:
    assert shown("a\x1b[31m\u202e") == "'a\\x1b[31m\\u202e'"
    assert len(shown("x" * 10_000)) < 70


def test_looking_loads_no_heavy_library() -> None:
    code = (
        "import sys, engine.sources.inspect as i; i.peek('penguins');"
        "print(*{'numpy', 'pandas', 'sklearn', 'tensorflow', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.binary(max_size=300),
    delimiter=st.sampled_from(["auto", "tab", ",", ";", " ", "'", '"', "a", "1", "."]),
    quote=st.sampled_from(["auto", "none", "'", '"', ",", "x"]),
    encoding=st.sampled_from(["auto", "utf-8", "latin-1", "cp1252", "utf-16"]),
    header=st.sampled_from(["auto", "yes", "no"]),
)
def test_any_bytes_give_facts_or_a_sentence(
    tmp_path: Path, body: bytes, delimiter: str, quote: str, encoding: str, header: str
) -> None:
    path = write(tmp_path, body)
    try:
        facts = peek(path, delimiter=delimiter, quote=quote, encoding=encoding, header=header)
    except EngineError as error:
        sentence = str(error)
    else:
        sentence = "read"
        assert len(facts.columns) == len(set(facts.columns)) >= 2
    assert sentence.replace("\n", "").isprintable()


def test_a_cell_of_endless_digits_is_looked_at_once() -> None:
    # the longest cell there is; a pattern that tries every way to divide it takes minutes
    for cell in ("9" * 131_000 + "x", "1" * 65_000 + "." + "1" * 65_000 + "e"):
        assert not is_number(cell)
        assert not is_number(cell.replace(".", ","), ",")
    assert is_number("9" * 131_000)
