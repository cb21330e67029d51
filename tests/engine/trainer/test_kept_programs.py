"""Programs outlive the engine that compiled them: the same bits, sooner; nothing ends for them."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from jax.experimental import serialize_executable
from jaxlib import version as jaxlib

from engine.trainer import kept_programs

_SCRIPT = """
import sys
from pathlib import Path
from engine.trainer import runtime
runtime.set_up(2, Path(sys.argv[1]))
import jax
lower = jax.stages.Traced.lower
jax.stages.Traced.lower = lambda *a, **k: print("compiled") or lower(*a, **k)
from engine.trainer.batching import Rows
from engine.trainer.network import Network
from engine.specs.network import NetworkSpec
import numpy as np
x = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
network = Network.build(NetworkSpec(hidden_layers=(8,), seed=4), 5, 2)
rows = Rows.of(x, x[:, 0] > 0)
network.train(rows, rows, epochs=3, batch_size=16)
print(network.mean_loss(x, x[:, 0] > 0), network.predict(x).tobytes().hex())
"""


def _train(cache: Path) -> list[str]:
    """What a process of its own says while it trains a network and keeps programs in `cache`."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(cache)],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _machine_code(cache: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in cache.rglob("*.program")}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with the programs of one training, and what its process has said."""
    cache = tmp_path_factory.mktemp("cache")
    return cache, _train(cache)


def test_the_next_process_compiles_nothing_and_comes_to_the_same(
    first: tuple[Path, list[str]],
) -> None:
    cache, said = first
    compiled = _machine_code(cache)
    assert "compiled" in said
    # elsewhere nobody says what the processor understands
    kept = sys.platform == "linux"
    assert bool(compiled) == kept
    assert _train(cache) == (said[-1:] if kept else said)
    assert _machine_code(cache) == compiled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of this process, with a program of its own in it afterwards."""
    monkeypatch.setattr(kept_programs, "_folder", None)
    monkeypatch.setattr(kept_programs, "processor_features", lambda: "those of a test")
    kept_programs.keep_programs(tmp_path, 2)
    assert kept_programs._folder is not None
    return kept_programs._folder


def _doubled() -> list[float]:
    three = np.arange(3, dtype=np.float32)
    program = kept_programs.compiled("doubled", lambda x: 2 * x, [three], 0)
    return [float(value) for value in program(three)]


def test_what_is_damaged_is_made_again(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    _doubled()
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    with caplog.at_level(logging.WARNING, "engine"):
        assert _doubled() == [0.0, 2.0, 4.0]
        assert f"{kept.name} is damaged" in caplog.text
        caplog.clear()
        assert _doubled() == [0.0, 2.0, 4.0]
    assert not caplog.text


@pytest.mark.parametrize("broken", ["removed", "no folder", "no form"])
def test_a_program_that_cannot_be_kept_is_there_all_the_same(
    broken: str, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if broken == "removed":
        folder.rmdir()
    elif broken == "no folder":
        # nothing can be written there, nor removed, as on a disk that has become read-only
        folder.rmdir()
        folder.write_bytes(b"")
    else:

        def refuse(program: object) -> None:
            raise ValueError("no form for it")

        monkeypatch.setattr(serialize_executable, "serialize", refuse)
    with caplog.at_level(logging.WARNING, "engine"):
        assert _doubled() == [0.0, 2.0, 4.0]
    assert "is not kept" in caplog.text


def test_what_another_compiler_made_is_not_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in (jax, jaxlib):
        with monkeypatch.context() as other:
            other.setattr(library, "__version__", "another")
            kept_programs.keep_programs(folder.parents[1], 2)
        assert kept_programs._folder != folder, library.__name__


def test_a_folder_is_emptied_beside_another_engine_that_does_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        (folder / name).write_bytes(bytes(10))
    old = folder.parent / "old"
    old.mkdir()
    os.utime(old, (0, 0))
    listed = Path.iterdir

    def then_gone(path: Path) -> list[Path]:
        return [*listed(path), path / "gone meanwhile"]

    monkeypatch.setattr(kept_programs, "MAX_BYTES", 20)
    monkeypatch.setattr(Path, "iterdir", then_gone)
    monkeypatch.setattr(kept_programs, "_folder", None)
    kept_programs.keep_programs(folder.parents[1], 2)
    assert kept_programs._folder == folder
    assert list(listed(folder)) == []
    assert not old.exists()
