"""From the command to the workbench and out of it again."""

import os
import sys
from typing import Any

from engine.environment.variables import COLOR
from penguin_tui.app.crash_report import crash_report
from penguin_tui.app.workbench import Workbench
from penguin_tui.terminal.colours import by_name
from penguin_tui.terminal.flow_control import Pace


def run_workbench(data: dict[str, Any] | None = None) -> int:
    """Open the workbench in this terminal, on these data; returns the exit code."""
    from engine.errors import EngineError
    from engine.store.home import home

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print("The workbench needs a terminal. 'penguin-tui run' works without one.",
              file=sys.stderr)  # fmt: skip
        return 2
    try:
        folder = home()
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    depth = COLOR.value()
    if depth == "none" or (depth == "auto" and by_name(os.environ) == "none"):
        # Textual takes it out of the environment again
        os.environ["NO_COLOR"] = "1"
    app = Workbench(folder, pace=Pace(), data=data)
    app.run()
    if app.crash:
        print(crash_report(folder, app.crash), file=sys.stderr)
        return 1
    if app.return_code:
        return app.return_code
    print(farewell(app), end="")
    return 0


def farewell(app: Workbench) -> str:
    """One line about runs that continue; nothing when there are none."""
    from engine.store.store import Store

    with Store.open(app.home) as store:
        count = sum(record.status != "paused" for record in store.live_runs())
    if not count:
        return ""
    runs, them = ("1 run continues", "it") if count == 1 else (f"{count} runs continue", "them")
    return f"{runs} in the background; penguin-tui shows {them} again.\n"
