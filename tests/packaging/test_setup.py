"""tools/setup.sh, the step behind `make run`, with a stand-in for Python and pip."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

# Answers what the script asks of an interpreter: -c code, --version, -m venv, -m pip.
STAND_IN = """#!{real}
import importlib.util, pathlib, shutil, sys
here = pathlib.Path(__file__).absolute()
version, missing, log = {version!r}, {missing!r}, pathlib.Path({log!r})
arguments = sys.argv[1:]
if arguments[0] == "--version":
    print("Python " + ".".join(map(str, version)))
elif arguments[0] == "-c":
    sys.version_info, sys.prefix = version, str(here.parents[1])
    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: None if name in missing else find(name, *rest)
    exec(arguments[1])
elif arguments[:2] == ["-m", "venv"]:
    folder = pathlib.Path(arguments[2], "bin")
    folder.mkdir(parents=True)
    shutil.copy(here, folder / "python")
    log.open("a").write("venv\\n")
elif arguments[:3] == ["-m", "pip", "install"]:
    if pathlib.Path("offline").exists():
        sys.exit("no network")
    log.open("a").write("project\\n" if "--editable" in arguments else arguments[-1] + "\\n")
    if "--editable" in arguments:
        program = here.parent / "penguin-tui"
        program.write_text("")
        program.chmod(0o755)
else:
    sys.exit("unexpected: " + " ".join(arguments))
"""


@dataclass
class Machine:
    folder: Path
    path: Path
    log: Path

    def python(
        self, name: str, version: tuple[int, ...] = (3, 12, 1), missing: tuple[str, ...] = ()
    ) -> None:
        script = self.path / name
        text = STAND_IN.format(
            real=sys.executable, version=version, missing=missing, log=str(self.log)
        )
        script.write_text(text)
        script.chmod(0o755)

    def setup(self, want: str = "run", python: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "tools/setup.sh", want],
            cwd=self.folder,
            env={"PATH": str(self.path), "PYTHON": python},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def did(self) -> list[str]:
        """What was made and installed since the last look."""
        lines = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh clone on a machine with the standard tools and no Python."""
    path, folder = tmp_path / "bin", tmp_path / "clone"
    path.mkdir()
    for tool in ("dirname", "cksum", "cat", "rm", "touch", "mv", "mkdir"):
        found = shutil.which(tool)
        assert found is not None
        (path / tool).symlink_to(found)
    (folder / "tools").mkdir(parents=True)
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "tools" / "setup.sh", folder / "tools")
    for name in ("requirements/run.txt", "requirements/dev.txt", "pyproject.toml"):
        (folder / name).write_text(f"{name}\n")
    return Machine(folder, path, tmp_path / "log")


RUN = ["venv", "requirements/run.txt", "project"]
DEV = ["venv", "requirements/dev.txt", "project"]


def test_a_second_call_installs_nothing(machine: Machine) -> None:
    machine.python("python3")
    first = machine.setup()
    assert (first.returncode, first.stdout, machine.did()) == (0, "", RUN)
    second = machine.setup()
    assert (second.returncode, second.stderr, machine.did()) == (0, "", [])


def test_test_tools_are_added_to_what_is_there(machine: Machine) -> None:
    machine.python("python3")
    machine.setup("run")
    machine.did()
    machine.setup("dev")
    assert machine.did() == ["requirements/dev.txt"]
    machine.setup("run")
    assert machine.did() == []


def test_the_program_needs_nothing_more_after_the_test_tools(machine: Machine) -> None:
    machine.python("python3")
    machine.setup("dev")
    assert machine.did() == DEV
    machine.setup("run")
    assert machine.did() == []


def test_a_changed_lock_makes_a_new_environment(machine: Machine) -> None:
    machine.python("python3")
    machine.setup()
    machine.did()
    (machine.folder / "requirements" / "run.txt").write_text("another\n")
    again = machine.setup()
    assert "making a new one" in again.stderr
    assert machine.did() == RUN


