"""Python as this program runs it: the person's own settings of Python reach none of its processes.

Imports next to nothing, for until `restart_isolated` has returned a module of the person's own may
go under the name of one of Python's.
"""

import os
import site
import sys

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# they change no more than streams, an interactive session, and where compiled modules are kept
_HARMLESS = (
    "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "PYTHONNODEBUGRANGES", "PYTHONPYCACHEPREFIX",
    "PYTHONSTARTUP", "PYTHONUNBUFFERED", "PYTHONUTF8",
)  # fmt: skip


# pydantic would look through all that is installed for plugins, of which this program has none
# and the person's own must change nothing
WITHOUT_PLUGINS = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}


def python_variables() -> dict[str, str]:
    """Python's variables for a process of this program, which finds modules where this one does.

    A virtual environment needs none. Otherwise the checkout is named, and the user's own
    site-packages are looked into where the libraries are installed there.
    """
    found = {"PYTHONSAFEPATH": "1"}
    if _ROOT not in site.getsitepackages():
        found["PYTHONPATH"] = _ROOT
    if site.ENABLE_USER_SITE and os.path.isdir(
        os.path.join(site.getusersitepackages(), "pydantic")
    ):
        found["PYTHONUSERBASE"] = site.getuserbase()
    else:
        found["PYTHONNOUSERSITE"] = "1"
    return found


def restart_isolated() -> None:
    """Start this process again where Python was started with settings of the person's own.

    Those are variables such as PYTHONPATH and PYTHONOPTIMIZE, and modules in the current folder.
    Otherwise, as nearly always, this returns at once. Libraries find no plugins of the person's.
    """
    os.environ.update(WITHOUT_PLUGINS)
    wanted = python_variables()
    given = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PYTHON") and name not in _HARMLESS
    }
    if _looks_into_current_folder() or not given.items() <= wanted.items():
        others = {name: value for name, value in os.environ.items() if name not in given}
        command = [sys.executable, "-m", "penguin_tui", *sys.argv[1:]]
        os.execve(sys.executable, command, others | wanted)  # noqa: S606 - this very program


def _looks_into_current_folder() -> bool:
    """Whether modules are imported from the current folder, as after `python -m`."""
    try:
        folder = os.getcwd()
    except FileNotFoundError:
        # a folder that has been removed holds none
        return False
    return not sys.flags.safe_path and sys.path[0] in ("", folder) and folder != _ROOT
