"""Splitting and preparing: what leaks, what does not, and that it can be repeated."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

from engine.data.datasets import Dataset, PreprocessedData, preprocess
from engine.data.load import load
from engine.data.preprocessing import categories
from engine.data.preprocessing.categories import INFREQUENT, learn_categories
from engine.data.preprocessing.preprocessor import CategoryColumn, NumericColumn, Preprocessor
from engine.data.preprocessing.strict import learn
from engine.data.splits.split import split
from engine.data.table import Table
from engine.errors import EngineError
from engine.runs.held_out_rows import HeldOutRows
from engine.specs.data import DataSpec

STRICT = DataSpec()
PUBLISHED = DataSpec(protocol="as_published")


def write(folder: Path, body: str, name: str = "data.csv") -> str:
    (folder / name).write_text(body, encoding="utf-8")
    return str(folder / name)


def test_set(prepared: PreprocessedData) -> Dataset:
    return prepared.test.open(lambda key: None)


test_set.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def penguins() -> Table:
    return load(STRICT)


# -- as published ---------------------------------------------------------------------------


def test_as_published_is_the_post_to_the_letter(penguins: Table) -> None:
    """The post's steps, written out with pandas and scikit-learn from its own facts."""
    raw = pd.read_csv(Path(__file__).parents[3] / "engine/data/penguins.csv")
    raw["species"] = raw["species"].map({"Adelie": 0, "Gentoo": 1, "Chinstrap": 2})
    raw["island"] = raw["island"].map({"Biscoe": 0, "Dream": 1, "Torgersen": 2})
    raw["sex"] = raw["sex"].map({"MALE": 0, "FEMALE": 1}).fillna(3)
    raw = raw.fillna(raw.mean())
    for seed in (0, 7, 123):
        prepared = preprocess(penguins, PUBLISHED.model_copy(update={"split_seed": seed}))
        x_train, x_test, y_train, y_test = train_test_split(
            raw.drop(columns="species"), raw["species"], test_size=0.2, random_state=seed
        )
        for part, x, y in (
            (prepared.train, x_train, y_train),
            (test_set(prepared), x_test, y_test),
        ):
            scaled = (x - x.min()) / (x.max() - x.min())
            assert prepared.feature_names == tuple(x.columns)
            np.testing.assert_allclose(part.x, scaled.to_numpy(), rtol=0, atol=1e-7)
            assert part.y.tolist() == y.tolist()
            assert part.rows.tolist() == (x.index + 1).tolist()
        assert prepared.train.x.shape == (275, 6)
        assert test_set(prepared).x.shape == (69, 6)
        assert prepared.train.x.dtype == np.float32
        assert prepared.train.y.dtype == np.int32


def test_as_published_leaks_and_says_so(penguins: Table) -> None:
    prepared = preprocess(penguins, PUBLISHED)
    assert prepared.validation is None
    assert prepared.leaks
    assert prepared.selection_set is test_set(prepared)
    assert prepared.split_rows == {"train": 275, "test": 69}


def test_as_published_says_which_settings_it_does_not_use(penguins: Table) -> None:
    spec = PUBLISHED.model_copy(update={"scaling": "none", "imputation": "median"})
    assert "scaling, imputation not used" in preprocess(penguins, spec).notes[0]


def test_as_published_codes_other_data_in_a_stable_order(tmp_path: Path) -> None:
    body = "colour,size,label\n" + "red,3,b\nblue,,a\n,1,a\ngreen,2,b\n" * 5
    spec = DataSpec(data=write(tmp_path, body), target="label", protocol="as_published")
    column = preprocess(load(spec), spec).preprocessor.columns[0]
    assert isinstance(column, CategoryColumn)
    assert column.levels == ("blue", "green", "red")
    assert column.missing_code == 4


# -- strict ---------------------------------------------------------------------------------


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


def test_a_repeat_draws_training_and_validation_rows_again_and_leaves_the_test_rows(
    penguins: Table,
) -> None:
    first, again, other = (split(penguins, STRICT, repeat) for repeat in (0, 1, 2))
    for repeat in (again, other):
        assert repeat.sizes == first.sizes
        assert sorted(repeat.test) == sorted(first.test)
        assert sorted(repeat.train) != sorted(first.train)
        rows = np.concatenate([repeat.train, repeat.validation, repeat.test])
        assert sorted(rows.tolist()) == list(range(344))
        counts = np.bincount(penguins.codes[repeat.validation])
        assert counts.tolist() == np.bincount(penguins.codes[first.validation]).tolist()
    assert sorted(again.validation) != sorted(other.validation)
    np.testing.assert_array_equal(again.train, split(penguins, STRICT, 1).train)


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


