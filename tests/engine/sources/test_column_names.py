"""What columns are named: by one row or two, or by a number of their own."""

from pathlib import Path

import pytest

from engine.sources.inspect import look
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import PLAIN, ROWS, read


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ("Size,,Weight,,kind\nmin,max,min,max,\n",
         ("Size min", "Size max", "Weight min", "Weight max")),
        ("Size,,Weight,,\nmin,max,min,max,kind\n",
         ("Size min", "Size max", "Weight min", "Weight max")),
        ("Before,,After,,\nlength,width,height,depth,kind\n",
         ("length", "width", "height", "depth")),
        ("speed,speed,mass,mass,kind\nmean,std,mean,std,\n",
         ("speed mean", "speed std", "mass mean", "mass std")),
        ("2022,2022,2023,2023,kind\na,b,a,b,\n", ("2022 a", "2022 b", "2023 a", "2023 b")),
    ],
)  # fmt: skip
def test_columns_are_named_by_two_rows_where_cells_were_merged(
    tmp_path: Path, above: str, names: tuple[str, ...]
) -> None:
    table = read(tmp_path, above + "".join(f"{i}.5,{i}.1,{i}.2,{i}.7,{'ab'[i % 2]}\n"
                                           for i in range(ROWS)))  # fmt: skip
    assert table.features == names
    assert len(table.codes) == ROWS
    assert table.file.line_of(0) == 3
    assert any("named by two rows" in note and "header to yes" in note for note in table.notes)


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ("Before,,After,,kind\nlength,width,height,depth,class\n",
         ("length", "width", "height", "depth", "kind class")),
        ("speed,speed,mass,mass,kind\nmean,std,low,high,\n",
         ("speed mean", "speed std", "mass low", "mass high", "kind")),
        ("Size,,,Weight,kind\nmin,mid,max,min,\n",
         ("Size min", "mid", "max", "Weight min", "kind")),
        # a row of units stays one
        ("height,height,wind,vane,kind\n(cm),(in),m/s,deg,class\n",
         ("height", "height_2", "wind", "vane", "kind")),
        ("temp,temp,mass,mass,kind\n(C),(F),(kg),(lb),\n",
         ("temp", "temp_2", "mass", "mass_2", "kind")),
        ("id,temp,,wind,kind\nno,C,K,m/s,class\n", ("id", "temp", "column 3", "wind", "kind")),
        ("a,b,c,d,kind,,\nm,kg,s,A,x,y,\n", ("a", "b", "c", "d", "kind")),
    ],
)  # fmt: skip
def test_the_second_row_is_names_only_below_groups(
    tmp_path: Path, above: str, names: tuple[str, ...]
) -> None:
    ends = above.splitlines()[0].count(",") - 4
    path = tmp_path / "t.csv"
    path.write_text(above + "".join(f"{i}.5,{i}.1,{i}.2,{i}.7,{'ab'[i % 2]}{',' * ends}\n"
                                    for i in range(ROWS)))  # fmt: skip
    facts = look(DataSpec(data=str(path), target="kind"))
    assert facts.columns[:5] == names
    assert facts.rows == ROWS


@pytest.mark.parametrize("names", ["id,v,kind,", "id,,v,kind"])
def test_a_name_that_is_missing_is_no_group(tmp_path: Path, names: str) -> None:
    first, rows = "x1,pending,p,see note\n", "".join(f"x{i},{i},q,\n" for i in range(2, 12))
    path = tmp_path / "t.csv"
    path.write_text(f"{names}\n{first}{rows}")
    facts = look(DataSpec(data=str(path), target="kind"))
    assert facts.rows == 11
    assert "kind" in facts.columns


def test_a_second_mark_of_the_byte_order_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff\ufeff" + PLAIN).features == ("x", "y")


def test_names_that_come_again_get_a_number(tmp_path: Path) -> None:
    table = read(tmp_path, "x,x,x_2,x,kind\n" + "1,2,3,4,a\n5,6,7,8,b\n" * 5)
    assert table.features == ("x", "x_3", "x_2", "x_4")
    assert any("'x_3', 'x_4'" in note for note in table.notes)
