"""The screen's process stays light: no numerical library, ever."""

import re
from collections import Counter
from pathlib import Path

import grimp
import pytest

from engine.environment.variables import CACHE
from engine.kinds import KINDS
from tests.support.command_line import put_finished
from tests.support.loaded_modules import (
    COMMANDS,
    HEAVY,
    OTHER_KINDS,
    PARSING,
    READING,
    SCREEN,
    SHOWING,
    loaded_by,
)
from tests.support.terminal.program import WITHOUT_ENGINE

FIRST_FRAME = "import penguin_tui.cli.root, penguin_tui.cli.open, penguin_tui.app.session"
WORKBENCH = """
import asyncio, penguin_tui.screens.run
from engine.store.home import home
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.places import PLACES

async def visit():
    app = Workbench(home(), engine=False)
    async with app.run_test(size=(120, 40)) as pilot:
        for place in PLACES:
            await pilot.press("escape", place.key)
            await app.workers.wait_for_complete()
    assert {place.name for place in PLACES} <= app._loaded

asyncio.run(visit())
"""


def loaded(code: str, home: Path) -> set[str]:
    # a cache of its own: what another run of the tests has kept would be loaded instead
    return loaded_by(code, home, **{CACHE.name: str(home / "cache")})


@pytest.mark.parametrize(
    ("code", "unneeded"),
    [
        (FIRST_FRAME, HEAVY | PARSING | {"plotext", "sqlite3", "engine.store.store"}),
        (WORKBENCH, HEAVY),
        (COMMANDS.format([["--version"], ["--help"]]), HEAVY | SCREEN | PARSING | {"sqlite3"}),
        (COMMANDS.format([["engine", "status"], ["schema", "train"]]), HEAVY | SCREEN),
    ],
    ids=["first frame", "workbench", "version and help", "command line"],
)
def test_what_is_not_needed_is_not_loaded(code: str, unneeded: set[str], tmp_path: Path) -> None:
    found = loaded(code, tmp_path)
    assert "penguin_tui" in found
    assert not found & unneeded


def test_a_list_of_runs_reads_no_spec_that_it_has_told_of_before(tmp_path: Path) -> None:
    put_finished(tmp_path)
    code = COMMANDS.format([["runs"], ["runs", "--where", "penguins val>50%"]])
    assert not loaded(code, tmp_path) & (HEAVY | SCREEN)
    assert not loaded(code, tmp_path) & (HEAVY | SCREEN | PARSING)


def test_a_run_is_shown_without_what_shows_or_reads_others(tmp_path: Path) -> None:
    put_finished(tmp_path)
    code = COMMANDS.format([["show", "last"], ["show", "last", "--json"], ["log", "last"]])
    assert not loaded(code, tmp_path) & (HEAVY | SCREEN | OTHER_KINDS | READING)


def test_a_run_is_queued_before_what_shows_it_is_loaded(tmp_path: Path) -> None:
    code = WITHOUT_ENGINE + COMMANDS.format([["run", "train", "--detach"]])
    assert not loaded(code, tmp_path) & (HEAVY | SCREEN | OTHER_KINDS | SHOWING)


def test_a_file_is_predicted_without_scikit_learn_and_jax(tmp_path: Path) -> None:
    found = loaded("import engine.worker.predict_file, engine.prediction.file", tmp_path)
    assert "pandas" in found
    assert not found & {"sklearn", "scipy.stats", "jax", "tensorflow", "keras"}


def test_a_run_is_changed_without_what_reads_specs(tmp_path: Path) -> None:
    put_finished(tmp_path)
    code = COMMANDS.format([["rename", "last", "first"], ["tag", "last", "kept"], ["rm", "last"]])
    assert not loaded(code, tmp_path) & (HEAVY | SCREEN | PARSING)


def test_no_module_imports_itself_round_a_corner() -> None:
    """Imports inside functions and under TYPE_CHECKING are counted."""
    graph = grimp.build_graph("engine", "penguin_tui", cache_dir=None)
    reached: dict[str, set[str]] = {}
    for module in graph.modules:
        reached[module] = graph.find_upstream_modules(module)
    circles = {tuple(sorted((one, two))) for one in reached for two in reached[one]
               if one in reached[two]}  # fmt: skip
    assert not circles


def test_what_several_jobs_need_knows_no_job() -> None:
    graph = grimp.build_graph("engine", cache_dir=None)
    jobs = {kind.job for kind in KINDS.values()}
    needed = {m for m in graph.modules if m.startswith("engine.jobs.") and m not in jobs}
    assert needed
    found = {(m, n) for m in needed for n in graph.find_modules_directly_imported_by(m) & jobs}
    assert not found


def test_the_time_is_read_in_one_module_which_a_test_can_turn() -> None:
    read = re.compile(r"\btime\.time\(|\bdatetime\.(now|today|utcnow)\(|default_factory=time\.")
    root = Path(__file__).parents[2]
    files = [*(root / "engine").rglob("*.py"), *(root / "penguin_tui").rglob("*.py")]
    assert [path.name for path in files if read.search(path.read_text())] == ["clock.py"]


def test_folders_can_be_looked_through() -> None:
    root = Path(__file__).parents[2]
    tops = ("engine", "penguin_tui", "benchmarks", "tests", "tools")
    files = [path for top in tops for path in (root / top).rglob("*.py")]
    held = Counter(path.parent.relative_to(root) for path in files if path.stem != "__init__")
    entries = {Path("engine"), Path("penguin_tui")}
    most = {folder: 6 if folder in entries else 26 for folder in held}
    assert {folder: n for folder, n in held.items() if n > most[folder]} == {}


def test_only_what_speaks_to_a_cluster_unpickles_anything() -> None:
    read = re.compile(
        r"import (cloud)?pickle|from pickle|joblib\.load|allow_pickle=True|import dill"
    )
    root = Path(__file__).parents[2]
    files = [*(root / "engine").rglob("*.py"), *(root / "penguin_tui").rglob("*.py")]
    found = {path.relative_to(root).as_posix() for path in files if read.search(path.read_text())}
    assert found == {"engine/cluster/executor.py", "engine/cluster/relay.py"}


def test_without_a_cluster_nothing_of_dask_is_imported(tmp_path: Path) -> None:
    found = loaded("import engine.worker.host, engine.cluster.state", tmp_path)
    assert "engine.cluster.executor" in found
    assert not {"dask", "distributed"} & found