def test_a_changed_project_file_installs_the_project_alone(machine: Machine) -> None:
    machine.python("python3")
    machine.setup()
    machine.did()
    (machine.folder / "pyproject.toml").write_text("another\n")
    machine.setup()
    assert machine.did() == ["project"]


def test_a_moved_folder_makes_a_new_environment(machine: Machine) -> None:
    machine.python("python3")
    machine.setup()
    machine.did()
    machine.folder = machine.folder.rename(machine.folder.with_name("moved"))
    machine.setup()
    assert machine.did() == RUN


def test_an_environment_that_does_not_work_is_replaced(machine: Machine) -> None:
    machine.python("python3")
    python = machine.folder / ".venv" / "bin" / "python"
    machine.setup()
    python.unlink()
    python.symlink_to(machine.folder / "gone")
    machine.did()
    assert machine.setup().returncode == 0
    assert machine.did() == RUN
    assert not list(machine.folder.glob(".venv.*"))


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_somebody_else_has_put_there_is_kept_beside(machine: Machine, what: str) -> None:
    machine.python("python3")
    theirs = machine.folder / ".venv"
    if what == "folder":
        (theirs / "bin").mkdir(parents=True)
        shutil.copy(machine.path / "python3", theirs / "bin" / "python")
    else:
        theirs.write_text("mine")
    done = machine.setup()
    assert done.returncode == 0
    assert machine.did() == RUN
    (kept,) = machine.folder.glob(".venv.*")
    assert f"is kept as {kept.name}" in done.stderr
    assert (kept / "bin" / "python").exists() if what == "folder" else kept.read_text() == "mine"


def test_a_python_upgraded_underneath_is_noticed(machine: Machine) -> None:
    machine.python("python3")
    machine.setup()
    machine.python("python3", version=(3, 13, 0))
    shutil.copy(machine.path / "python3", machine.folder / ".venv" / "bin" / "python")
    machine.did()
    machine.setup()
    assert machine.did() == RUN


def test_naming_another_python_makes_a_new_environment_once(machine: Machine) -> None:
    machine.python("python3")
    machine.python("other")
    machine.setup()
    machine.did()
    machine.setup(python="other")
    assert machine.did() == RUN
    machine.setup(python="other")
    machine.setup()
    assert machine.did() == []


def test_a_failed_download_is_told_and_tried_again(machine: Machine) -> None:
    machine.python("python3")
    (machine.folder / "offline").touch()
    failed = machine.setup()
    assert failed.returncode == 1
    assert "no network" in failed.stderr
    assert "could not be installed" in failed.stderr
    (machine.folder / "offline").unlink()
    machine.did()
    assert machine.setup().returncode == 0
    assert machine.did() == ["requirements/run.txt", "project"]


def test_the_newest_fitting_python_is_chosen(machine: Machine) -> None:
    machine.python("python3", version=(3, 14, 0))
    machine.python("python3.12", version=(3, 12, 9))
    machine.python("python3.13", version=(3, 13, 1), missing=("ensurepip",))
    done = machine.setup()
    assert done.returncode == 0
    assert "Python 3.12.9" in done.stderr


def test_without_python_one_sentence_says_what_to_do(machine: Machine) -> None:
    done = machine.setup()
    assert done.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13, and none was found." in done.stderr
    assert "PYTHON=" in done.stderr
    assert not (machine.folder / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 14, 0)])
def test_an_unfit_python_is_named(machine: Machine, version: tuple[int, ...]) -> None:
    machine.python("python3", version=version)
    done = machine.setup()
    assert done.returncode == 1
    assert f"python3 is Python {'.'.join(map(str, version))}" in done.stderr


def test_a_python_without_venv_names_the_package_to_install(machine: Machine) -> None:
    machine.python("python3", version=(3, 11, 2), missing=("ensurepip",))
    done = machine.setup()
    assert done.returncode == 1
    assert "its venv module is missing" in done.stderr
    assert "apt install python3.11-venv" in done.stderr


def test_a_named_python_that_does_not_start_is_told(machine: Machine) -> None:
    machine.python("python3")
    done = machine.setup(python="nowhere")
    assert done.returncode == 1
    assert "none was found at PYTHON=nowhere" in done.stderr