def plain_scikit_learn(
    spec: DataSpec, numbers: list[str], levels: dict[str, list[str]]
) -> ColumnTransformer:
    """What the settings of `spec` mean, written out with scikit-learn's own classes."""
    scalers = {"standard": StandardScaler(), "min_max": MinMaxScaler(), "none": "passthrough"}
    own = spec.missing_categories == "separate_category"
    fill_text = SimpleImputer(
        strategy="constant" if own else "most_frequent", fill_value="missing" if own else None
    )
    shared: dict[str, Any] = {
        "categories": list(levels.values()),
        "max_categories": spec.max_categories,
        "min_frequency": spec.min_frequency,
    }
    if spec.category_encoding == "one_hot":
        hot = OneHotEncoder(**shared, handle_unknown="infrequent_if_exist", sparse_output=False)
        encode: list[Any] = [("encode", hot)]
    else:
        ordinal = OrdinalEncoder(**shared, handle_unknown="use_encoded_value", unknown_value=-1)
        encode = [("encode", ordinal), ("scale", scalers[spec.scaling])]
    fill = SimpleImputer(strategy=spec.imputation)
    return ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", fill), ("scale", scalers[spec.scaling])]), numbers),
            ("categories", Pipeline([("fill", fill_text), *encode]), list(levels)),
        ]
    )


def as_plain(table: Table) -> pd.DataFrame:
    """The features with plain floats, and with texts as objects whose missing value is NaN."""
    kinds = {"numeric": np.float64, "categorical": object}
    return table.frame[list(table.features)].astype(
        {name: kinds[table.types[name]] for name in table.features}
    )


def prepared_by_both(
    table: Table, spec: DataSpec, levels: dict[str, list[str]]
) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """All rows as our preprocessor makes them and as scikit-learn does, fitted to the same rows."""
    prepared = preprocess(table, spec)
    numbers = [name for name in table.features if table.types[name] == "numeric"]
    fitted = plain_scikit_learn(spec, numbers, levels)
    theirs = fitted.fit(as_plain(table).iloc[prepared.train.rows - 1]).transform(as_plain(table))
    names = [*numbers]
    for column in prepared.preprocessor.columns:
        if isinstance(column, CategoryColumn):
            names += column.feature_names
    order = [names.index(name) for name in prepared.feature_names]
    return np.asarray(prepared.preprocessor.apply(table.frame)), theirs[:, order]


@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
@pytest.mark.parametrize("missing", ["separate_category", "most_frequent"])
@pytest.mark.parametrize("scaling", ["standard", "min_max", "none"])
def test_the_stored_preparation_does_what_scikit_learn_does(
    penguins: Table, encoding: str, missing: str, scaling: str
) -> None:
    spec = DataSpec.model_validate(
        {"category_encoding": encoding, "missing_categories": missing, "scaling": scaling}
    )
    prepared = preprocess(penguins, spec)
    levels = {
        column.name: list(column.levels)
        for column in prepared.preprocessor.columns
        if isinstance(column, CategoryColumn)
    }
    ours, theirs = prepared_by_both(penguins, spec, levels)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("fields", [{}, {"max_categories": 6}, {"min_frequency": 9},
                                    {"max_categories": 12, "min_frequency": 4},
                                    {"missing_categories": "most_frequent"}])  # fmt: skip
@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
def test_rare_categories_are_grouped_as_scikit_learn_groups_them(
    tmp_path: Path, fields: dict[str, Any], encoding: str
) -> None:
    chance = random.Random(0)
    rows = []
    for i in range(900):
        # many towns of equal frequency, and some rows without one
        town = "" if i % 41 == 0 else f"t{int(chance.paretovariate(0.6)) % 90:02d}"
        rows.append(f"{chance.random():.3f},{town},{'ab'[i % 2]}\n")
    spec = DataSpec.model_validate(
        {"data": write(tmp_path, "x,town,label\n" + "".join(rows)), "target": "label",
         "category_encoding": encoding, "scaling": "none"} | fields
    )  # fmt: skip
    table = load(spec)
    prepared = preprocess(table, spec)
    column = prepared.preprocessor.columns[1]
    assert isinstance(column, CategoryColumn)
    assert column.grouped == INFREQUENT
    assert len(column.levels) + 1 <= (spec.max_categories or 1000)
    train = table.frame["town"].iloc[prepared.train.rows - 1]
    levels = sorted(train.dropna().unique())
    if train.isna().any() and spec.missing_categories == "separate_category":
        levels.append("missing")
    ours, theirs = prepared_by_both(table, spec, {"town": levels})
    unknown = ~table.frame["town"].isin(levels) & table.frame["town"].notna()
    # scikit-learn's ordinal encoder keeps what it has not seen apart from what is rare
    same = np.ones(len(ours), bool) if encoding == "one_hot" else ~unknown.to_numpy()
    np.testing.assert_array_equal(ours[same], theirs[same].astype(np.float32))


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


