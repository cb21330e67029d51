"""How long `predict` takes, and how much memory, by the number of rows.

    python -m benchmarks.predict

A training on the penguins predicts files of 10,000, 100,000 and 1,000,000 rows like theirs, each a
random change of one of them; the whole command, with a file to write. Aims: a million rows in under
20 s, and memory that does not depend on the number of rows.
"""

import csv
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from engine.sources.files import locate

ROWS = (10_000, 100_000, 1_000_000)
# what is changed: bill length and depth, flipper length, body mass
MEASURED = range(2, 6)


def write_table(path: Path, rows: int) -> None:
    """Penguins, each measured anew."""
    random = Random(rows)
    with locate("penguins").open() as file:
        head, *own = csv.reader(file)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for _ in range(rows):
            row = random.choice(own)
            writer.writerow(
                [
                    f"{float(cell) * random.gauss(1, 0.02):.2f}" if i in MEASURED and cell else cell
                    for i, cell in enumerate(row)
                ]
            )


def main() -> None:
    """Print a row of a table for each file."""
    with TemporaryDirectory() as folder:
        os.environ["PENGUIN_TUI_HOME"] = str(Path(folder) / "home")
        program = [sys.executable, "-m", "penguin_tui"]
        subprocess.run([*program, "run", "train", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*program, "engine", "stop"], check=True, stdout=subprocess.DEVNULL)
        print("| rows | seconds | of the processor | largest process, MB |\n|---|---|---|---|")
        for rows in ROWS:
            data, output = Path(folder) / "new.csv", Path(folder) / "out.csv"
            write_table(data, rows)
            begun, used = time.monotonic(), _processor()
            command = [*program, "predict", "1", str(data), "-o", str(output), "--force"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds = time.monotonic() - begun
            # of all children so far, in kB: it only grows
            largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
            work = _processor() - used
            print(f"| {rows:,} | {seconds:.1f} | {work:.1f} | {largest:,.0f} |", flush=True)


def _processor() -> float:
    """Seconds of the processor that all children so far have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
