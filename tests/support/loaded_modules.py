"""What a process of the program has imported, and what it must not have."""

import os
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "jax", "tensorflow", "keras", "sklearn", "pandas", "numpy", "scipy", "matplotlib", "seaborn",
    "keras_tuner", "scikeras",
}  # fmt: skip

SCREEN = {"textual", "rich", "plotext"}
# what reads specs and results, which takes more time than all that a list of runs needs
PARSING = {"pydantic", "engine.specs.fields"}
# what shows, and what reads, another kind of run than a training, or a data file
OTHER_KINDS = {
    "engine.results.leaks", "engine.results.influence", "engine.results.describe",
    "engine.specs.kinds.searches", "engine.specs.kinds.evaluate",
    "penguin_tui.presentation.results.sweep", "penguin_tui.presentation.results.evaluation",
}  # fmt: skip
READING = {"engine.sources.inspect", "engine.client.checking"}
# what a run is followed and shown with
SHOWING = {
    "engine.runs.state", "engine.results.scores", "penguin_tui.presentation.kinds",
    "penguin_tui.presentation.run_blocks",
}  # fmt: skip

# for `python -c`, with a list of command lines
COMMANDS = """
import sys
from penguin_tui.cli.root import main
for arguments in {}:
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as leaving:
        assert not leaving.code, arguments
"""


def loaded_by(code: str, home: Path, **environment: str) -> set[str]:
    """The modules that a process has which has done this."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('loaded:', *sys.modules)"],
        check=True, capture_output=True, text=True,
        env=os.environ | {"PENGUIN_TUI_HOME": str(home)} | environment,
    )  # fmt: skip
    return set(done.stdout.rpartition("loaded:")[2].split())
