"""The screen's process stays light: no numerical library, ever."""

import os
import subprocess
import sys

import grimp
import pytest

from engine.kinds import KINDS

HEAVY = {
    "tensorflow", "keras", "sklearn", "pandas", "numpy", "scipy", "matplotlib", "seaborn",
    "keras_tuner", "scikeras",
}  # fmt: skip

WORKBENCH = """
import asyncio, sys
from engine.store.home import home
from penguin_tui.app.workbench import Workbench

async def visit():
    app = Workbench(home(), engine=False)
    async with app.run_test(size=(120, 40)) as pilot:
        for key in "123456":
            await pilot.press("escape", key)
            await pilot.pause()

asyncio.run(visit())
"""
COMMAND_LINE = """
import sys
from penguin_tui.cli.root import main
for arguments in (["--version"], ["runs"], ["schema", "train"]):
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as leaving:
        assert not leaving.code, arguments
"""
SHOW = "\nprint(*sorted({name.partition('.')[0] for name in sys.modules}))"


def loaded_by(code: str, home: str) -> set[str]:
    """The top-level modules in a fresh process after `code`."""
    result = subprocess.run(
        [sys.executable, "-c", code + SHOW],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PENGUIN_TUI_HOME": home},
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split("\n")[-2].split())


@pytest.mark.parametrize("code", [WORKBENCH, COMMAND_LINE], ids=["workbench", "command line"])
def test_no_heavy_library_is_loaded(code: str, tmp_path: object) -> None:
    modules = loaded_by(code, str(tmp_path))
    assert {"penguin_tui", "engine"} <= modules
    assert not modules & HEAVY


def test_the_command_line_needs_no_screen_library(tmp_path: object) -> None:
    assert "textual" not in loaded_by(COMMAND_LINE, str(tmp_path))


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
