"""A run as a plain Keras script, cell by cell: what a person would have written for it.

The script needs Keras and NumPy (a baseline's scikit-learn as well) and nothing of this program.
The settings are the run's; its random numbers are Keras's own, so that figures vary a little.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from engine.portable.feature_code import as_code, features_code, preprocessing_code
from engine.portable.kept import KeptRun
from engine.portable.network_code import network_cells
from engine.portable.reading import LETTERS, Reading
from engine.prediction.own_rows import OwnRows
from engine.results.split_rows import unpacked
from engine.sources.files import locate
from engine.specs.data import PENGUINS, DataSpec
from engine.specs.kinds.baseline import BaselineSpec
from engine.version import __version__

# the set of each row is written into the script up to so many; of more it deals them out itself
WRITTEN_ROWS = 100_000
# the copy of a table that is no plain text
TABLE = "table.csv"


@dataclass(frozen=True, slots=True)
class Cell:
    """A step of the script: its title, and its code without a newline at the end."""

    title: str
    code: str


def script(kept: KeptRun, table: str) -> str:
    """The whole script; it reads the table that its first argument names, else `table`."""
    record, training = kept.record, kept.training
    needs = "Keras, NumPy and scikit-learn" if training.kind == "baseline" else "Keras and NumPy"
    head = (
        f'"""Run {record.id} ({record.kind}) of penguin-tui {__version__}, as a plain script:'
        f" python train.py [TABLE]\n\nIt needs {needs}. The settings are those of the run; its"
        ' random numbers are not, so that\nfigures differ a little.\n"""'
    )
    # beside the script, whatever folder it is started from
    here = f"os.path.join(os.path.dirname(os.path.abspath(__file__)), {table!r})"
    default = repr(table) if "/" in table else here
    where = f"sys.argv[1] if len(sys.argv) > 1 else {default}"
    parts = [f"# -- {cell.title} --\n\n{cell.code}" for cell in cells(kept, where)]
    return head + "\n\n" + "\n\n".join(parts) + "\n"


def cells(kept: KeptRun, table: str) -> Iterator[Cell]:
    """The steps of the script, whose table is the expression `table`."""
    spec = kept.training.data_spec
    fitted, reading = kept.fitted.preprocessor, Reading.of(kept)
    yield Cell("libraries", _libraries(kept))
    yield Cell("the table", _table(kept, table))
    yield Cell("the sets", _sets(kept, spec))
    yield Cell(
        "features", features_code(fitted, reading, marked=reading.marks and kept.marks_missing)
    )
    yield Cell("preprocessing", preprocessing_code(spec))
    yield from (Cell(title, code) for title, code in network_cells(kept.training))


def _libraries(kept: KeptRun) -> str:
    baseline = isinstance(kept.training, BaselineSpec)
    keras = 'os.environ.setdefault("KERAS_BACKEND", "tensorflow")\n\nimport keras\n'
    standard = ("csv", "hashlib", "math", "os", "re", "sys")
    imports = "".join(f"import {name}\n" for name in standard)
    return (
        f"{imports}from datetime import UTC, datetime\n\n{'' if baseline else keras}"
        "import numpy as np"
    )


def _table(kept: KeptRun, table: str) -> str:
    reading = Reading.of(kept)
    space = ", skipinitialspace=True" if reading.skip_space else ""
    quote = f", quotechar={reading.quote!r}" if reading.quote else ", quoting=csv.QUOTE_NONE"
    comment = (
        f"    file = (line for line in file if not line.startswith({reading.comment!r}))\n"
        if reading.comment
        else ""
    )
    if reading.delimiter == "blanks":
        rows, separator = "rows = [line.split() for line in file]", ""
    else:
        separator = f"delimiter={reading.delimiter!r}{quote}{space}"
        rows = f"rows = list(csv.reader(file, {separator}))"
    above = reading.lines_above - 1 if reading.header else reading.lines_above
    skipped = (
        f"    for _ in range({above}):\n        next(file)  # above the table\n"
        if above > 0
        else ""
    )
    names = "head, *rows = rows" if reading.header else f"head = {list(reading.names)!r}"
    if reading.lines_below:
        names += f"\ndel rows[-{reading.lines_below} :]  # below the table"
    return f"""\
TABLE = {table}
TARGET = {kept.fitted.preprocessor.target!r}
CLASSES = {list(kept.fitted.classes)!r}
# the class of each label as it is written
LABELS = {as_code(reading.labels)}

with open(TABLE, encoding={reading.encoding!r}, newline="") as file:
{skipped}{comment}    {rows}
rows = [row for row in rows if len(row) > 1 or (row and row[0].strip())]
{names}
place = {{name.strip() or f"column {{i + 1}}": i for i, name in enumerate(head)}}
y = np.array([LABELS.get(row[place[TARGET]], -1) for row in rows])
print(f"{{len(rows)}} rows, {{len(head)}} columns")"""


def _sets(kept: KeptRun, spec: DataSpec) -> str:
    split = kept.artefacts.get("split.bin")
    letters = "".join(LETTERS[name] for name in unpacked(split)) if split is not None else ""
    if len(letters) > WRITTEN_ROWS or spec.test_data is not None or kept.rows_digest is None:
        # of a test file the rows are not in the table
        letters = ""
    lines = textwrap.wrap(letters, 88) or [""]
    written = "\n".join(f"    {line!r}" for line in lines)
    validation = 0.0 if spec.protocol == "as_published" else spec.validation_fraction
    kept_together = spec.group or spec.order
    regard = (
        f'\n    print("Note: rows are dealt out without regard to {kept_together}.")'
        if kept_together
        else ""
    )
    return f"""\
# the set of each row in the run: t(raining), v(alidation), h(eld-out test), - none
SETS = (
{written}
)
# by which the rows of the run are known again
LABELS_SHA256 = {kept.rows_digest!r}


def deal(y):
    \"\"\"Another table: each class gives its fraction to each set, at random.\"\"\"{regard}
    found = np.full(len(y), "-")
    random = np.random.default_rng({spec.split_seed})
    for code in range(len(CLASSES)):
        members = random.permutation(np.flatnonzero(y == code))
        test = round({spec.test_fraction} * len(members))
        validation = round({validation} * len(members))
        found[members] = "t"
        found[members[:test]] = "h"
        found[members[test : test + validation]] = "v"
    return found


same = SETS and hashlib.sha256(str(y.tolist()).encode()).hexdigest() == LABELS_SHA256
sets = np.array(list(SETS)) if same else deal(y)
train, validation, test = ((sets == letter) & (y >= 0) for letter in "tvh")
print(f"{{train.sum()}} training, {{validation.sum()}} validation, {{test.sum()}} test rows")"""


def table_of(kept: KeptRun) -> str:
    """The path of the table that the run read, or the name of a copy beside the script.

    A copy is there of the penguins, and of what is not plain text (`copied_table`).
    """
    data = kept.record.spec.data_spec.data
    if data == PENGUINS:
        return "penguins.csv"
    return TABLE if copied_table(kept) else str(locate(data))


def copied_table(kept: KeptRun) -> bool:
    """Whether the table is compressed or of another format than CSV, so that its text is copied."""
    own = kept.own
    return isinstance(own, OwnRows) and own.table.file.facts.source.kind != "plain"
