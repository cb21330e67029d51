"""Preprocessed sets: what leaks, what does not, and that it can be repeated."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.preprocessing.preprocessor import CategoryColumn, NumericColumn
from engine.data.preprocessing.strict import learn
from engine.data.splits.split import split
from engine.data.table import Table
from engine.errors import EngineError
from engine.runs.held_out_rows import HeldOutRows
from engine.specs.data import DataSpec
from tests.support.engine.data_sets import STRICT, test_set
from tests.support.engine.written_tables import write


def test_strict_parts_are_stratified_and_disjoint(penguins: Table) -> None:
    prepared = preprocess(penguins, STRICT)
    assert prepared.split_rows == {"train": 206, "validation": 69, "test": 69}
    assert not prepared.leaks
    assert prepared.validation is prepared.selection_set
    parts = [prepared.train, prepared.validation, test_set(prepared)]
    rows = np.concatenate([part.rows for part in parts if part is not None])
    assert sorted(rows.tolist()) == list(range(1, 345))
    for part in parts:
        assert part is not None
        assert np.bincount(part.y).tolist() == (
            [92, 74, 40] if part is prepared.train else [30, 25, 14]
        )
        np.testing.assert_array_equal(part.y, penguins.codes[part.rows - 1])
        # a part in the file's order would be sorted by class
        assert (np.diff(part.y) != 0).sum() > 10


@pytest.mark.parametrize("scaling", ["standard", "min_max", "none"])
@pytest.mark.parametrize("imputation", ["mean", "median"])
def test_what_is_learnt_is_of_the_training_part_alone(
    penguins: Table, scaling: str, imputation: str
) -> None:
    spec = DataSpec.model_validate({"scaling": scaling, "imputation": imputation})
    prepared = preprocess(penguins, spec)
    frame = penguins.frame.iloc[prepared.train.rows - 1]
    for column in prepared.preprocessor.columns:
        if isinstance(column, CategoryColumn):
            assert set(column.levels) - {"missing"} == set(frame[column.name].dropna())
            continue
        filled = frame[column.name].fillna(getattr(frame[column.name], imputation)())
        shift, scale = {
            "standard": (filled.mean(), filled.std(ddof=0)),
            "min_max": (filled.min(), filled.max() - filled.min()),
            "none": (0.0, 1.0),
        }[scaling]
        everything = penguins.frame[column.name]
        assert column.fill == pytest.approx(getattr(frame[column.name], imputation)(), rel=1e-12)
        assert column.shift == pytest.approx(shift, rel=1e-12)
        assert column.scale == pytest.approx(scale, rel=1e-12)
        if scaling == "standard":
            assert column.shift != pytest.approx(everything.mean(), rel=1e-6)


def test_changing_sealed_cells_changes_nothing_but_them(penguins: Table) -> None:
    """The strictest test of no leak: other test and validation rows, same everything else."""
    before = preprocess(penguins, STRICT)
    frame = penguins.frame.copy()
    others = np.setdiff1d(np.arange(344), before.train.rows - 1)
    for name in penguins.features:
        column = frame.columns.get_loc(name)
        frame.iloc[others, column] = 1e6 if penguins.types[name] == "numeric" else np.nan  # type: ignore[index]
    changed = replace(penguins, frame=frame)
    after = preprocess(changed, STRICT)
    assert after.preprocessor == before.preprocessor
    np.testing.assert_array_equal(after.train.x, before.train.x)
    assert not np.array_equal(test_set(after).x, test_set(before).x)


def test_categories_and_columns_the_training_part_lacks(tmp_path: Path) -> None:
    spec_seed = DataSpec(data=write(tmp_path, "x\n"), target="label")
    body = "kind,late,label\n" + "".join(f"k,,{'ab'[i % 2]}\n" for i in range(40))
    spec = spec_seed.model_copy(update={"data": write(tmp_path, body + "k,1,a\n")})
    table = load(spec)
    # give one row that is no training row values of its own
    index = split(table, spec)
    frame = table.frame.copy()
    frame["late"] = np.nan
    assert index.validation is not None
    frame.loc[index.validation[0], "late"] = 5.0
    frame["kind"] = frame["kind"].cat.add_categories(["new"])
    frame.loc[index.test[0], "kind"] = "new"
    changed = replace(table, frame=frame)
    prepared = preprocess(changed, spec)
    assert any("lacks, such as 'new'" in note for note in prepared.notes)
    assert any("'late' has no value in the training set" in note for note in prepared.notes)
    assert prepared.preprocessor.columns[1] == NumericColumn(name="late", fill=0.0)
    assert test_set(prepared).x[0].tolist() == [0.0, 0.0]
    ordinal = spec.model_copy(update={"category_encoding": "ordinal", "scaling": "none"})
    assert test_set(preprocess(changed, ordinal)).x[0][0] == -1.0


def test_twins_across_parts_are_told(tmp_path: Path) -> None:
    body = "x,label\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40)) * 2
    spec = DataSpec(data=write(tmp_path, body), target="label")
    table = load(spec)
    assert "40 of 80 rows are equal to an earlier one in target and all features." in table.notes
    notes = preprocess(table, spec).notes
    assert any("test rows are also in the training set" in note for note in notes)


def test_opening_the_test_part_is_counted(penguins: Table) -> None:
    prepared = preprocess(penguins, STRICT)
    opened: list[HeldOutRows] = []
    part = prepared.test.open(opened.append)
    assert [rows.id for rows in opened] == [prepared.test_set_id]
    assert len(part.y) == prepared.test.rows == 69


def test_what_names_a_held_out_test_set(penguins: Table, tmp_path: Path) -> None:
    def key(**changed: object) -> str:
        spec = DataSpec.model_validate(changed)
        return preprocess(load(spec), spec).test_set_id

    body = (Path(__file__).parents[3] / "engine/data/penguins.csv").read_text("utf-8")
    assert key() == preprocess(penguins, STRICT).test_set_id
    # the same rows stay sealed, whatever is done to them
    assert key(scaling="none", validation_fraction=0.1) == key()
    assert key(exclude=("island",)) == key()
    assert key(data=write(tmp_path, body)) == key()
    # others do not
    different = [
        key(split_seed=1),
        key(test_fraction=0.3),
        key(protocol="as_published"),
        key(target="island"),
        key(data=write(tmp_path, body + "\n", "more.csv")),
    ]
    assert len({key(), *different}) == 6


def test_learning_from_chosen_rows_alone(penguins: Table) -> None:
    fold = np.arange(0, 344, 2)
    preprocessor = learn(penguins, STRICT, fold)
    column = next(c for c in preprocessor.columns if c.name == "body_mass_g")
    assert isinstance(column, NumericColumn)
    assert column.fill == pytest.approx(penguins.frame["body_mass_g"].iloc[fold].mean())


def test_what_does_not_fit_is_refused_naming_the_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (f"n{i % 90},{i % 50},{'ab'[i % 3 == 0]}\n" for i in range(400))
    body = "name,x,label\n" + "".join(rows)
    spec = DataSpec(data=write(tmp_path, body), target="label", max_categories=None)
    table = load(spec)
    monkeypatch.setattr("engine.environment.memory.free_memory", lambda: 1_000.0)
    with pytest.raises(
        EngineError, match=r"400 rows of 89 features, would take .* are free"
    ) as why:
        preprocess(table, spec)
    assert "'name' makes 88 of the 89 features" in why.value.hint
    assert "max_categories" in why.value.hint
