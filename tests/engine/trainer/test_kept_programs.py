"""Programs outlive the engine that compiled them: the same bits, sooner; nothing ends for them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
from engine.specs.network import NetworkSpec
from tests.support.random_tables import table, trained
x, y = table()
network = trained(NetworkSpec(hidden_layers=(8,), epochs=3, seed=4), x, y)
print(network.history.history["loss"], network.predict(x).tobytes().hex())
"""


def _train(cache: Path, then: str = "") -> list[str]:
    """What a process of its own says while it trains a network and keeps programs in `cache`."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(cache), then],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _machine_code(cache: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in cache.rglob("*.pb")}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with the programs of one training, and what its process has said."""
    cache = tmp_path_factory.mktemp("cache")
    return cache, _train(cache)


def test_the_next_process_traces_and_compiles_nothing_and_comes_to_the_same(
    first: tuple[Path, list[str]],
) -> None:
    cache, said = first
    compiled = _machine_code(cache)
    assert "traced" in said
    # elsewhere nobody says what the processor understands, and what was traced alone is kept
    assert bool(compiled) == (sys.platform == "linux")
    assert _train(cache) == said[-1:]
    assert _machine_code(cache) == compiled


def test_what_is_damaged_is_made_again_and_where_nothing_can_be_kept_it_is_said(
    first: tuple[Path, list[str]], tmp_path: Path
) -> None:
    kept, (*_, expected) = first
    cache = tmp_path / "cache"
    shutil.copytree(kept, cache)
    for path in cache.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-100])
    *said, figures = _train(cache)
    assert figures == expected
    assert any("is damaged" in line for line in said)
    *said, figures = _train(cache, "no disk")
    assert figures == expected
    assert any("program is not kept" in line for line in said)
    assert not cache.exists()
