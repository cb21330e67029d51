"""What is wrong with a table is told with what helps."""

from pathlib import Path

import pytest

from engine.errors import EngineError
from tests.support.engine.written_tables import LINES, PLAIN, read


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ('"x,kind"\n' + '"1.5,a"\n' * 9, "only one column", "in quotation marks as a whole"),
        (PLAIN + "# checked\n" + LINES[1], "has 1 cell", "set comment to #"),
        (PLAIN.replace(",", ";").replace("x;y;kind", "x,y,kind"), "no column 'kind'", "'x,y,kind'"),
        ("<!DOCTYPE html>\n<html><p>Not found</p></html>\n" * 9, "a web page", "save the table"),
        (b"t.csv" + bytes(252) + b"ustar" + PLAIN.encode(), "a tar archive", "Unpack it"),
        ((PLAIN.replace("a\n", "é\n") * 2).encode() + b"1,2,\xe9\n",
         "Line 83 holds bytes that are no UTF-8", "Correct the line"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_what_helps(
    tmp_path: Path, body: str | bytes, message: str, hint: str
) -> None:
    with pytest.raises(EngineError) as caught:
        read(tmp_path, body)
    assert message in caught.value.message
    assert hint in caught.value.hint
