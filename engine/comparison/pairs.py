"""Two runs on the same rows: which rows only one gets right, and whether that is chance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from engine.comparison.outcome import Outcome
from engine.results.statistics import (
    Band,
    Verdict,
    holm,
    mcnemar,
    mean_band,
    paired_difference,
    verdict,
)
from engine.specs.data import DataSpec
from engine.specs.fields import settings_of, spelled

# a difference is told from chance at this p-value
LEVEL = 0.05
_FLIPPED: dict[Verdict, Verdict] = {"better": "worse", "worse": "better"}
_FILE = tuple(s.name for s in settings_of(DataSpec) if s.group == "File" or s.name == "target")
_SPLIT = tuple(s.name for s in settings_of(DataSpec) if s.group == "Split")


@dataclass(frozen=True, slots=True)
class Pair:
    """Run `a` beside run `b`; `why_not` says why they cannot be paired, and the rest is None.

    `only_a_right` and `only_b_right` are numbers of rows in the file, from 1, and `p` is that of
    the exact McNemar test; of two evaluations there are folds instead of rows, and no test.
    `difference` is a's accuracy less b's. `holm_p` is `p` corrected for the number of pairs.
    """

    a: int
    b: int
    why_not: str = ""
    rows: int | None = None
    only_a_right: tuple[int, ...] | None = None
    only_b_right: tuple[int, ...] | None = None
    difference: Band | None = None
    p: float | None = None
    holm_p: float | None = None
    verdict: Verdict | None = None

    @property
    def by_chance(self) -> bool:
        """Whether the verdict does not outlast the correction for the number of pairs."""
        decided = self.verdict in ("better", "worse")
        return decided and self.holm_p is not None and self.holm_p > LEVEL

    def seen_from(self, run: int) -> "Pair":
        """The same pair with `run`, one of the two, as its `a`."""
        if run == self.a:
            return self
        own = self.difference
        turned = own and own.model_copy(
            update={
                "mean": 0.0 - own.mean,
                "low": None if own.high is None else -own.high,
                "high": None if own.low is None else -own.low,
            }
        )
        return replace(
            self, a=self.b, b=self.a, only_a_right=self.only_b_right,
            only_b_right=self.only_a_right, difference=turned,
            verdict=_FLIPPED.get(self.verdict, self.verdict) if self.verdict else None,
        )  # fmt: skip


def all_pairs(outcomes: Sequence[Outcome]) -> tuple[Pair, ...]:
    """Every two of the runs, each p-value corrected for how many there are."""
    found = [paired(a, b) for a, b in combinations(outcomes, 2)]
    corrected = holm({(one.a, one.b): one.p for one in found if one.p is not None})
    return tuple(replace(one, holm_p=corrected.get((one.a, one.b))) for one in found)


def paired(a: Outcome, b: Outcome) -> Pair:
    """Two runs row by row or fold by fold, or why that would compare unlike things."""
    if why_not := a.why_no_score or b.why_no_score or _unlike(a, b):
        return Pair(a.run, b.run, why_not)
    if a.folds and b.folds:
        return _by_folds(a, b)
    if a.wrong is None or b.wrong is None:
        run = a.run if a.wrong is None else b.run
        return Pair(a.run, b.run, f"which rows run {run} got wrong was not kept: rerun it")
    assert a.validation is not None
    rows = a.validation.rows
    only_a, only_b = sorted(b.wrong - a.wrong), sorted(a.wrong - b.wrong)
    counts = len(only_a), len(only_b)
    difference, p = paired_difference(*counts, rows), mcnemar(*counts)
    return Pair(
        a.run, b.run, rows=rows, only_a_right=tuple(only_a), only_b_right=tuple(only_b),
        difference=difference, p=p, verdict=paired_verdict(difference, p),
    )  # fmt: skip


def paired_verdict(difference: Band, p: float) -> Verdict:
    """What the interval says, unless McNemar's `p` does not say it as well."""
    found = verdict(difference)
    return "undecided" if found in ("better", "worse") and p > LEVEL else found


def _by_folds(a: Outcome, b: Outcome) -> Pair:
    """The networks of two evaluations on the same folds, of the repeats that both have."""
    assert a.folds
    assert b.folds
    (spec, first), (_, second) = a.folds, b.folds
    differences = [x - y for x, y in zip(first.scores, second.scores, strict=False)]
    found = mean_band(differences, 1 / (spec.folds - 1))
    return Pair(a.run, b.run, difference=found, verdict=verdict(found, spec.margin / 100))


def _unlike(a: Outcome, b: Outcome) -> str:
    """Why the rows of the two runs are not the same, in words; empty where they are."""
    if a.record.data_sha256 != b.record.data_sha256 or a.record.data_sha256 is None:
        return "different data"
    if changed := _changed(a, b, _FILE):
        return f"the file is read in different ways ({', '.join(changed)})"
    if bool(a.folds) != bool(b.folds):
        one, other = (a, b) if a.folds else (b, a)
        return f"run {one.run} is scored on many splits, run {other.run} on one"
    if a.folds and b.folds:
        own = ("folds",) if a.folds[0].folds != b.folds[0].folds else ()
        split = (*own, *_changed(a, b, _SPLIT))
        return f"different folds ({', '.join(split)})" if split else ""
    if a.scored and b.scored and a.scored.confusion.labels != b.scored.confusion.labels:
        return "different classes"
    split = _changed(a, b, _SPLIT)
    told = f" ({', '.join(split)})" * bool(split)
    return "" if same_rows(a, b) else f"different validation rows{told}"


def same_table(a: Outcome, b: Outcome) -> bool:
    """Whether two runs have learnt from the same file, read alike, to predict the same column."""
    own = a.record.data_sha256
    return own is not None and own == b.record.data_sha256 and not _changed(a, b, _FILE)


def same_rows(a: Outcome, b: Outcome) -> bool:
    """Whether two runs on the same table have the same validation rows."""
    if a.members is not None and b.members is not None:
        return a.members == b.members
    # an earlier version has kept no split: equal settings give equal rows
    return not _changed(a, b, (*_SPLIT, "protocol"))


def _changed(a: Outcome, b: Outcome, names: Iterable[str]) -> tuple[str, ...]:
    first, second = a.record.spec, b.record.spec
    return tuple(spelled(n) for n in names if getattr(first, n, None) != getattr(second, n, None))
