"""What the reproduction says of the post: percentiles, corrected intervals, the conclusion."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import percentileofscore

from engine.jobs.reproduction.findings import Findings, Outcome, conclusion
from engine.jobs.reproduction.steps import PROTOCOLS, Protocol, steps_of
from engine.results.reference import BASELINE, COMPARED, CONCLUSION, PARTS, Part
from engine.results.statistics import mean_band, percentile_rank
from engine.specs.kinds.reproduce import ReproduceSpec

ROWS: dict[Protocol, dict[str, int]] = {
    "as_published": {"train": 275, "test": 69},
    "strict": {"train": 206, "validation": 69, "test": 69},
}
NETWORKS = [part for part in PARTS if part.kind in ("baseline", "train")]


def found(part: Part, accuracy: Callable[[int], float], seeds: int = 40) -> list[Outcome]:
    """Outcomes of a part under both protocols, with the same accuracy on each set."""
    return [
        Outcome(step, dict.fromkeys(ROWS[step.protocol], accuracy(step.seed)))
        for step in steps_of(ReproduceSpec(seeds=seeds))
        if step.part is part
    ]


def test_each_network_and_the_baseline_have_forty_runs_and_the_rest_has_one() -> None:
    counts = Counter((step.part.name, step.protocol) for step in steps_of(ReproduceSpec()))
    for part in PARTS:
        for protocol in PROTOCOLS:
            assert counts[part.name, protocol] == (40 if part in NETWORKS else 1)


def test_every_run_has_a_split_and_a_seed_of_its_own() -> None:
    steps = [step for step in steps_of(ReproduceSpec()) if step.part is COMPARED]
    seeds = {(step.protocol, step.spec.split_seed, step.spec.seed) for step in steps}  # type: ignore[attr-defined]
    assert len(seeds) == len(steps)


@pytest.mark.parametrize("part", NETWORKS, ids=lambda part: part.name)
def test_a_published_value_has_its_percentile_among_the_runs(part: Part) -> None:
    hits = np.random.default_rng(0).integers(40, 69, 40)
    row = Findings(found(part, lambda seed: hits[seed] / 69), ROWS).row(part)
    runs = [round(n / 69, 3) for n in hits]
    assert row.train_percentile == percentileofscore(runs, part.train, kind="mean")
    assert row.test_percentile == percentileofscore(runs, part.test, kind="mean")
    assert f"test {part.test:.3f} at percentile {row.test_percentile:.0f} of 40 runs" in row.verdict
    assert f"train {part.train:.3f} at percentile {row.train_percentile:.0f}" in row.verdict


def test_a_published_value_that_equals_runs_is_in_their_middle() -> None:
    # 66 of 69 rows, published with three decimals
    part = COMPARED
    row = Findings(found(part, lambda seed: (66 if seed % 2 else 67) / 69), ROWS).row(part)
    assert row.test_percentile == 25.0
    assert percentile_rank([0.1, 0.2, 0.2, 0.3], 0.2) == 50.0


def test_fewer_runs_give_no_percentile_and_say_so() -> None:
    row = Findings(found(COMPARED, lambda seed: 0.9, seeds=5), ROWS).row(COMPARED)
    assert (row.train_percentile, row.test_percentile) == (None, None)
    assert "5 of the 40 runs that a percentile takes" in row.verdict


def test_the_strict_column_has_the_corrected_interval() -> None:
    values = np.random.default_rng(1).normal(0.9, 0.02, 40)
    row = Findings(found(COMPARED, lambda seed: values[seed]), ROWS).row(COMPARED)
    assert row.strict_test is not None
    assert row.strict_test.low is not None
    # Nadeau and Bengio's half width: t(39) · s · sqrt(1/40 + 69/206)
    half = 2.022691 * values.std(ddof=1) * (1 / 40 + 69 / 206) ** 0.5
    assert row.strict_test.mean - row.strict_test.low == pytest.approx(half, rel=1e-6)
    assert row.strict_test.covers == "splits"


def compared(mean: float, noise: float) -> Findings:
    """A network that differs from the baseline by `mean` on average."""
    draws = np.random.default_rng(2).normal(0.0, 1.0, 40)
    draws = (draws - draws.mean()) / draws.std()
    baseline = found(BASELINE, lambda seed: 0.9)
    network = found(COMPARED, lambda seed: 0.9 + mean + noise * draws[seed])
    return Findings([*baseline, *network], ROWS)


@pytest.mark.parametrize(
    ("mean", "noise", "sentence", "post"),
    [
        (0.05, 0.01, "is better than logistic regression", "This contradicts the post"),
        (-0.05, 0.01, "is worse than logistic regression", "This agrees with the post"),
        (0.001, 0.002, "are equivalent within 1 percentage point", "This agrees with the post"),
        (0.005, 0.03, "Undecided whether", "This does not contradict the post"),
    ],
)
def test_the_conclusion_names_its_network_and_is_against_the_margin(
    mean: float, noise: float, sentence: str, post: str
) -> None:
    findings = compared(mean, noise)
    text = conclusion(findings.difference(COMPARED))
    assert sentence in text
    assert post in text
    assert COMPARED.network in text
    assert CONCLUSION in text
    word = {"is": "better", "ar": "equivalent", "Un": "undecided"}[sentence[:2]]
    row = findings.row(COMPARED)
    wanted = "worse" if mean < -0.01 else word
    assert f"strictly, against the baseline: {wanted}" in row.verdict


def test_network_and_baseline_are_compared_on_the_same_splits() -> None:
    values = np.random.default_rng(3).normal(0.9, 0.05, 40)
    baseline = found(BASELINE, lambda seed: values[seed])
    network = found(COMPARED, lambda seed: values[seed] + (0.001 if seed % 2 else 0.003))
    # one network diverged
    network[-1] = Outcome(network[-1].step, {})
    found_difference = Findings([*baseline, *network], ROWS).difference(COMPARED)
    differences = [0.001 if seed % 2 else 0.003 for seed in range(39)]
    expected = mean_band(differences, 69 / 206)
    assert found_difference is not None
    assert found_difference.repeats == 39
    assert found_difference.mean == pytest.approx(expected.mean)
    assert found_difference.low == pytest.approx(expected.low)


def test_a_quick_reproduction_varies_less_and_has_every_part() -> None:
    def varied(spec: Any) -> list[int]:
        return [len(own.values) for own in spec.vary.values() if hasattr(own, "values")]

    quick, whole = (
        {(s.part.name, s.protocol): s.spec for s in steps_of(ReproduceSpec(quick=quick, seeds=1))}
        for quick in (True, False)
    )
    assert quick.keys() == whole.keys()
    for (name, _), spec in quick.items():
        if name.startswith("experiment"):
            assert varied(spec) == [3]
