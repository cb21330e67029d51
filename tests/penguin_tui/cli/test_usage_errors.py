"""Wrong use: a sentence with the field, the value and what is allowed; nothing is stored."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.kinds import KINDS
from engine.store.home import home
from engine.store.store import Store
from penguin_tui.cli.root import cli


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


def call(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(cli, list(arguments), input=text, prog_name="penguin-tui")


def assert_refused(result: Result, folder: Path, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr
    with Store.open(folder) as store:
        assert store.runs() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "epochs=abc"], ["epochs", "'abc'", "a whole number from 1 to 100,000"]),
        (["--set", "epochs=-1"], ["epochs", "'-1'", "from 1"]),
        (["--set", "epochs=1e9"], ["epochs", "'1000000000'"]),
        (["--set", "epochs=1_0"], ["epochs", "'1_0'"]),
        (["--set", "epochs=٣"], ["epochs", "'٣'"]),
        (["--set", "epochs="], ["epochs", "a value is required", "whole number"]),
        (["--set", "epochs=" + "9" * 6000], ["epochs", "whole number"]),
        (["--set", "learning_rate=nan"], ["learning_rate", "'nan'", "above 0"]),
        (["--set", "learning_rate=inf"], ["learning_rate", "'inf'", "up to 10"]),
        (["--set", "hidden_layers=100,x"], ["hidden_layers", "'x'", "4,096"]),
        (["--set", "dropout=1"], ["dropout", "'1'", "below 1"]),
        (["--set", "activation=reluu"], ["activation", "'reluu'", "leaky_relu"]),
        (["--set", "epochz=3"], ["epochz", "did you mean epochs?"]),
        (["--set", "epochs"], ["--set", "'epochs'", "field=value"]),
        (["--set", "schedule=cosine"], ["schedule", "cosine", "cosine_restarts"]),
        (["--set", "schedule.factor=0.5"], ["schedule.factor", "schedule=step_decay"]),
        (
            ["--set", "schedule=step_decay", "--set", "schedule.factor=2"],
            ["schedule.factor", "'2'", "up to 1"],
        ),
        (["--set", "early_stopping.patience=-2"], ["early_stopping.patience", "'-2'"]),
        (
            ["--set", "hidden_layers=100", "--set", "kernel_l1=0.1,0.2"],
            ["kernel_l1", "2 values for 1 hidden layer"],
        ),
        (["--seed", "x"], ["seed", "'x'"]),
        (["--protocol", "published"], ["protocol", "'published'", "as_published"]),
        (["--preset", "three-hidden"], ["preset", "'three-hidden'", "two-hidden"]),
        (["--vary", "epochs=1..3"], ["vary", "train has no search space", "sweep"]),
        (["--data", "/nowhere/at-all.csv", "--target", "x"], ["/nowhere/at-all.csv"]),
        (["--data", "/nowhere/at-all.csv"], ["target", "name the column"]),
        (["--target", "spices"], ["spices", "species"]),
        (["--set", "test_fraction=0.9", "--set", "validation_fraction=0.9"], ["test_fraction"]),
        (["--name", "\udcff"], ["--name", "encoding"]),
        (["--spec", "/nowhere/at-all.json"], ["spec", "/nowhere/at-all.json"]),
    ],
)
def test_a_bad_option_of_train_is_named_with_what_is_allowed(
    folder: Path, arguments: list[str], words: list[str]
) -> None:
    assert_refused(call("run", "train", *arguments), folder, *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["not JSON"]),
        ("[1, 2", ["not JSON"]),
        ("[" * 100_000, ["not JSON"]),
        ("[1]", ["no object with fields"]),
        ('{"kind": "baseline"}', ["'baseline'", "'train'"]),
        ('{"kind": ["train"]}', ["train"]),
        ('{"epochs": "20"}', ["epochs", "'20'"]),
        ('{"epochs": 1e400}', ["epochs", "'inf'"]),
        ('{"epochs": true}', ["epochs", "'yes'"]),
        ('{"nodes": 3}', ["nodes", "no such setting"]),
        ('{"schema_version": 99}', ["schema_version"]),
    ],
)
def test_a_bad_spec_file_is_told(folder: Path, text: str, words: list[str]) -> None:
    assert_refused(call("run", "train", "--spec", "-", text=text), folder, *words)


def test_a_spec_file_of_another_encoding_is_told(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_bytes(b'{"name": "\xff"}')
    assert_refused(call("run", "train", "--spec", str(file)), folder, "not JSON")


@pytest.mark.parametrize(
    ("kind", "vary", "words"),
    [
        ("sweep", [], ["vary", "--vary epochs=1..30"]),
        ("sweep", ["epochs"], ["--vary", "setting=range"]),
        ("sweep", ["depth=1..3"], ["'depth'", "layers"]),
        ("sweep", ["epochs=3..1"], ["epochs", "smaller"]),
        ("sweep", ["learning_rate=0.1..0.2"], ["learning_rate", "step"]),
        ("sweep", ["epochs=1..3", "batch_size=2..4"], ["exactly one"]),
        ("random_search", ["learning_rate=log:0:1"], ["log"]),
        ("grid_search", ["dropout=0.2,0.2"], ["dropout", "twice"]),
        ("hyperband", ["units=16..99999/16"], ["units"]),
    ],
)
def test_a_bad_range_is_named(folder: Path, kind: str, vary: list[str], words: list[str]) -> None:
    options = [part for text in vary for part in ("--vary", text)]
    assert_refused(call("run", kind, *options), folder, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], ["Missing argument", "baseline"]),
        (["run", "trian"], ["'trian'", "train"]),
        (["runn"], ["runn"]),
        (["reproduce", "--seeds", "none"], ["seeds", "'none'", "from 1 to 100"]),
        (
            ["run", "reproduce", "--set", "test_fraction=0.3"],
            ["test_fraction", "cannot be changed"],
        ),
        (["run", "train", "--colour"], ["--colour"]),
        (["show", "99"], ["There is no run 99"]),
        (["show", "1.5"], ["'1.5'", "penguin-tui runs"]),
        (["show", "last"], ["no runs yet"]),
        (["stop", "7"], ["There is no run 7"]),
        (["rm", "7"], ["There is no run 7"]),
        (["rm"], ["RUN"]),
        (["rm", "--undo", "last"], ["--undo"]),
        (["log", "0"], ["'0'"]),
        (["export", "3", "--model", "m.h5"], ["m.h5", ".keras"]),
        (["export", "3"], ["--model", "--epochs"]),
        (["runs", "--limit", "-1"], ["--limit", "'-1'"]),
        (["runs", "--status", "done"], ["'done'", "finished"]),
        (["completion", "tcsh"], ["tcsh", "bash"]),
        (["engine", "restart"], ["restart"]),
    ],
)
def test_a_bad_command_is_told(folder: Path, arguments: list[str], words: list[str]) -> None:
    assert_refused(call(*arguments), folder, *words)


def test_terminal_escapes_in_arguments_are_made_visible(folder: Path) -> None:
    for arguments in (
        ["\x1b[31m"],
        ["run", "train", "--set", "\x1b[2J\u202e=3"],
        ["run", "train", "--set", "epochs=\x1b[2J\u202e"],
        ["run", "train", "--data", "\x1b[2J", "--target", "\u202e"],
        ["run", "train", "--spec", "\x1b[2J"],
        ["run", "train", "--target", "\x1b[2J\u202e"],
    ):
        result = call(*arguments)
        assert result.exit_code == 2
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


def test_without_a_terminal_the_workbench_says_so(folder: Path) -> None:
    assert_refused(call(), folder, "needs a terminal")


def test_every_kind_has_a_schema_and_a_table_of_its_fields() -> None:
    for kind in KINDS:
        schema = json.loads(call("schema", kind).stdout)
        assert schema["additionalProperties"] is False
        table = call("schema", kind, "--text").stdout
        assert table == call("fields", kind).stdout
        for name in schema["properties"]:
            assert name in table or name in ("kind", "schema_version")


def test_fields_of_train_show_default_unit_bounds_help_and_presets() -> None:
    table = " ".join(call("fields", "train").stdout.split())
    assert "batch_size = 16 rows Rows in one optimizer step." in table
    assert "a whole number from 1 to 65,536" in table
    assert "schedule.every (of step_decay) = 3 epochs" in table
    assert "no-hidden, one-hidden, two-hidden" in table


def test_help_and_version_work() -> None:
    assert call("--version").stdout.startswith("penguin-tui ")
    assert "penguin-tui" in call("--help").stdout
    assert "130" in call("run", "-h").stdout


def test_completion_scripts_call_the_program_back() -> None:
    for shell in ("bash", "zsh", "fish"):
        result = call("completion", shell)
        assert result.exit_code == 0
        assert "_PENGUIN_TUI_COMPLETE" in result.stdout


def test_of_hundreds_of_thousands_of_unknown_keys_the_first_are_named_at_once(
    folder: Path, tmp_path: Path
) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"epochs": 0} | {f"key {n}": n for n in range(200_000)}))
    begun = time.process_time()
    result = call("run", "train", "--spec", str(spec))
    # a lookup of each in all settings took five minutes
    assert time.process_time() - begun < 5.0
    named = ["key 0: there is no such setting", "key 4", "and 199,995 more", "epochs: '0'"]
    assert_refused(result, folder, *named)
    assert "key 5" not in result.stderr
    spec.write_text(
        json.dumps({"features": list(range(200_000)), "hidden_layers": ["a"] * 200_000})
    )
    begun = time.process_time()
    assert_refused(call("run", "train", "--spec", str(spec)), folder, "features: '0'", "'a'")
    assert time.process_time() - begun < 5.0
