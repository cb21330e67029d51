"""Every interval and verdict against SciPy, and what each must never be."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy.stats import binomtest, t

from engine.results.interval import Interval
from engine.results.statistics import (
    Band,
    accuracy_band,
    holm,
    mcnemar,
    mean_band,
    paired_difference,
    sample_std,
    verdict,
    wilson,
)

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
# what a network gets right of 69 rows, with several seeds or on several splits
ACCURACIES = st.lists(st.integers(0, 69).map(lambda hits: hits / 69), min_size=1, max_size=40)


@given(COUNTS)
def test_wilson_is_scipys_score_interval_and_has_a_width(counts: tuple[int, int]) -> None:
    found = wilson(*counts)
    theirs = binomtest(*counts).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high
    assert found.covers == "rows"


def test_wilson_of_the_posts_test_accuracy() -> None:
    found = wilson(66, 69)
    assert (round(found.low, 3), round(found.high, 3)) == (0.880, 0.985)


@pytest.mark.parametrize("repeats", [2, 3, 5, 30, 31, 32, 60, 1000])
def test_the_interval_of_seeds_is_students(repeats: int) -> None:
    values = [0.5 + 0.1 * (i % 3) for i in range(repeats)]
    found = mean_band(values)
    error = statistics.stdev(values) / math.sqrt(repeats)
    low, high = t.interval(0.95, repeats - 1, loc=statistics.fmean(values), scale=error)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6)
    assert found.covers == "seeds"


@pytest.mark.parametrize("splits", [2, 5, 20, 50])
def test_the_interval_of_splits_is_corrected_for_the_rows_they_share(splits: int) -> None:
    values = [0.9 + 0.01 * (i % 4) for i in range(splits)]
    found = mean_band(values, 69 / 206)
    # Nadeau and Bengio 2003: the variance of the mean is (1 / J + n2 / n1) times that of a split
    error = statistics.stdev(values) * math.sqrt(1 / splits + 69 / 206)
    low, high = t.interval(0.95, splits - 1, loc=statistics.fmean(values), scale=error)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6)
    assert found.standard_error == pytest.approx(error)
    assert found.covers == "splits"


def test_five_splits_of_the_post_are_wider_by_what_the_plain_interval_lacked() -> None:
    values = [0.94, 0.96, 0.97, 0.95, 0.93]
    plain, corrected = mean_band(values), mean_band(values, 69 / 206)
    assert plain.high is not None
    assert corrected.high is not None
    assert (corrected.high - corrected.mean) / (plain.high - plain.mean) == pytest.approx(
        1.64, abs=0.01
    )


@given(ACCURACIES, st.sampled_from([None, 0.25, 1 / 3]))
def test_the_interval_of_an_accuracy_lies_in_0_to_1_and_has_a_width(
    values: list[float], test_over_train: float | None
) -> None:
    found = accuracy_band(values, 69, test_over_train)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.mean <= found.high <= 1
    assert found.high - found.low > 0.001
    spread = len(set(values)) > 1
    assert found.covers == (("splits" if test_over_train else "seeds") if spread else "rows")


@pytest.mark.parametrize("values", [(66 / 69,), (66 / 69, 66 / 69, 66 / 69), (1.0, 1.0)])
def test_without_spread_an_accuracy_has_the_interval_of_its_pooled_rows(
    values: tuple[float, ...],
) -> None:
    found, pooled = accuracy_band(values, 69), wilson(values[0] * 69, 69)
    assert (found.low, found.high) == pytest.approx((pooled.low, pooled.high))
    assert found.covers == "rows"
    unknown = accuracy_band(values, None)
    assert (unknown.low, unknown.high, unknown.covers) == (None, None, None)


@pytest.mark.parametrize("differences", [(0.01,), (0.01, 0.01, 0.01), (0.3 - 0.2, 0.4 - 0.3)])
def test_differences_without_spread_have_no_interval_and_decide_nothing(
    differences: tuple[float, ...],
) -> None:
    found = mean_band(differences, 1 / 3)
    assert (found.low, found.high, found.covers) == (None, None, None)
    assert verdict(found) == "undecided"


@given(ACCURACIES.filter(lambda values: len(values) > 1))
def test_plus_or_minus_is_the_sample_standard_deviation(values: list[float]) -> None:
    assert sample_std(values) == pytest.approx(statistics.stdev(values), abs=1e-9)
    assert mean_band(values).std == sample_std(values)
    assert sample_std(values[:1]) is None


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.012, 0.03, "better"),
        (0.001, 0.03, "better"),
        (-0.03, -0.001, "worse"),
        (-0.01, 0.01, "equivalent"),
        (0.001, 0.009, "equivalent"),
        (-0.009, -0.001, "equivalent"),
        (-0.011, 0.009, "undecided"),
        (-0.05, 0.05, "undecided"),
    ],
)
def test_a_verdict_is_read_from_the_interval_and_the_margin(
    low: float, high: float, word: str
) -> None:
    found = Band(
        mean=(low + high) / 2, low=low, high=high, covers="splits", std=0.01, repeats=20
    )  # fmt: skip
    assert verdict(found) == word
    assert verdict(found, margin=0.1) == "equivalent"


def test_bands_of_earlier_versions_are_read_without_their_intervals_of_no_width() -> None:
    earlier = {"mean": 0.95, "low": 0.92, "high": 0.98, "std": 0.02, "repeats": 5}
    assert Band.model_validate(earlier).covers == "seeds"
    read = TypeAdapter(Interval)
    single = Band.model_validate({"mean": 1, "low": 1, "high": 1, "std": 0, "repeats": 1})
    assert (single.low, single.high, single.covers, single.std) == (None, None, None, None)
    assert read.validate_json('{"value": 0.9, "low": 0.8, "high": 0.95}').covers == "rows"


def test_an_interval_is_read_as_strictly_as_what_holds_it() -> None:
    read = TypeAdapter(Interval)
    assert read.validate_json(read.dump_json(wilson(9, 10))) == wilson(9, 10)
    for text in ('{"value": NaN, "low": 0, "high": 1}', '{"value": "1", "low": 0, "high": 1}',
                 '{"value": 1.0, "low": 0, "high": 1, "middle": 0.5}'):  # fmt: skip
        with pytest.raises(ValidationError):
            read.validate_json(text)
    with pytest.raises(ValidationError):
        Band.model_validate({"mean": 0.95, "repeats": 5})


PAIRS = st.tuples(st.integers(0, 3000), st.integers(0, 3000))


@given(PAIRS)
def test_mcnemar_is_scipys_exact_binomial_test(only: tuple[int, int]) -> None:
    first, second = only
    theirs = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(*only) == pytest.approx(theirs, rel=1e-8)
    assert mcnemar(first, second) == mcnemar(second, first)


@given(PAIRS, st.integers(1, 3000))
def test_a_paired_difference_surrounds_its_value_and_turns_with_the_pair(
    only: tuple[int, int], others: int
) -> None:
    rows = sum(only) + others
    found, turned = paired_difference(*only, rows), paired_difference(*only[::-1], rows)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.mean < found.high
    assert found.mean == (only[0] - only[1]) / rows
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


def test_a_paired_difference_is_bonett_and_prices() -> None:
    # 12 and 2 of 100: 13/102 - 3/102 with a standard error of sqrt((16/102 - (10/102)^2) / 102)
    found = paired_difference(12, 2, 100)
    assert (found.low, found.high) == pytest.approx((0.02357, 0.17251), abs=1e-5)


def test_holm_corrects_each_p_value_for_those_that_are_left() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx(
        {"a": 0.03, "c": 0.06, "b": 0.06}
    )
    assert holm({"a": 0.5, "b": 0.9}) == {"a": 1.0, "b": 1.0}
