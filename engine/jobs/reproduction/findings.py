"""What came of the reproduction: a row for each part, and the conclusion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.jobs.reproduction.steps import Protocol, Step
from engine.results.base import RunResult
from engine.results.nested import Nested
from engine.results.reference import BASELINE, COMPARED, CONCLUSION, Part
from engine.results.search import PartRow, SearchResult, SweepResult
from engine.results.statistics import (
    EQUIVALENCE_MARGIN,
    Band,
    accuracy_band,
    mean_band,
    percentile_rank,
    verdict,
)

# a percentile among fewer runs would mean little
RANKED_RUNS = 40
# the decimals that the post gives
DECIMALS = 3


@dataclass(frozen=True)
class Outcome:
    """What a step came to: its accuracies by set (none: the network diverged), and its result.

    Networks and baselines are many, and have no result.
    """

    step: Step
    accuracies: Mapping[str, float]
    result: RunResult | None = None


@dataclass(frozen=True)
class Findings:
    """All outcomes so far. `sizes` has the rows of each set under each protocol."""

    outcomes: Sequence[Outcome]
    sizes: Mapping[Protocol, Mapping[str, int]]

    def row(self, part: Part) -> PartRow:
        """The line of a part."""
        tests = self._accuracies(part, "as_published", "test")
        return PartRow(
            part=part.name,
            published_train=part.train,
            published_test=part.test,
            published_text=part.reading,
            as_published_train=self._band(part, "as_published", "train"),
            as_published_test=self._band(part, "as_published", "test"),
            as_published_low=min(tests, default=None),
            as_published_high=max(tests, default=None),
            train_percentile=self._percentile(part, "train", part.train),
            test_percentile=self._percentile(part, "test", part.test),
            strict_validation=self._band(part, "strict", "validation"),
            strict_test=self._band(part, "strict", "test"),
            verdict=self._verdict(part),
        )

    def difference(self, part: Part) -> Band | None:
        """The strict test accuracy of a part less the baseline's, over the splits both have."""
        found, baseline = (
            {o.step.seed: o.accuracies["test"] for o in self._of(own, "strict") if o.accuracies}
            for own in (part, BASELINE)
        )
        both = [seed for seed in found if seed in baseline]
        if len(both) < 2:
            return None
        rows = self.sizes["strict"]
        differences = [found[seed] - baseline[seed] for seed in both]
        return mean_band(differences, rows["test"] / rows["train"])

    def _of(self, part: Part, protocol: Protocol) -> list[Outcome]:
        steps = (o for o in self.outcomes if o.step.part is part)
        return [outcome for outcome in steps if outcome.step.protocol == protocol]

    def _accuracies(self, part: Part, protocol: Protocol, name: str) -> list[float]:
        return [o.accuracies[name] for o in self._of(part, protocol) if name in o.accuracies]

    def _band(self, part: Part, protocol: Protocol, name: str) -> Band | None:
        """The mean accuracy on a set; each outcome is of a split of its own."""
        values, rows = self._accuracies(part, protocol, name), self.sizes[protocol]
        if not values:
            return None
        if name == "train":
            return mean_band(values).without_bounds()
        return accuracy_band(values, rows[name], rows[name] / rows["train"])

    def _percentile(self, part: Part, name: str, published: float | None) -> float | None:
        values = self._accuracies(part, "as_published", name)
        if published is None or len(values) < RANKED_RUNS:
            return None
        return percentile_rank([round(value, DECIMALS) for value in values], published)

    def _verdict(self, part: Part) -> str:
        published, strict = self._of(part, "as_published"), self._of(part, "strict")
        if not any(o.accuracies for o in published) or not any(o.accuracies for o in strict):
            return "the network diverged"
        first, strictly = published[0].result, strict[0].result
        if isinstance(first, SweepResult) and isinstance(strictly, SweepResult):
            return _sweep_verdict(first, strictly)
        if isinstance(first, SearchResult) and isinstance(strictly, SearchResult):
            return _search_verdict(first, strictly)
        found = self._place(part)
        if part is BASELINE or (difference := self.difference(part)) is None:
            return found
        return (
            f"{found}; strictly, against the baseline: {verdict(difference)}, {_told(difference)}"
        )

    def _place(self, part: Part) -> str:
        """Where the published values lie among the runs as published."""
        runs = len(self._accuracies(part, "as_published", "test"))
        if runs < RANKED_RUNS:
            return f"{runs} of the {RANKED_RUNS} runs that a percentile takes"
        places = [
            f"{name} {figure:.{DECIMALS}f} at percentile {place:.0f}"
            for name, figure, place in (
                ("train", part.train, self._percentile(part, "train", part.train)),
                ("test", part.test, self._percentile(part, "test", part.test)),
            )
            if figure is not None and place is not None
        ]
        return f"published {', '.join(places)} of {runs} runs"


def conclusion(difference: Band | None) -> str:
    """What the difference of `COMPARED` and the baseline says of the post's conclusion."""
    if difference is None:
        return f"The {COMPARED.network} and the baseline could not be compared: too few runs."
    found, margin = verdict(difference), f"{100 * EQUIVALENCE_MARGIN:g} percentage point"
    sentence, post = {
        "better": (f"The {COMPARED.network} is better than logistic regression", "contradicts"),
        "worse": (f"The {COMPARED.network} is worse than logistic regression", "agrees with"),
        "equivalent": (
            f"The {COMPARED.network} and logistic regression are equivalent within {margin}",
            "agrees with",
        ),
        "undecided": (
            f"Undecided whether the {COMPARED.network} and logistic regression differ by more"
            f" than {margin}",
            "does not contradict",
        ),
    }[found]
    return (
        f"{sentence}: {_told(difference)}, of strict test accuracy over {difference.repeats}"
        f' splits. This {post} the post: "{CONCLUSION}"'
    )


def _told(difference: Band) -> str:
    """A difference with its interval, in percentage points."""
    mean = f"{100 * difference.mean:+.1f} percentage points"
    if difference.low is None or difference.high is None:
        return f"{mean} (no spread)"
    low, high = 100 * difference.low, 100 * difference.high
    return f"{mean} (95 % interval {low:+.1f} to {high:+.1f}, covers {difference.covers})"


def _sweep_verdict(published: SweepResult, strict: SweepResult) -> str:
    noisy = f"one run a value picks {published.best}"
    seeds = max(p.validation.repeats for p in strict.points if p.validation is not None)
    if seeds == 1:
        return f"{noisy}; strictly, with one seed, {strict.best}"
    return (
        f"{noisy}; over {seeds} seeds {strict.best} is best and"
        f" {strict.chosen} is as good within one standard error"
    )


def _search_verdict(published: SearchResult, strict: SearchResult) -> str:
    settings = ", ".join(f"{name} {_short(v)}" for name, v in strict.best_settings.items())
    test = strict.scores.test
    evaluated = f", {test.accuracy.value:.3f} on the test set" if test else ""
    note = f"{published.note} " if published.note else ""
    found = f"{note}Strict: {settings}; selected at {strict.selection_score:.3f}{evaluated}."
    return found if strict.nested is None else f"{found} {_nested_text(strict.nested)}"


def _nested_text(nested: Nested) -> str:
    """What the strict search claims and is worth."""
    return (
        f"Repeated on {nested.planned} outer folds the search claims {nested.inner.mean:.3f} and is"
        f" worth {nested.outer.mean:.3f}: optimism {_told(nested.optimism)}."
    )


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
