"""Whatever is typed on the command line: a run, or a sentence and nothing stored."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.kinds import KINDS
from engine.specs.derived_settings import variable_settings
from engine.specs.fields import settings_of
from engine.specs.kinds.train import TrainSpec
from engine.store.home import home
from engine.store.store import Store
from penguin_tui.cli.root import cli
from tests.support.command_line import without_engine
from tests.support.patience import PATIENCE

VARIABLE = tuple(variable_settings(TrainSpec))

LONG = 20_000
VALUES = (
    "", "  ", "abc", "-1", "0", "1.5", "1e9", "1e400", "nan", "inf", "-inf", "٣", "３", "²", "1_0",
    "0x10", "9" * 6000, "x" * LONG, "\x1b[2J", "\u202e", "\x00", "[red]x", "[", "{", "{}", "[]",
    "[1,2", "[[1]]", '{"a": [1]}', "null", "none", "true", ",", "1,2",
)  # fmt: skip
RANGES = (
    "", "  ", "..", "1..", "..5", "5..1", "3..3", "1..1000000000", "1..1000000000/1", "1..2..3",
    "0.1..0.2/0", "0.1..0.2/-1", "0..0.5/1e-12", "log:1", "log:0:1", "log:5:1", "log:a:b", "1:5",
    "1..nan", "nan", "1,nan", "1e400", "1..1e400", "8,8", "-5..-1", "٣,４", "1;2", "x" * LONG,
    "9" * 6000, "1" + "0" * 400 + "..2" + "0" * 400 + "/1", "\x1b[2J", "[8,16]", "0x8,16",
)  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder in which no engine is ever started."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    without_engine(monkeypatch)
    return home()


def call(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(cli, list(arguments), input=text, prog_name="penguin-tui")


def stored(folder: Path) -> int:
    with Store.open(folder) as store:
        return len(store.runs())


def assert_refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert len(result.stderr) < 1500
    assert not {"\x1b", "\u202e", "\x00"} & set(result.stderr)
    for word in words:
        assert word in result.stderr


def fields_of(kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each field as on the command line, and what has to be chosen before it."""
    own = settings_of(KINDS[kind].spec)
    shared = {k.name for k in settings_of(TrainSpec)} if kind != "train" else set()
    for setting in own:
        if setting.name in shared:
            continue
        yield setting.name, ()
        for variant, inner in setting.variants.items():
            for one in inner:
                yield f"{setting.name}.{one.name}", ("--set", f"{setting.name}={variant}")


FIELDS = [(kind, *field) for kind in KINDS for field in fields_of(kind)]


def typed(kind: str, name: str, before: tuple[str, ...], value: str) -> Result:
    vary = ("--vary", "units=8,16") if "vary" in KINDS[kind].spec.model_fields else ()
    return call("run", kind, *vary, *before, "--set", f"{name}={value}", "--detach")


@pytest.mark.parametrize(("kind", "name", "before"), FIELDS)
def test_any_value_of_any_field_is_a_run_or_a_sentence(
    folder: Path, kind: str, name: str, before: tuple[str, ...]
) -> None:
    runs = 0
    for value in VALUES:
        result = typed(kind, name, before, value)
        if result.exit_code == 0:
            runs += 1
        else:
            # a file there may be, whose target is not named
            assert_refused(result, "target" if name == "data" and value.strip() else name)
    assert stored(folder) == runs
    # a field that takes everything would be no field
    assert runs < len(VALUES)


@pytest.mark.parametrize("name", VARIABLE)
def test_any_space_is_searched_or_refused_in_a_sentence(folder: Path, name: str) -> None:
    runs = 0
    for kind in ("sweep", "random_search", "grid_search", "hyperband"):
        if (kind, name) == ("hyperband", "epochs"):
            continue
        for text in RANGES:
            result = call("run", kind, "--vary", f"{name}={text}", "--detach")
            if result.exit_code == 0:
                runs += 1
            else:
                assert_refused(result, name)
    assert stored(folder) == runs
    assert runs < 8


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(field=st.sampled_from(FIELDS), value=st.text(max_size=60))
def test_any_text_is_a_run_or_a_sentence(
    folder: Path, field: tuple[str, str, tuple[str, ...]], value: str
) -> None:
    before = stored(folder)
    result = typed(*field, value)
    if result.exit_code != 0:
        assert_refused(result)
        assert stored(folder) == before
    else:
        assert stored(folder) == before + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from((*VARIABLE, "depth", "")),
    text=st.one_of(st.text(max_size=40), st.text("0123456789.,:/-eE+logx ", max_size=20)),
)
def test_any_text_for_a_range_is_a_run_or_a_sentence(folder: Path, name: str, text: str) -> None:
    before = stored(folder)
    result = call("run", "random_search", "--vary", f"{name}={text}", "--detach")
    if result.exit_code != 0:
        assert_refused(result, name)
    assert stored(folder) == before + (result.exit_code == 0)


