"""The process that draws: a request on standard input, a line of JSON for each file it has written.

`engine.client.drawing` has both. What is not expected goes to standard error, which is the log.
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from engine.client.drawing import Drawn, FiguresRequest
from engine.environment.isolation import set_libraries, stay_inside
from engine.errors import EngineError, FilesExist
from engine.store.home import cache_path, private_folder

# the workbench and the trainings beside it come first
NICENESS = 10


def main() -> int:
    """Answer the request; the exit code says whether all was drawn."""
    request = FiguresRequest.model_validate_json(sys.stdin.read())
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    with ExitStack() as folders:
        try:
            _keep_inside(request.home, folders)
            # seaborn, and what it imports, look at the variables set above
            from engine.figures.files import draw

            for drawn in draw(request):
                print(drawn.model_dump_json(), flush=True)
        except EngineError as error:
            said = Drawn(error=error.message, hint=error.hint, exists=isinstance(error, FilesExist))
            print(said.model_dump_json(), flush=True)
            return 1
    return 0


def _keep_inside(home: Path, folders: ExitStack) -> None:
    set_libraries()
    work = Path(folders.enter_context(tempfile.TemporaryDirectory(prefix="penguin-tui-figures-")))
    try:
        cache = private_folder(cache_path(home))
    except (EngineError, OSError):
        # a home that cannot be written to is drawn from all the same
        cache = work
    stay_inside(work, cache)


if __name__ == "__main__":
    raise SystemExit(main())
