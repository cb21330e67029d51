"""Programs outlive the engine that compiled them: the same bits, sooner; nothing ends for them."""

import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import logging, shutil, sys
from pathlib import Path
logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s")
from engine.trainer import compiled_program, runtime
cache, then = Path(sys.argv[1]), sys.argv[2]
runtime.set_up(2, cache)
if then == "no disk":
    shutil.rmtree(cache)
trace = compiled_program.trace
compiled_program.trace = lambda *arguments: print("traced") or trace(*arguments)
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.runs.reporter import Reporter
result = run_job(make_spec("train", {"epochs": 3, "hidden_layers": [8], "seed": 4}), Reporter())
print(result.scores.validation.figures)
"""


def _train(cache: Path, then: str = "") -> list[str]:
    """What a process of its own says while it trains a network and keeps programs in `cache`."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(cache), then],
        capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _machine_code(cache: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in cache.rglob("*.pb")}


def test_the_next_process_traces_and_compiles_nothing_and_comes_to_the_same(tmp_path: Path) -> None:
    first = _train(tmp_path)
    compiled = _machine_code(tmp_path)
    assert "traced" in first
    # elsewhere nobody says what the processor understands, and what was traced alone is kept
    assert bool(compiled) == (sys.platform == "linux")
    second = _train(tmp_path)
    assert second == first[-1:]
    assert _machine_code(tmp_path) == compiled


def test_what_is_damaged_is_made_again_and_where_nothing_can_be_kept_it_is_said(
    tmp_path: Path,
) -> None:
    *_, expected = _train(tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-100])
    *said, figures = _train(tmp_path)
    assert figures == expected
    assert any("is damaged" in line for line in said)
    *said, figures = _train(tmp_path, "no disk")
    assert figures == expected
    assert any("program is not kept" in line for line in said)
    assert not tmp_path.exists()
