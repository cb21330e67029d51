"""Temporary folders of engines that were killed."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from engine.environment.temporary_folders import remove_left_behind, temporary_folder


def test_the_next_engine_removes_what_a_killed_one_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"penguin-tui-{gone.pid}-abc"
    left.mkdir()
    (left / "trial.json").write_text("{}")
    others = tmp_path / f"penguin-tui-report-{gone.pid}"
    others.mkdir()
    linked = tmp_path / f"penguin-tui-{gone.pid}-link"
    linked.symlink_to(others)
    with temporary_folder() as folder:
        assert remove_left_behind() == [left]
        assert Path(folder).is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([linked.name, others.name])
