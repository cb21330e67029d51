"""Settings that are allowed one by one and make no sense together, however they are given."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.client.checking import checked
from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.splits.folds import PublishedPool, StrictPool
from engine.data.splits.split import split
from engine.errors import EngineError
from engine.kinds import load_spec, make_spec
from engine.sources.inspect import peek
from engine.sources.validate import class_rows
from engine.specs.base import MAX_SEED
from engine.specs.data import DataSpec
from engine.specs.invalid import InvalidSpec

SOME: dict[str, Any] = {"units": {"values": [8, 16]}}
THOUSAND = {"low": 1, "high": 1000}
LONG = {"epochs": THOUSAND}
EARLY = {"patience": 50}


@pytest.mark.parametrize(
    ("kind", "fields", "field", "words"),
    [
        ("train", {"early_stopping": EARLY}, "early_stopping.patience", "50 is above epochs"),
        ("train", {"early_stopping": EARLY}, "early_stopping.patience", "at most 20"),
        (
            "sweep",
            {"early_stopping": EARLY, "vary": {"epochs": {"low": 1, "high": 30}}},
            "early_stopping.patience",
            "at most 30",
        ),
        (
            "hyperband",
            {"early_stopping": EARLY, "vary": SOME, "epochs": 100},
            "early_stopping.patience",
            "50 is above max_epochs and would never be reached: at most 10",
        ),
        ("train", {"exclude": ["species"]}, "exclude", "'species' is the target"),
        ("train", {"features": ["sex"], "exclude": ["sex"]}, "exclude", "keep at least one"),
        ("train", {"features": ["sex", "sex"]}, "features", "'sex' is named twice"),
        ("train", {"column_types": {"species": "numeric"}}, "column_types", "holds classes"),
        (
            "baseline",
            {"validation_fraction": 0.4, "test_fraction": 0.6},
            "",
            "at most 0.95 together",
        ),
        ("sweep", {"vary": SOME, "seed": MAX_SEED}, "seed", f"at most {MAX_SEED - 4}"),
        ("sweep", {"vary": {"units": {"values": [8]}}, "repeats": 1}, "vary", "single training"),
        (
            "sweep",
            {"vary": {"units": {"low": 1, "high": 1001}}, "repeats": 100},
            "vary",
            "100,100 trainings: at most 100,000",
        ),
        *(
            (kind, {"vary": {"units": {"values": [8]}}}, "vary", "a search needs two at least")
            for kind in ("random_search", "grid_search", "hyperband")
        ),
        (
            "grid_search",
            {"vary": {"units": THOUSAND, "batch_size": THOUSAND, "epochs": THOUSAND}},
            "vary",
            "1,000,000,000 combinations are too many for a grid search: at most 10,000",
        ),
        (
            "hyperband",
            {"vary": {"units": THOUSAND}, "max_epochs": 100_000, "factor": 2},
            "max_epochs",
            "100,000 with a factor of 2 are 297,998 trainings: at most 100,000",
        ),
        ("sweep", {"vary": {"momentum": {"values": [0.1, 0.5]}}}, "vary.momentum", "sgd"),
        ("sweep", {"vary": {"weight_decay": {"values": [0.1, 0.5]}}}, "vary.weight_decay", "adamw"),
        (
            "random_search",
            {"vary": {"dropout": {"values": [0.1, 0.5]}}, "hidden_layers": []},
            "vary.dropout",
            "without a hidden layer",
        ),
        *(
            (
                "sweep",
                {"vary": {"first_layer_units": {"values": [3, 4]}}, "hidden_layers": layers},
                "vary.first_layer_units",
                f"hidden_layers is {told}: give two",
            )
            for layers, told in (([9], "9"), ([9, 9, 9], "9, 9, 9"))
        ),
        (
            "random_search",
            {"vary": {"first_layer_units": {"values": [3, 4]}, **SOME}},
            "vary.first_layer_units",
            "together with units",
        ),
        (
            "sweep",
            {"vary": {"first_layer_units": {"low": 10, "high": 200, "step": 10}}},
            "",
            "'200' is invalid: enter a whole number from 1 to 199",
        ),
        ("sweep", {"vary": {"units": {"low": 1, "high": 5, "step": 9}}}, "vary.units", "at most 4"),
        ("sweep", {"vary": {"epochs": {"low": 1, "high": 5, "step": 0.5}}}, "", "'1.5'"),
        ("sweep", {"vary": {"layers": {"values": ["many"]}}}, "", "'many' is invalid"),
        ("sweep", {"vary": {"units": {"low": 1, "high": 10**400}}}, "vary.units", "up to"),
        ("sweep", {"vary": {"layers": {"low": 1, "high": 10**9}}}, "", "from 1 to 200"),
    ],
)
def test_it_is_refused_where_it_belongs_with_what_is_allowed(
    kind: str, fields: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidSpec) as caught:
        make_spec(kind, fields)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert words in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("train", {"early_stopping": {"patience": 20}}),
        ("hyperband", {"early_stopping": {"patience": 10}, "vary": SOME, "epochs": 1}),
        ("sweep", {"vary": {"units": {"values": [8]}}}),
        ("grid_search", {"vary": SOME | {"epochs": {"values": [5]}}}),
        ("random_search", {"vary": {"learning_rate": {"low": 1e-5, "high": 1.0, "scale": "log"}}}),
        (
            "random_search",
            {"vary": {"momentum": {"values": [0, 0.9]}, "optimizer": {"values": ["adam", "sgd"]}}},
        ),
        (
            "random_search",
            {"vary": {"dropout": {"values": [0, 0.5]}, "layers": {"low": 1, "high": 3}},
             "hidden_layers": []},
        ),
        ("random_search", {"vary": {"units": THOUSAND, "batch_size": THOUSAND, **LONG}}),
    ],
)  # fmt: skip
def test_what_is_only_unusual_is_taken(kind: str, fields: dict[str, Any]) -> None:
    assert make_spec(kind, fields).kind == kind


def test_a_run_stored_by_a_more_lenient_version_still_loads() -> None:
    stored = make_spec("train", {"early_stopping": {"patience": 20}}).model_dump_json()
    lenient = load_spec(stored.replace('"patience":20', '"patience":5000'))
    assert lenient.kind == "train"


# -- with the data ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"features": ["bill_length_mm", "nope"]}, "features: there is no column 'nope'"),
        ({"exclude": ["iland"]}, "exclude: there is no column 'iland'"),
        ({"column_types": {"yeer": "numeric"}}, "column_types: there is no column 'yeer'"),
        ({"exclude": ["island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm",
                        "body_mass_g", "sex"]}, "exclude: no feature is left"),
    ],
)  # fmt: skip
def test_columns_that_are_not_there_are_told_before_anything_runs(
    fields: dict[str, Any], words: str
) -> None:
    for kind in ("describe", "baseline", "train"):
        with pytest.raises(EngineError, match=words):
            checked(make_spec(kind, fields))


def search(folds: int, **fields: Any) -> Any:
    return make_spec("grid_search", {"vary": SOME, "folds": folds, **fields})


def test_more_folds_than_rows_of_a_class_are_told_before_anything_runs() -> None:
    # of 68 chinstraps 14 are in the test part
    assert checked(search(54)).kind == "grid_search"
    with pytest.raises(EngineError) as caught:
        checked(search(55))
    assert "folds: 55 folds need 55 rows of each class, and 'Chinstrap' has 54" in str(caught.value)
    assert "Choose from 2 to 54 folds." in caught.value.hint


@pytest.mark.parametrize("protocol", ["strict", "as_published"])
@pytest.mark.parametrize("rows", [4, 9, 30])
def test_the_run_counts_as_the_glance_does(tmp_path: Path, rows: int, protocol: str) -> None:
    file = tmp_path / "data.csv"
    labels = ["1"] * rows + ["2"] * 60 + ["NA", "", "None"]
    file.write_text("x,label\n" + "".join(f"{i},{label}\n" for i, label in enumerate(labels)))
    spec = search(2, data=str(file), target="label", protocol=protocol)
    table = load(spec)
    told = class_rows(peek(str(file)), "label")
    assert sorted(told.values()) == sorted(np.bincount(table.codes).tolist())
    prepared = preprocess(table, spec)
    strict = protocol == "strict"
    pool = StrictPool(table, spec, 0, early_stopping=False) if strict else PublishedPool(prepared)
    most = int(np.bincount(pool.y).min())
    if most >= 2:
        assert pool.folds(most).get_n_splits() == most
    with pytest.raises(EngineError, match=f"folds: {most + 1} folds need {most + 1} rows"):
        pool.folds(most + 1)
    if strict:
        with pytest.raises(EngineError, match=f"folds: {most + 1} folds need"):
            checked(search(most + 1, data=str(file), target="label"))


def test_a_test_part_that_takes_all_rows_is_told(tmp_path: Path) -> None:
    file = tmp_path / "five.csv"
    file.write_text("x,label\n1,a\n2,b\n3,a\n4,b\n5,a\n")
    spec = DataSpec(
        data=str(file), target="label", protocol="as_published", test_fraction=0.9,
        validation_fraction=0.04,
    )  # fmt: skip
    with pytest.raises(EngineError) as caught:
        split(load(spec), spec)
    assert "test_fraction: 0.9 of 5 rows leaves none to train on" in caught.value.message
    assert "up to 0.8" in caught.value.hint
