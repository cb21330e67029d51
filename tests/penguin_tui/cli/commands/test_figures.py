"""`penguin-tui figures`: files by name, refused before they are drawn, whole or not there."""

from pathlib import Path

import pytest

from engine.client import file_process
from engine.client.drawing import FiguresRequest, draw_figures
from engine.runs.events import Finished
from engine.store.home import home, work_path
from penguin_tui.charts.figure_palette import figure_palette
from tests.support.command_line import call, put, put_finished
from tests.support.stored.descriptions import penguins


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


def test_figures_are_files_named_after_run_and_figure(folder: Path, tmp_path: Path) -> None:
    run = put_finished(folder)
    there = tmp_path / "new" / "figures"
    drawn = call("figures", "last", "-o", str(there), "--format", "svg,png", "--data")
    assert drawn.exit_code == 0, drawn.output
    assert {path.name for path in there.iterdir()} == {
        f"{run}-{name}.{ending}"
        for name in ("learning_curves", "learning_rate", "confusion")
        for ending in ("svg", "png", "csv")
    }
    assert (there / f"{run}-confusion.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (there / f"{run}-confusion.svg").read_text()
    table = (there / f"{run}-learning_curves.csv").read_text().splitlines()
    assert table[0].startswith("epoch,loss,accuracy")
    assert len(table) == 4
    assert f"{there / f'{run}-confusion.png'}: " in drawn.stdout
    # nothing of a person's is overwritten unless they say so, and nothing is drawn in vain
    kept = (there / f"{run}-confusion.csv").read_bytes()
    (there / f"{run}-learning_curves.png").unlink()
    refused = call("figures", str(run), "-o", str(there))
    assert refused.exit_code == 1
    assert "exists already" in refused.stderr
    assert "--force" in refused.stderr
    assert not (there / f"{run}-learning_curves.png").exists()
    (there / f"{run}-confusion.csv").write_bytes(b"mine")
    assert call("figures", str(run), "-o", str(there), "--data", "--force").exit_code == 0
    assert (there / f"{run}-confusion.csv").read_bytes() == kept
    assert not [path for path in there.iterdir() if path.name.startswith(".")]


def test_a_data_summary_gives_the_figures_of_the_data(folder: Path, tmp_path: Path) -> None:
    run = put(folder, [Finished(result=penguins())], "describe")
    drawn = call("figures", str(run), "-o", str(tmp_path / "eda"))
    assert drawn.exit_code == 0, drawn.output
    names = {path.name for path in (tmp_path / "eda").iterdir()}
    assert names == {
        f"{run}-{name}.png" for name in ("pair_plot", "histograms", "class_balance", "correlations")
    }


def test_what_cannot_be_drawn_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    wrong = call("figures", "1", "-o", str(tmp_path), "--format", "bmp")
    assert wrong.exit_code == 2
    assert "'bmp' is not a format; one of png, svg, pdf." in wrong.stderr
    run = put(folder, [])
    nothing = call("figures", str(run), "-o", str(tmp_path / "none"))
    assert nothing.exit_code == 1
    assert f"Run {run} (train, running) has no figures." in nothing.stderr
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("mine")
    finished = put_finished(folder)
    blocked = call("figures", str(finished), "-o", str(tmp_path / "file"))
    assert blocked.exit_code == 1
    assert f"{tmp_path / 'file'} cannot be made" in blocked.stderr
    assert (tmp_path / "file").read_text() == "mine"


def first_figure(folder: Path, run: int, there: Path) -> bytes:
    """The first figure of a run, drawn by a process that is ended as soon as it has written it."""
    request = FiguresRequest(home=folder, run=run, folder=there, palette=figure_palette())
    drawn = draw_figures(request)
    found = Path(next(drawn).path).read_bytes()
    drawn.close()
    return found


def test_nothing_of_the_persons_changes_a_figure_and_nothing_is_left(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = put_finished(folder)
    before = first_figure(folder, run, tmp_path / "plain")
    odd = tmp_path / "odd"
    for name in ("bin", "home/.config/matplotlib", "tmp"):
        (odd / name).mkdir(parents=True)
    (odd / "bin" / "fc-list").write_text(f"#!/bin/sh\ntouch {odd}/ran\n")
    (odd / "bin" / "fc-list").chmod(0o755)
    (odd / "matplotlib.py").write_text("raise SystemExit('mine')\n")
    for own in (odd / "matplotlibrc", odd / "home/.config/matplotlib/matplotlibrc"):
        own.write_text("font.size: 40\nbackend: tkagg\n")
    there = sorted(odd.rglob("*"))
    monkeypatch.chdir(odd)
    for name, value in {
        "HOME": odd / "home", "PATH": odd / "bin", "MPLCONFIGDIR": odd, "MPLBACKEND": "tkagg",
        "MATPLOTLIBRC": odd / "matplotlibrc", "PYTHONPATH": odd, "TMPDIR": odd / "tmp",
        "PYTHONOPTIMIZE": "2", "LC_ALL": "tr_TR",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    assert first_figure(folder, run, tmp_path / "other") == before
    assert sorted(odd.rglob("*")) == there
    assert list(work_path(folder).iterdir()) == []


def test_a_process_that_is_killed_while_it_draws_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(file_process.sys, "executable", str(killed))
    found = call("figures", str(put_finished(folder)), "-o", str(tmp_path / "none"))
    assert found.exit_code == 1
    assert "ended from outside (signal 9)" in found.stderr
