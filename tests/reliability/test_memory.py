"""Too little memory is called that, with what is needed; it is not a broken installation."""

import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from engine.environment import memory
from engine.environment.memory import TENSORFLOW, refuse_too_little
from engine.errors import EngineError
from engine.store.store import Store
from engine.worker.library_loader import Loader
from engine.worker.run_job import explained

COMMAND = (sys.executable, "-P", "-m", "penguin_tui")


def limited(kilobytes: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The program under `ulimit -v`."""
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (kilobytes * 1024,) * 2)
    return subprocess.run(
        [*COMMAND, *arguments], preexec_fn=limit, capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(200)
@pytest.mark.parametrize("kilobytes", [1_000_000, 2_000_000])
def test_a_limit_on_memory_is_named_with_what_is_needed(folder: Path, kilobytes: int) -> None:
    done = limited(kilobytes, "run", "train", "--quiet")
    assert done.returncode == 1
    assert "There is too little memory" in done.stderr
    assert f"a limit allows {kilobytes * 1024 / 1e9:.1f} GB (ulimit -v)" in done.stderr
    assert "'ulimit -v unlimited'" in done.stderr
    assert "Install" not in done.stderr
    assert "logout" not in done.stderr


def test_where_not_even_the_engine_has_room_none_is_started(folder: Path) -> None:
    done = limited(500_000, "run", "baseline", "--quiet")
    assert done.returncode == 1
    assert "There is too little memory: the engine needs" in done.stderr
    assert not (folder / "engine.log").exists()
    with Store.open(folder) as store:
        assert store.runs() == []


def test_a_container_that_is_too_small_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_LIMITS", (tmp_path / "none", limit))
    limit.write_text("max\n")
    refuse_too_little(TENSORFLOW, 2)
    limit.write_text(f"{512 * 2**20}\n")
    with pytest.raises(EngineError, match=r"needs 0\.9 GB, and this container may take 0\.5 GB"):
        refuse_too_little(TENSORFLOW, 2)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libtensorflow_cc.so.2: failed to map segment from shared object"),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_a_library_that_is_refused_memory_is_not_taken_for_a_broken_one(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise error

    monkeypatch.setattr("engine.worker.library_loader.import_module", refused)
    loader = Loader(1, lambda: None)
    loader.run()
    assert loader.failed is not None
    assert "too little memory" in loader.failed.message
    assert "Install" not in loader.failed.hint
    assert "not enough memory" in explained(error, "run 1").message


def test_a_library_that_is_missing_is_not_taken_for_too_little_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object) -> None:
        raise ImportError("No module named 'pandas'")

    monkeypatch.setattr("engine.worker.library_loader.import_module", missing)
    loader = Loader(1, lambda: None)
    loader.run()
    assert loader.failed is not None
    assert "pandas" in loader.failed.message
    assert "Install penguin-tui again" in loader.failed.hint
