"""Text from files and people is shown and exported, never obeyed."""

import csv
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from engine.client.process import stop_engine
from engine.store.store import Store
from tests.support.command_line import call
from tests.support.patience import PATIENCE
from tests.support.terminal.program import PROGRAM

TITLE = "\x1b]0;PWNED\x07"
LINK = "\x1b]8;;http://pwned.example\x07here\x1b]8;;\x07"
HOSTILE = {
    "title": TITLE,
    "link": LINK,
    "markup": "[@click=app.quit]quit[/] [link=http://pwned.example]x[/link] [red]x[/nothing]",
    "backwards": "\u202egnp.exe\u2066",
    "bell": "a\x07b\x08c\x9b31md\x00e",
    "long": "x" * 10_000,
    "formula": '=HYPERLINK("http://pwned.example")',
    "at": "@SUM(1+1)",
    "minus": "-2+3",
}
# what must never reach a terminal as it is
FORBIDDEN = ("\x1b]0;", "\x1b]8;", "\x07", "\x08", "\x9b", "\u202e", "\u2066", "\x00")


@pytest.fixture
def hostile_file(tmp_path: Path) -> Path:
    """A table whose column names, classes and cells all try something."""
    path = tmp_path / "hostile \x1b]0;PWNED\x07 [red].csv"
    texts = [text.replace("\x00", "") for text in HOSTILE.values()]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"{text}{n}" for n, text in enumerate(texts)), "class"])
        for row in range(90):
            kind = texts[row % 3]
            writer.writerow([*(row * (n + 1) % 17 for n in range(len(texts) - 1)),
                             texts[row % 7], kind])  # fmt: skip
    return path


def test_hostile_text_is_harmless_everywhere(
    folder: Path, hostile_file: Path, tmp_path: Path
) -> None:
    name = TITLE + HOSTILE["markup"] + HOSTILE["backwards"]
    outputs = {}
    for kind in ("describe", "baseline"):
        outputs[kind] = call(
            "run", kind, "--data", str(hostile_file), "--target", "class", "--name", name,
        )  # fmt: skip
        assert outputs[kind].exit_code == 0, outputs[kind].stderr
    outputs["note"] = call("note", "last", LINK + HOSTILE["formula"])
    outputs["wrong"] = call("run", "baseline", "--data", str(hostile_file), "--target", TITLE)
    outputs["no file"] = call("run", "baseline", "--data", LINK, "--target", "x")
    outputs["no kind"] = call("run", TITLE)
    outputs["no field"] = call("run", "train", "--set", f"{TITLE}={LINK}")
    for arguments in (["runs"], ["show", "last"], ["log", "last"], ["rerun", "last"],
                      ["runs", "--json"], ["show", "last", "--json"]):  # fmt: skip
        outputs[" ".join(arguments)] = call(*arguments)
    told = str(tmp_path / f"{TITLE}[red].html")
    for arguments in (["check", "last"], ["report", "last", "-o", told],
                      ["predict", "last", str(hostile_file), "-o", f"{told}.csv"],
                      ["predict", "last", f"{told}.csv", "--json"]):  # fmt: skip
        outputs[" ".join(arguments)] = call(*arguments)
    for command, done in outputs.items():
        text = done.stdout + done.stderr
        assert "Traceback" not in text, command
        for piece in FORBIDDEN:
            assert piece not in text, (command, piece)
    exported = tmp_path / "wrong.csv"
    done = call("export", "last", "--misclassified", str(exported))
    assert done.exit_code == 0, done.stderr
    with exported.open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("PWNED" in cell for cell in cells)
    for cell in cells:
        assert not cell.startswith(("=", "@", "+", "\t", "\r")), cell
    with Terminal(
        PROGRAM, columns=120, rows=40, draw=False,
        env={"PENGUIN_TUI_HOME": str(folder), "LANG": "C.UTF-8"},
    ) as terminal:  # fmt: skip
        begun = terminal.started
        assert terminal.seen(b"Data", begun, PATIENCE) is not None
        for keys in ("2", "3", "6", "\r", "]", "]", "]", "]", "\x1b", "n", "\x1b", "/red\r"):
            at = terminal.press(keys)
            assert terminal.seen(b"PWNED" if keys == "6" else b"\x1b", at, PATIENCE), keys
            # painted when nothing more comes for a moment
            terminal.changed.clear()
            while terminal.changed.wait(0.3):
                terminal.changed.clear()
        raw = b"".join(data for _, data in terminal.received).decode(errors="replace")
        assert "PWNED" in raw
        assert "\x1b]0;PWNED" not in raw
        assert "pwned.example\x07" not in raw
        assert "\x1b]8;;http://pwned" not in raw
        for piece in ("\u202e", "\u2066", "\x9b31m"):
            assert piece not in raw
    with Store.open(folder) as store:
        assert stop_engine(store.home)
