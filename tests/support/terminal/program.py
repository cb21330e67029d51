"""The program under test, and how patient one has to be with it."""

import sys
from collections.abc import Callable

from benchmarks.terminal import Terminal

PROGRAM = (sys.executable, "-P", "-m", "penguin_tui")
Open = Callable[..., Terminal]

# for `python -c`: nothing starts an engine, and so nothing is marked as lost
WITHOUT_ENGINE = (
    "import sys\n"
    "import engine.client.process as process, engine.client.submission as submission\n"
    "process.ensure_engine = submission.ensure_engine = lambda store: None\n"
)
WORKBENCH_ALONE = WITHOUT_ENGINE + (
    "from functools import partial\n"
    "import penguin_tui.app.session as session\n"
    "session.Workbench = partial(session.Workbench, engine=False)\n"
    "sys.argv[1:] = []\n"
    "from penguin_tui.cli.root import main\n"
    "main()\n"
)
# the workbench without an engine: most of what a terminal sees needs none, and one takes seconds
ALONE = (sys.executable, "-P", "-c", WORKBENCH_ALONE)
