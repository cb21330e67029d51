"""The trainer beside JAX, PyTorch, Keras and MLPClassifier, in turns, in one run.

python -m benchmarks.peers [--json] [--only SIZE,…] [--environment FOLDER]

Each does the same work in a process of its own, as its own documentation advises. JAX and PyTorch
are installed from benchmarks/peers.txt into an environment of their own, made in the user's cache
or in FOLDER. What is compiled is compiled before the first measurement.
"""

import argparse
import json
from pathlib import Path

from benchmarks.peers.measuring import FOLDER, measured, table
from benchmarks.peers.work import SIZES


def main() -> None:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="seconds a network, as JSON")
    parser.add_argument("--only", default="", help="sizes by number from 1, separated by commas")
    parser.add_argument(
        "--environment", type=Path, default=FOLDER,
        help="the folder of the peers' environment (default: %(default)s)",
    )  # fmt: skip
    asked = parser.parse_args()
    chosen = [SIZES[int(n) - 1] for n in asked.only.split(",") if n] or list(SIZES)
    found = measured(chosen, asked.environment)
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(table(found)))


if __name__ == "__main__":
    main()
