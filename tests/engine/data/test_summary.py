"""What is told about a table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.distributions import Numbers, by_period, histogram, statistics
from engine.data.load import load
from engine.data.summary import summarize
from engine.data.table import Table
from engine.results.describe import ColumnFacts, DescribeResult
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import write

RAW = pd.read_csv(Path(__file__).parents[3] / "engine/data/penguins.csv")


def described(spec: DataSpec) -> DescribeResult:
    return summarize(load(spec), spec)


@pytest.fixture(scope="module")
def penguins() -> DescribeResult:
    return described(DataSpec())


def column(result: DescribeResult, name: str) -> ColumnFacts:
    return next(facts for facts in result.columns if facts.name == name)


def test_columns_as_they_are(penguins: DescribeResult) -> None:
    assert penguins.rows == 344
    assert [(c.name, c.role, c.type, c.missing) for c in penguins.columns] == [
        ("species", "target", "categorical", 0),
        ("island", "feature", "categorical", 0),
        ("bill_length_mm", "feature", "numeric", 2),
        ("bill_depth_mm", "feature", "numeric", 2),
        ("flipper_length_mm", "feature", "numeric", 2),
        ("body_mass_g", "feature", "numeric", 2),
        ("sex", "feature", "categorical", 11),
    ]
    assert [c.distinct for c in penguins.columns] == [
        RAW[c.name].nunique() for c in penguins.columns
    ]
    assert column(penguins, "body_mass_g").examples == ("3750", "3800", "3250")
    assert penguins.classes == (("Adelie", 152), ("Gentoo", 124), ("Chinstrap", 68))
    assert penguins.split_rows == {"train": 206, "validation": 69, "test": 69}
    assert penguins.head[0] == ("Adelie", "Torgersen", "39.1", "18.7", "181", "3750", "MALE")
    assert len(penguins.head) == 20
    assert penguins.notes == ()


def test_several_threads_tell_the_same(
    penguins: DescribeResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.data.summary.THREADED_CELLS", 0)
    monkeypatch.setattr("engine.data.summary.usable_threads", lambda: 3)
    assert described(DataSpec()) == penguins


def test_statistics_by_class(penguins: DescribeResult) -> None:
    for name in penguins.correlation_features:
        of = {s.label: s for s in column(penguins, name).statistics}
        assert list(of) == ["", "Adelie", "Gentoo", "Chinstrap"]
        for label, found in of.items():
            values = (RAW if not label else RAW[RAW["species"] == label])[name].dropna()
            assert found.rows == len(values)
            assert found.mean == pytest.approx(values.mean())
            assert found.std == pytest.approx(values.std())
            assert found.median == pytest.approx(values.median())
            assert (found.minimum, found.maximum) == (values.min(), values.max())


def test_histograms_count_every_row_once(penguins: DescribeResult) -> None:
    for name in penguins.correlation_features:
        bins = column(penguins, name).histogram
        assert 5 <= len(bins) <= 20
        assert np.sum([b.rows for b in bins], axis=0).tolist() == [151, 123, 68]
        values = RAW[name].dropna()
        edges = [*(b.low for b in bins), bins[-1].high]
        assert edges[0] == pytest.approx(values.min())
        assert edges[-1] == pytest.approx(values.max())
        assert np.allclose(np.diff(edges), edges[1] - edges[0])


def test_categories_by_class(penguins: DescribeResult) -> None:
    assert column(penguins, "island").categories == (
        ("Biscoe", (44, 124, 0)),
        ("Dream", (56, 0, 68)),
        ("Torgersen", (52, 0, 0)),
    )


def test_correlations(penguins: DescribeResult) -> None:
    theirs = RAW[list(penguins.correlation_features)].corr().to_numpy()
    np.testing.assert_allclose(np.array(penguins.correlations, dtype=float), theirs)


def test_the_scatter_sample_is_bounded_and_fair(tmp_path: Path) -> None:
    body = "x,y,label\n" + "".join(
        f"{i % 97},{i % 89},{'rare' if i % 1000 == 0 else 'often'}\n" for i in range(20_000)
    )
    spec = DataSpec(data=write(tmp_path, body), target="label")
    sample = described(spec).scatter
    assert 490 <= len(sample.classes) <= 501
    assert 1 <= sample.classes.count(1) <= 2
    assert [len(values) for values in sample.values] == [len(sample.classes)] * 2
    assert sample == described(spec).scatter


def test_a_wide_table_is_described_within_bounds(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    width = 700
    body = ",".join([*(f"c{i}" for i in range(width)), "label"]) + "\n"
    for row in range(30):
        body += ",".join(f"{v:.2f}" for v in rng.normal(size=width)) + f",{'ab'[row % 2]}\n"
    result = described(DataSpec(data=write(tmp_path, body), target="label"))
    assert len(result.columns) == width + 1
    assert len(result.correlations) == 50
    assert sum(bool(c.histogram) for c in result.columns) == 500
    assert any("first 500 columns" in note for note in result.notes)
    assert any("first 50 numeric features" in note for note in result.notes)


def test_many_classes_are_counted_together(tmp_path: Path) -> None:
    body = "x,kind,label\n" + "".join(f"{i},{i % 3},c{i % 80}\n" for i in range(400))
    spec = DataSpec(
        data=write(tmp_path, body), target="label", column_types={"kind": "categorical"}
    )
    result = described(spec)
    assert len(result.classes) == 80
    assert [s.label for s in column(result, "x").statistics] == [""]
    assert sum(b.rows[0] for b in column(result, "x").histogram) == 400
    assert all(len(rows) == 1 for _, rows in column(result, "kind").categories)


def test_a_table_that_cannot_be_split_is_described_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, "x,label\n1,a\n2,a\n3,a\n4,b\n")
    result = described(DataSpec(data=path, target="label"))
    assert result.split_rows == {}
    assert result.classes == (("a", 3), ("b", 1))
    assert any("Class 'b' (1 row): the strict protocol needs 3" in note for note in result.notes)
    assert any("rare_classes" in note for note in result.notes)


def test_odd_columns_carry_their_warning(tmp_path: Path) -> None:
    body = "n,same,none,out,x,label\n" + "".join(
        f"{i + 1},7,,inf,{i % 7},{'ab'[i % 2]}\n" for i in range(30)
    )
    spec = DataSpec(data=write(tmp_path, body), target="label", exclude=("out",))
    result = described(spec)
    assert "numbers the rows from 1 to 30" in column(result, "n").warning
    assert column(result, "same").warning == "The same value on every row."
    assert column(result, "none").warning == "No value on any row."
    assert {column(result, name).role for name in ("n", "none", "out")} == {"excluded"}
    assert column(result, "out").statistics == ()
    assert column(result, "label").warning == ""
    assert result.correlations[0][1] is None


def test_hostile_text_is_cut_and_kept_as_text(tmp_path: Path) -> None:
    body = "x,label\n" + f"{'y' * 10_000},a\nz,b\n" * 4
    result = described(DataSpec(data=write(tmp_path, body), target="label"))
    assert len(result.columns[0].examples[0]) == 60
    assert len(result.head[0][0]) == 100
    assert len(result.columns[0].categories[0][0]) == 200


@pytest.mark.parametrize(
    ("moments", "periods"),
    [
        (["2019-12-31", "2021-01-01", None], ["2019", "2021", None]),
        (["2020-03-05", "2020-11-01"], ["2020-03", "2020-11"]),
        (["2020-03-05", "2020-03-04 23:10"], ["2020-03-05", "2020-03-04"]),
        (["2020-03-05 07:59", "2020-03-05 19:00"], ["07:00", "19:00"]),
        (["2020-03-05 07:59", "2020-03-05 07:01"], ["07:00", "07:00"]),
    ],
)
def test_moments_are_counted_by_the_longest_period_that_tells_them_apart(
    moments: list[str | None], periods: list[str | None]
) -> None:
    column = pd.Series(np.array(moments, dtype="datetime64[s]"))
    assert by_period(column).astype(object).where(column.notna(), None).tolist() == periods


def test_extreme_numbers_have_figures() -> None:
    values = np.array([-1.7e308, 1.7e308, 0.0, np.nan, np.inf])
    groups = np.array([0, 1, 0, 1, 1])
    found = statistics(Numbers.of(values, groups), ("a", "b"))
    assert [s.rows for s in found] == [3, 2, 1]
    assert all(np.isfinite([s.mean, s.std, s.median]).all() for s in found)
    bins = histogram(Numbers.of(values, groups), 2)
    assert np.sum([b.rows for b in bins], axis=0).tolist() == [2, 1]
    assert histogram(Numbers.of(np.array([3.0, 3.0]), np.array([0, 1])), 2)[0].rows == (1, 1)
    assert histogram(Numbers.of(np.array([np.nan]), np.array([0])), 2) == ()


def test_the_result_survives_json(penguins: DescribeResult) -> None:
    assert DescribeResult.model_validate_json(penguins.model_dump_json()) == penguins


def test_a_long_table_is_correlated_on_a_sample() -> None:
    table = load(DataSpec())
    frame = pd.concat([table.frame] * 700, ignore_index=True)
    long = Table(
        **{
            **table.__dict__,
            "frame": frame,
            "codes": np.tile(table.codes, 700),
            "rows": np.arange(1, len(frame) + 1),
            "fingerprints": None,
        }
    )
    found = summarize(long, DataSpec(data="penguins", protocol="as_published"))
    np.testing.assert_allclose(
        np.array(found.correlations, dtype=float),
        RAW[list(found.correlation_features)].corr().to_numpy(),
        atol=0.01,
    )
