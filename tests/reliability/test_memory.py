"""Too little memory is called that, with what is needed; it is not a broken installation."""

import os
import random
import resource
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.environment import memory
from engine.environment.memory import TENSORFLOW, refuse_too_little
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.runs.reporter import Reporter
from engine.store.heartbeat import beat
from engine.store.home import log_path, private_file
from engine.store.locks import engine_lock
from engine.store.recovery import mark_lost_runs
from engine.store.store import Store
from engine.worker.library_loader import Loader
from engine.worker.run_job import explained, work
from tests.support.patience import PATIENCE

COMMAND = (sys.executable, "-P", "-m", "penguin_tui")


def limited(kilobytes: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The program under `ulimit -v`."""
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (kilobytes * 1024,) * 2)
    return subprocess.run(
        [*COMMAND, *arguments], preexec_fn=limit, capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("kilobytes", "needed", "kind"),
    [
        (1_500_000, "a training", ("train",)),
        (2_000_000, "TensorFlow", ("random_search", "--vary", "epochs=1,2")),
    ],
)
def test_a_limit_on_memory_is_named_with_what_is_needed(
    folder: Path, kilobytes: int, needed: str, kind: tuple[str, ...]
) -> None:
    done = limited(kilobytes, "run", *kind, "--quiet")
    assert done.returncode == 1
    assert f"There is too little memory: {needed} needs" in done.stderr
    assert f"a limit allows {kilobytes * 1024 / 1e9:.1f} GB (ulimit -v)" in done.stderr
    assert "'ulimit -v unlimited'" in done.stderr
    assert "Install" not in done.stderr
    assert "logout" not in done.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("kilobytes", "kind"), [(1_000_000, ("baseline",)), (2_000_000, ("train", "--set", "epochs=2"))]
)
def test_what_needs_less_is_done_within_less(
    folder: Path, kilobytes: int, kind: tuple[str, ...]
) -> None:
    done = limited(kilobytes, "run", *kind, "--quiet")
    assert done.returncode == 0, done.stderr


def test_where_not_even_the_engine_has_room_none_is_started(folder: Path) -> None:
    done = limited(500_000, "run", "baseline", "--quiet")
    assert done.returncode == 1
    assert "There is too little memory: the engine needs" in done.stderr
    assert not (folder / "engine.log").exists()
    with Store.open(folder) as store:
        assert store.runs() == []


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cgroup (version 2) that holds this process, in one that says nothing."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/outer/inner\n")
    (tmp_path / "proc/meminfo").write_text("MemFree: 1 kB\nMemAvailable: 4000000 kB\n")
    (tmp_path / "groups/outer/inner").mkdir(parents=True)
    monkeypatch.setattr(memory, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path / "groups")
    return tmp_path / "groups/outer/inner"


def test_a_container_that_is_too_small_is_named(group: Path) -> None:
    for folder in (group, group.parent):
        (folder / "memory.current").write_text("0\n")
        (folder / "memory.max").write_text("max\n")
    refuse_too_little(TENSORFLOW, 2)
    (group.parent / "memory.max").write_text(f"{512 * 2**20}\n")
    with pytest.raises(EngineError, match=r"needs 1\.0 GB, and this container may take 0\.5 GB"):
        refuse_too_little(TENSORFLOW, 2)


def test_what_is_free_is_the_least_that_anything_leaves(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert memory.free_memory() == 4_000_000 * 1024
    (group / "memory.max").write_text("3000000000\n")
    (group / "memory.current").write_text("2500000000\n")
    assert memory.free_memory() == 500_000_000
    # what the system only remembers of files it gives back
    (group / "memory.stat").write_text("anon 1\ninactive_file 700000000\n")
    assert memory.free_memory() == 1_200_000_000
    (group.parent / "memory.max").write_text("1000000000\n")
    (group.parent / "memory.current").write_text("100000000\n")
    assert memory.free_memory() == 900_000_000
    (Path(group.parents[2]) / "proc/self/status").write_text("VmSize: 100000 kB\nVmData: 1 kB\n")
    limits = {resource.RLIMIT_AS: 300_000 * 1024}
    monkeypatch.setattr(
        resource, "getrlimit", lambda which: (limits.get(which, resource.RLIM_INFINITY), 0)
    )
    assert memory.free_memory() == 200_000 * 1024


def test_an_engine_killed_for_memory_is_reported_as_that(
    group: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost() -> tuple[str, str]:
        with Store.open(folder) as store:
            run = store.submit(make_spec("train", {}))
            with store.writing() as connection:
                connection.execute("UPDATE runs SET status = 'running' WHERE id = ?", (run,))
            assert mark_lost_runs(store) == [run]
            record = store.run(run)
            return record.message, record.hint

    monkeypatch.setattr("engine.store.locks.boot_id", lambda: "")
    with engine_lock(folder):
        beat(folder)
    assert "logout" in lost()[1]
    # the system's own figure, before and after the kill
    (group / "memory.events").write_text("oom 3\noom_kill 3\n")
    with engine_lock(folder):
        beat(folder)
    assert "memory" not in "".join(lost())
    (group / "memory.events").write_text("oom 4\noom_kill 4\n")
    message, hint = lost()
    assert "the memory was used up" in message
    assert "more memory" in hint
    assert "logout" not in message + hint
    # a library that ended the process by itself leaves its last words in the log
    (group / "memory.events").write_text("oom_kill 3\n")
    private_file(log_path(folder)).write_text(
        "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  x\n\n"
    )
    assert "the memory was used up" in lost()[0]


GUARDED = """
import resource, sys
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.runs.reporter import Reporter
from engine.jobs import baseline, describe, run_job

limit = int(sys.argv[2]) * 2**20
free = int(open("/proc/self/statm").read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (free + limit, free + limit))
spec = make_spec(sys.argv[3], {"data": sys.argv[1], "target": "y", **eval(sys.argv[4])})
try:
    run_job(spec, Reporter())
except EngineError as error:
    print("refused:", error)
else:
    print("done")
"""


@pytest.fixture(scope="module")
def many_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60,000 rows with as many moments, half as many names, and something to learn."""
    chance = random.Random(0)
    path = tmp_path_factory.mktemp("tables") / "texts.csv"
    with path.open("w") as file:
        file.write("when,name,x,y\n")
        for i in range(60_000):
            x = chance.random()
            name = chance.randrange(20_000)
            file.write(f"2021-03-04T{i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d},")
            file.write(f"name {name},{x:.4f},{'ab'[x + 0.1 * chance.gauss(0, 1) > 0.5]}\n")
    return path


def guarded(path: Path, megabytes: int, kind: str, **fields: object) -> str:
    """What a job says that may take no more than so much above what the libraries take."""
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, str(path), str(megabytes), kind, repr(fields)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["describe", "baseline"])
def test_columns_of_sixty_thousand_texts_take_little(many_texts: Path, kind: str) -> None:
    assert "done" in guarded(many_texts, 400, kind)


