"""The filter language of Runs: what each term finds, and what is said of a mistake."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.exports.csv_tables import to_csv
from engine.exports.runs_csv import runs_table
from engine.specs.aliases import DEFAULTS_BEFORE
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.presentation.runs.columns import BY_NAME, RUN_COLUMNS, described, read_columns
from penguin_tui.presentation.runs.filter import parse_filter
from penguin_tui.presentation.runs.values import ABSENT, stored_value
from penguin_tui.presentation.runs_list import arranged, printed
from tests.support.command_line import finished_events, put, trained

LAYERS = {"hidden_layers": [32, 16], "learning_rate": 0.001, "optimizer": "sgd"}
STOPPED = {"early_stopping": {"patience": 7}, "learning_rate": 0.1, "scaling": "min_max"}
SEARCHED = {"vary": {"learning_rate": {"low": 1e-4, "high": 0.1, "scale": "log"}}}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[RunRecord]:
    """Two trainings, one of them finished, a search and a baseline: runs 1 to 4."""
    folder: Path = tmp_path_factory.mktemp("runs") / "home"
    folder.mkdir(mode=0o700)
    put(folder, finished_events(trained()), name="First of two", **LAYERS)
    put(folder, [], **STOPPED)
    put(folder, [], "random_search", **SEARCHED)
    put(folder, [], "baseline")
    with Store.open(folder) as store:
        store.set_tags(1, ["final", "paper"])
        store.annotate(2, "look again")
        return store.runs()


def found(records: Sequence[RunRecord], text: str) -> list[int]:
    chosen = parse_filter(text)
    assert not chosen.problems
    return sorted(record.id for record in records if chosen.matches(record))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("", [1, 2, 3, 4]),
        ("first TWO", [1]),
        ('"of two"', [1]),
        ('"two of"', []),
        ("sgd", [1]),
        ("relu", [1, 2, 3]),
        ("!sgd kind:train", [2]),
        ("min_max", [2]),
        ("16", [1]),
        ("6", []),
        ("0.1", [2]),
        ("0.00", []),
        ("kind:train", [1, 2]),
        ("kind:search", [3]),
        ("!kind:train", [3, 4]),
        ("tag:final", [1]),
        ("tag:fin", []),
        ("#paper", [1]),
        ("data:peng status:running", [2, 3, 4]),
        ("!running", [1]),
        ("note:again", [2]),
        ("lr<0.01", [1]),
        ("lr < 0.01", [1]),
        ("learning_rate>=1e-3", [1, 2]),
        ("!lr<0.01", [2, 3, 4]),
        ("layers=32,16", [1]),
        ("layers!=32,16", [2, 3]),
        ("hidden_layers>16", [2, 3]),
        ("hidden_layers>15", [1, 2, 3]),
        ("optimizer=SGD", [1]),
        ("scaling=min-max", [2]),
        ("early_stopping=on", [2]),
        ("early_stopping=none", [1, 3]),
        ("early_stopping.patience>5", [2]),
        ("val>90%", [1]),
        ("acc>0.91", []),
        ("run>=3", [3, 4]),
        ("parameters<1,000", [1]),
    ],
)
def test_each_term_finds_its_runs(records: list[RunRecord], text: str, runs: list[int]) -> None:
    assert found(records, text) == runs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr<", "lr<: a value is required"),
        ("lr<abc", "lr<abc: 'abc' is invalid: enter a number"),
        ("learning_ratee<3", "did you mean learning_rate?"),
        ("optimizer=adm", "one of adam, sgd"),
        ("optimizer<adam", "optimizer is no number: use = or !="),
        ("schedule=cosinus", "one of constant, step_decay"),
        ("val>much", "or a percentage such as 97%"),
        ("kind:trian", "one of describe, baseline, train"),
        ("status:over", "one of queued"),
        ("tags:final", "there is no such field: kind, data, target"),
        ("tag:", "tag: a word is required"),
        ("!", "a word is required"),
    ],
)
def test_a_mistake_is_said_and_the_other_terms_apply(
    records: list[RunRecord], text: str, said: str
) -> None:
    chosen = parse_filter(f"kind:train {text}")
    assert said in str(chosen.problems[0])
    assert sorted(r.id for r in records if chosen.matches(r)) == [1, 2]


def test_a_setting_that_a_search_varies_has_no_one_value(records: list[RunRecord]) -> None:
    search = next(record for record in records if record.kind == "random_search")
    assert stored_value(search.kind, search.spec_json, "learning_rate") is ABSENT
    assert stored_value(search.kind, search.spec_json, "batch_size") is not ABSENT


def test_settings_that_a_stored_run_lacks_are_those_of_its_time() -> None:
    own = '{"kind": "train", "data": "own.csv"}'
    for name, value in DEFAULTS_BEFORE.items():
        assert stored_value("train", own, name) == value
    assert stored_value("train", '{"kind": "train", "validation_share": 0.3}',
                        "validation_fraction") == 0.3  # fmt: skip


def test_data_summaries_are_listed_where_a_filter_names_them(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    put(tmp_path / "home", [], "describe")
    with Store.open(tmp_path / "home") as store:
        summary = store.runs()
    for text, shown in (("", 0), ("penguins", 0), ("describe", 1), ("kind:describe", 1)):
        assert len(arranged(summary, parse_filter(text), BY_NAME["run"], descending=True)) == shown


def test_tags_stand_between_name_and_settings(records: list[RunRecord]) -> None:
    first = next(record for record in records if record.id == 1)
    assert described(first, 200).startswith("First of two · #final #paper · 32·16")


def test_the_csv_of_runs_has_figures_tags_and_settings(records: list[RunRecord]) -> None:
    head, *lines = to_csv(*runs_table(records)).decode().splitlines()
    assert len(lines) == 4
    names = head.split(",")
    last = dict(zip(names, lines[-1].split(","), strict=True))
    assert (last["run"], last["tags"], last["hidden_layers"]) == ("1", "final paper", "32 16")
    assert float(last["val_accuracy"]) == pytest.approx(60 / 66)
    assert {"early_stopping.patience", "schedule.name", "seconds", "test_evaluations"} <= {*names}


def test_columns_are_any_settings_and_figures_by_their_names(records: list[RunRecord]) -> None:
    columns, problems = read_columns("name, val lr early_stopping layers status")
    assert not problems
    head, *lines = printed(records, 0.0, None, columns)
    assert head.split("  ")[0] == "run"
    assert [one.column.name for one in columns] == [
        "run", "name", "val_accuracy", "learning_rate", "early_stopping", "hidden_layers", "status",
    ]  # fmt: skip
    first, second = lines[-1], lines[-2]
    assert all(text in first for text in ("90.9 %", "0.001", "none", "32, 16", "finished"))
    assert " on " in second
    by_rate = arranged(records, parse_filter("kind:train"), columns[3], descending=True)
    assert [record.id for record in by_rate] == [2, 1]


def test_a_name_that_is_no_column_is_said_and_the_others_are_shown() -> None:
    columns, problems = read_columns("vall lr")
    assert [str(problem) for problem in problems] == [
        "vall: there is no such column; did you mean val?"
    ]
    assert [one.column.name for one in columns] == ["run", "learning_rate"]
    assert read_columns("")[0] == RUN_COLUMNS