# -- the seal -------------------------------------------------------------------------------


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


def test_the_same_seed_gives_the_same_parts_whatever_the_global_seed(penguins: Table) -> None:
    np.random.seed(1)
    one = preprocess(penguins, PUBLISHED), preprocess(penguins, STRICT)
    state = np.random.get_state()[1].tolist()  # type: ignore[union-attr, index]
    np.random.seed(2)
    two = preprocess(penguins, PUBLISHED), preprocess(penguins, STRICT)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.train.x, b.train.x)
        assert a.test_set_id == b.test_set_id
    np.random.seed(1)
    assert np.random.get_state()[1].tolist() == state  # type: ignore[union-attr, index]


# -- the split in general -------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sizes=st.lists(st.integers(3, 40), min_size=2, max_size=6),
    validation=st.floats(0.01, 0.47),
    test=st.floats(0.01, 0.47),
    seed=st.integers(0, 2**31 - 1),
)
def test_every_class_is_in_every_part(
    tmp_path: Path, sizes: list[int], validation: float, test: float, seed: int
) -> None:
    body = "x,label\n" + "".join(f"{i},k{k}\n" for k, n in enumerate(sizes) for i in range(n))
    spec = DataSpec(
        data=write(tmp_path, body),
        target="label",
        validation_fraction=validation,
        test_fraction=test,
        split_seed=seed,
    )
    table = load(spec)
    parts = split(table, spec)
    assert parts.validation is not None
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together.tolist()) == list(range(sum(sizes)))
    for index, share in ((parts.test, test), (parts.validation, validation)):
        counts = np.bincount(table.codes[index], minlength=len(sizes))
        assert (counts >= 1).all()
        wanted = np.array(sizes) * share
        assert (np.abs(counts - wanted) <= np.maximum(1.0, 2 - wanted) + 1e-9).all()
    assert (np.bincount(table.codes[parts.train], minlength=len(sizes)) >= 1).all()


# -- the stored preprocessor -----------------------------------------------------------------


@pytest.mark.parametrize("spec", [STRICT, PUBLISHED])
def test_a_preparation_survives_json(penguins: Table, spec: DataSpec) -> None:
    prepared = preprocess(penguins, spec)
    read = Preprocessor.from_json(prepared.preprocessor.to_json())
    assert read == prepared.preprocessor
    rows = penguins.frame.iloc[prepared.train.rows - 1]
    np.testing.assert_allclose(read.apply(rows), prepared.train.x, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 2'),
        ('"type": "numeric"', '"type": "os.system"'),
        ('"scale": ', '"scale": -'),
        ('"fill": ', '"fill": "x", "more": '),
        ("{", "[", ),
        ('"strict"', '"\x1b"'),
    ],
)  # fmt: skip
def test_a_tampered_preparation_is_refused(penguins: Table, old: str, new: str) -> None:
    text = preprocess(penguins, STRICT).preprocessor.to_json()
    assert old in text
    with pytest.raises(EngineError, match="stored preprocessor is damaged") as caught:
        Preprocessor.from_json(text.replace(old, new))
    assert caught.value.message.isprintable()


def test_rows_that_do_not_fit_a_preparation_are_refused(penguins: Table) -> None:
    preprocessor = preprocess(penguins, STRICT).preprocessor
    with pytest.raises(EngineError, match="no column 'sex'"):
        preprocessor.apply(penguins.frame.drop(columns="sex"))
    with pytest.raises(EngineError, match="'body_mass_g' has to hold numbers"):
        preprocessor.apply(penguins.frame.assign(body_mass_g="heavy"))
    with pytest.raises(EngineError, match="'body_mass_g' are too large"):
        preprocessor.apply(penguins.frame.assign(body_mass_g=np.inf))


def test_text_columns_need_not_be_categoricals(penguins: Table) -> None:
    preprocessor = preprocess(penguins, STRICT).preprocessor
    plain = pd.read_csv(Path(__file__).parents[3] / "engine/data/penguins.csv")
    np.testing.assert_array_equal(preprocessor.apply(plain), preprocessor.apply(penguins.frame))


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


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.integers(1, 4), min_size=1, max_size=12),
    most=st.integers(2, 6),
    least=st.integers(1, 3),
    gaps=st.booleans(),
)
def test_of_many_categories_the_same_are_kept_as_if_all_were_in_order(
    rows: list[int], most: int, least: int, gaps: bool
) -> None:
    texts = [f"c{i}" for i, n in enumerate(rows) for _ in range(n)] + [None] * gaps
    column = pd.Series(texts, dtype=object).astype("category")
    spec = DataSpec(max_categories=most, min_frequency=least)
    found = learn_categories(column, "x", spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(categories, "_contenders", lambda counts, spec: list(counts))
        assert learn_categories(column, "x", spec) == found
