"""The trainer beside plain Keras, scikeras, Keras Tuner and its peers: ratios, in one run.

python -m benchmarks.trainer --sample     a declared part of the slow peers, scaled
python -m benchmarks.trainer --full       all of it, half an hour and more
python -m benchmarks.trainer --sample --write docs/performance.md
"""

import argparse
import gc
import platform
from pathlib import Path
from typing import Any

from engine.environment import provenance
from engine.trainer import runtime

COMPARED = ("first_training", "experiment_1", "experiments_2_3", "searches", "hyperband", "sizes")
FIGURES = {
    "beside_peers": "What a person could pick instead",
    "first_epoch": "Time to the first epoch",
    "speed": "Share of the machine's speed",
    "growth": "How time grows",
    "cores": "Cores",
    "same_distribution": "The same networks",
    "whole_post": "The whole post",
}


def main() -> None:
    """Run what is asked for, print it, and write it where asked to."""
    parser = argparse.ArgumentParser(prog="trainer", description=__doc__.splitlines()[0])
    parser.add_argument("--sample", action="store_true", help="part of the slow peers (default)")
    parser.add_argument("--full", action="store_true", help="all of the slow peers")
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--write", type=Path, help="a Markdown file to write the result to")
    asked = parser.parse_args()
    runtime.set_up(2)
    found = provenance.current()
    # JAX is set up before anything that loads it
    from benchmarks.trainer import figures, post
    from benchmarks.trainer.work import Bench

    bench = Bench(asked.full)
    gc.collect()
    gc.freeze()
    only = [name for name in asked.only.split(",") if name] or [*COMPARED, *FIGURES]
    lines = ["| work | against | at least | ratio | engine, s | peer, s | of the peer |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    print("\n".join(lines), flush=True)
    for name in COMPARED:
        for line in getattr(bench, name)() if name in only else ():
            lines.append(line.row)
            print(line.row, flush=True)
    parts = []
    for name, title in FIGURES.items():
        if name in only:
            module = post if name == "whole_post" else figures
            parts.append("\n".join([f"## {title}", "", *getattr(module, name)(bench), ""]))
            print("\n" + parts[-1], flush=True)
    if asked.write:
        asked.write.write_text(_document(found, lines, parts, asked), encoding="utf-8")


def _document(found: Any, lines: list[str], parts: list[str], asked: argparse.Namespace) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    mode = "--full" if asked.full else "--sample"
    if asked.only:
        mode += f" --only {asked.only}"
    return "\n".join(
        [
            "# How fast the trainer is", "",
            "Made by the program; do not edit. The command:", "",
            f"    python -m benchmarks.trainer {mode} --write docs/performance.md", "",
            f"{found['threads']} threads, {platform.machine()}, {_processor()};"
            f" Python {found['python']}, {versions};"
            f" oneDNN {'on' if found['onednn'] else 'off'}. Engine and peers ran in turns"
            " in one process, the engine's programs compiled beforehand. Medians of wall-clock"
            " seconds; ratios are peer by engine. The engine's time includes what comes before the"
            " training: a network built, or one that was built before and begins anew.",
            "",
            *lines, "", *parts,
        ]
    ).rstrip() + "\n"  # fmt: skip


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    return f"{len(names)} × {names[0]}" if names else platform.processor()


if __name__ == "__main__":
    main()
