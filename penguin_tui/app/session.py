"""From the command to the workbench and out of it again."""

import sys

from penguin_tui.app.crash_report import crash_report
from penguin_tui.app.workbench import Workbench
from penguin_tui.terminal.flow_control import Pace


def run_workbench() -> int:
    """Open the workbench in this terminal; returns the exit code."""
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
    app = Workbench(folder, pace=Pace())
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