ARGUMENTS = [
    ["show", "V"], ["log", "V"], ["log", "1", "--last", "V"], ["rerun", "V"], ["stop", "V"],
    ["pause", "V"], ["resume", "V"], ["kill", "V"], ["rename", "V", "x"], ["note", "V", "x"],
    ["rm", "V"], ["rm", "--undo", "V"], ["prune", "--older-than", "V"],
    ["export", "V", "--model", "x.keras"], ["schema", "V"], ["fields", "V"],
    ["engine", "log", "--lines", "V"], ["engine", "V"], ["completion", "V"],
    ["runs", "--limit", "V"], ["runs", "--kind", "V"], ["runs", "--status", "V"],
    ["reproduce", "--seeds", "V"], ["reproduce", "--seed", "V"],
    ["run", "V"], ["run", "train", "--preset", "V"],
    ["run", "train", "--spec", "V"], ["run", "train", "--data", "V", "--target", "x"],
    ["run", "train", "--target", "V"], ["run", "train", "--protocol", "V"],
    ["run", "train", "--seed", "V"], ["run", "train", "--set", "V"],
    ["run", "sweep", "--vary", "V"], ["run", "train", "--json=V"], ["V"],
]  # fmt: skip
# what no argument above takes for a value
NONSENSE = (
    "", "  ", "abc", "-1", "1.5", "1e400", "nan", "٣", "３", "²", "9" * 6000, "x" * LONG, "\x1b[2J",
    "\u202e", "\x00", "~nobody/x", "/", "/dev/null",
)  # fmt: skip


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
def test_nonsense_for_any_argument_of_any_command_is_told(
    folder: Path, arguments: list[str]
) -> None:
    for value in NONSENSE:
        assert_refused(call(*(value if part == "V" else part.replace("=V", f"={value}")
                              for part in arguments)))  # fmt: skip
    assert stored(folder) == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["momentum=0.9"], "momentum: adam ignores it"),
        (
            ["hidden_layers=none", "dropout=0.5"],
            "dropout: without effect as there is no hidden layer",
        ),
        (["schedule=step_decay", "schedule.every=50"], "schedule.every: never reached"),
        (["early_stopping.patience=20"], "early_stopping.patience: never reached"),
        (["learning_rate=2"], "learning_rate: 2 is unusually high (typical ≤ 0.1)"),
    ],
)
def test_what_has_no_effect_is_taken_and_told(folder: Path, typed: list[str], words: str) -> None:
    options = [part for text in typed for part in ("--set", text)]
    result = call("run", "train", *options, "--detach")
    assert result.exit_code == 0
    assert f"Unusual: {words}" in result.stderr
    assert stored(folder) == 1


def test_a_setting_of_what_was_switched_off_is_refused(folder: Path) -> None:
    off = ("--set", "early_stopping=none")
    best = ("--set", "early_stopping.restore_best=yes")
    result = call("run", "train", *off, *best, "--detach")
    assert_refused(result, "early_stopping.restore_best", "early_stopping=on before it")
    assert stored(folder) == 0
    # a preset without it is no such word
    assert call("run", "train", "--preset", "two-hidden", *best, "--detach").exit_code == 0


def test_a_name_has_an_end(folder: Path) -> None:
    for command in (["run", "train", "--name"], ["reproduce", "--name"], ["rename", "1"]):
        assert_refused(call(*command, "x" * LONG), "20,000 characters", "up to 10,000")
    assert stored(folder) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"schedule": {"name": "constant", "factor": 0.5}}', ["schedule.factor", "step_decay"]),
        ('{"schedule": 5}', ["schedule", "'5'", "one of constant"]),
        ('{"early_stopping": 5}', ["early_stopping", "'5'", "none, on"]),
        ('{"early_stopping": {"monitor": null}}', ["early_stopping.monitor", "val_accuracy"]),
        ('{"target": "\\ud800"}', ["target", "half a character"]),
        ('{"data": 5}', ["data", "'5'"]),
        ('{"features": "abc"}', ["features", "'abc'", "names, separated by commas"]),
        ('{"epochs": ' + "9" * 5000 + "}", ["spec", "4,300 digits"]),
        ('{"epochs": null}', ["epochs", "a whole number"]),
        ('{"": 1}', ["no such setting"]),
        ('{"column_types": {"sex": "text"}}', ["column_types", "'text'"]),
    ],
)
def test_json_is_told_like_what_is_typed(folder: Path, text: str, words: list[str]) -> None:
    assert_refused(call("run", "train", "--spec", "-", text=text), *words)
    # and with settings laid over it that make no difference to what is wrong
    laid = ("--set", "batch_size=8")
    assert_refused(call("run", "train", "--spec", "-", *laid, text=text), *words)
    assert stored(folder) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "train", "--set", "epochs=٣"],
        ["run", "grid_search", "--vary", "units=1..1000", "--vary", "batch_size=1..1000"],
        ["run", "train", "--data", "/nowhere.csv", "--target", "\u202e"],
        ["resume", "３"],
    ],
)
def test_the_program_itself_refuses_and_starts_no_engine(
    folder: Path, arguments: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "penguin_tui", *arguments],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert stored(folder) == 0
    assert not (folder / "engine.log").exists()