@pytest.mark.timeout(300)
def test_every_category_a_feature_is_learnt_from_where_it_fits_and_refused_where_not(
    many_texts: Path,
) -> None:
    # a few iterations need as much as all of them
    fields = {"max_categories": None, "exclude": ("when",), "max_iterations": 5}
    assert "done" in guarded(many_texts, 900, "baseline", **fields)
    said = guarded(many_texts, 12, "baseline", **fields)
    assert "refused: There is too little memory" in said
    assert "free" in said


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
    error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refused(*_: object) -> None:
        raise error

    monkeypatch.setattr("engine.worker.library_loader.import_module", refused)
    loader = Loader(1, lambda: None, tmp_path)
    loader.run()
    assert loader.failed is not None
    assert "too little memory" in loader.failed.message
    assert "Install" not in loader.failed.hint
    assert "not enough memory" in explained(error, "run 1").message


def test_a_library_that_is_missing_is_not_taken_for_too_little_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(*_: object) -> None:
        raise ImportError("No module named 'pandas'")

    monkeypatch.setattr("engine.worker.library_loader.import_module", missing)
    loader = Loader(1, lambda: None, tmp_path)
    loader.run()
    assert loader.failed is not None
    assert "pandas" in loader.failed.message
    assert "Install penguin-tui again" in loader.failed.hint


def test_what_runs_beside_has_reserved_and_not_yet_taken_is_not_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resident = [1e9]
    monkeypatch.setattr(memory, "_resident", lambda: resident[0])
    monkeypatch.setattr(memory, "free_memory", lambda: 11e9 - resident[0])
    reserved, ended = threading.Event(), threading.Event()

    def training() -> None:
        memory.reserve(6e9, "a search", "")
        reserved.set()
        ended.wait(PATIENCE)
        memory.give_back()

    beside = threading.Thread(target=training)
    beside.start()
    assert reserved.wait(PATIENCE)
    memory.refuse_beyond_free(3e9, "a network", "Try fewer units.")
    with pytest.raises(EngineError) as caught:
        memory.refuse_beyond_free(5e9, "a network", "Try fewer units.")
    assert "4.0 GB are free beside 6.0 GB for other runs" in caught.value.message
    assert caught.value.hint == "Try fewer units. Or wait until the other runs have ended."
    # what it has taken meanwhile is not counted twice
    resident[0] = 5e9
    memory.refuse_beyond_free(3.5e9, "a network", "")
    ended.set()
    beside.join()
    memory.refuse_beyond_free(5e9, "a network", "")


def test_a_run_gives_back_what_it_has_reserved_however_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(spec: object, reporter: object) -> None:
        memory.reserve(1e6, "a network", "")
        assert threading.get_ident() in memory._reserved
        raise EngineError("It failed.")

    monkeypatch.setattr("engine.worker.run_job.run_job", failing)
    assert work(SimpleNamespace(id=1, spec=None), Reporter()).status == "failed"  # type: ignore[arg-type]
    assert not memory._reserved
