"""Folders for unfinished work: what a killed process left is removed, and nothing else ever."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.home import work_path
from engine.store.work_folder import MARK, remove_left_behind, work_folder

HOLD = (
    "import sys, pathlib\n"
    "from engine.store.work_folder import work_folder\n"
    "with work_folder(pathlib.Path(sys.argv[1])) as folder:\n"
    "    (folder / 'trial.json').write_text('{}')\n"
    "    print(folder, flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def holder(folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A process with a work folder, whose path is the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    yield process
    process.kill()
    process.communicate()


def path_of(holder: "subprocess.Popen[bytes]") -> Path:
    assert holder.stdout is not None
    return Path(holder.stdout.readline().decode().strip())


def test_a_work_folder_is_private_and_goes_with_its_work(folder: Path) -> None:
    with work_folder(folder) as work:
        assert work.parent == work_path(folder)
        assert work.stat().st_mode & 0o077 == 0
        (work / "inner").mkdir()
    assert list(work_path(folder).iterdir()) == []


def test_what_a_killed_process_has_left_is_removed(
    folder: Path, holder: "subprocess.Popen[bytes]"
) -> None:
    left = path_of(holder)
    # as long as its maker lives it stays
    assert remove_left_behind(folder) == []
    assert (left / "trial.json").exists()
    holder.kill()
    holder.wait()
    assert remove_left_behind(folder) == [left]
    assert not left.exists()


def test_what_bears_no_mark_of_its_own_stays(
    folder: Path, tmp_path: Path, holder: "subprocess.Popen[bytes]"
) -> None:
    left = path_of(holder)
    holder.kill()
    holder.wait()
    theirs = work_path(folder) / "penguin-tui-1234-thesis"
    theirs.mkdir()
    (theirs / "chapter.txt").write_text("years of work")
    # a copy of a folder of ours, mark included, was not made by us
    copied = work_path(folder) / "copied"
    copied.mkdir()
    (copied / MARK).write_text((left / MARK).read_text())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    linked = work_path(folder) / "linked"
    (elsewhere / MARK).write_text(linked.name)
    linked.symlink_to(elsewhere)
    file = work_path(folder) / "file"
    file.write_text("a file")
    assert remove_left_behind(folder) == [left]
    assert set(work_path(folder).iterdir()) == {theirs, copied, linked, file}
    assert (theirs / "chapter.txt").read_text() == "years of work"
    assert (elsewhere / MARK).exists()
