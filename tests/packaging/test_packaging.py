"""What a person installs: the wheel, the lock files, and nothing of the machine it was made on."""

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements" / name for name in ("run.txt", "dev.txt")]
FOLDERS = (
    ".ci",
    "benchmarks",
    "docs",
    "engine",
    "penguin_tui",
    "requirements",
    "tests",
    "tools",
)
TEXT = {".py", ".md", ".toml", ".txt", ".tcss", ".sh", ".csv", ".json", ".svg", ".raw", ""}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_carries_data_stylesheets_texts_and_type_markers(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    read = (p for ending in ("tcss", "md") for p in (ROOT / "penguin_tui").rglob(f"*.{ending}"))
    expected = {"engine/data/penguins.csv", "engine/py.typed", "penguin_tui/py.typed"}
    assert expected | {p.relative_to(ROOT).as_posix() for p in read} <= names
    packaged = ROOT / "engine" / "data" / "penguins.csv"
    assert wheel.read("engine/data/penguins.csv") == packaged.read_bytes()


def test_the_wheel_carries_every_module_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in ("engine", "penguin_tui")
        for path in (ROOT / package).rglob("*.py")
    }
    assert modules <= names
    assert {name.split("/")[0] for name in names} == {"engine", "penguin_tui"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_states_its_licence_command_and_pythons(wheel: zipfile.ZipFile) -> None:
    def read(name: str) -> str:
        (full,) = (entry for entry in wheel.namelist() if entry.endswith(f".dist-info/{name}"))
        return wheel.read(full).decode()

    metadata = read("METADATA")
    assert "License-Expression: MIT" in metadata
    assert "Requires-Python: <3.14,>=3.11" in metadata
    assert re.search(r"^Requires-Dist: tensorboard\b", metadata, re.MULTILINE)
    assert "penguin-tui = penguin_tui.cli:main" in read("entry_points.txt")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_with_hashes_and_names_no_place(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(r"://|--(index|extra|find|trusted)| @ |file:|/", text)
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==[^ ]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry
    assert not re.search(r"^nvidia|^torch\b|-cu1\d", text, re.MULTILINE)


def test_test_tools_come_on_top_of_the_same_versions() -> None:
    run, dev = (set(re.findall(r"^[a-z0-9.-]+==\S+", p.read_text(), re.MULTILINE)) for p in LOCKS)
    assert run < dev


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^([a-z0-9.-]+)==", LOCKS[0].read_text(), re.MULTILINE))
    declared = {re.split(r"[=<>; ]", entry)[0] for entry in project["dependencies"]}
    assert declared <= locked


def committed_texts() -> Iterator[Path]:
    """The project's own text files, also where there is no git to ask."""
    yield from (p for p in ROOT.iterdir() if p.is_file() and p.suffix in TEXT and p.name != ".git")
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
                yield path


def test_no_file_names_a_package_index_or_a_folder_of_this_machine() -> None:
    places = [str(folder) for folder in (ROOT, Path.home()) if len(folder.parts) > 2]
    forbidden = re.compile("|".join([r"\bpypi[.]\w", "python[h]osted", *map(re.escape, places)]))
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in committed_texts()
        for match in forbidden.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
