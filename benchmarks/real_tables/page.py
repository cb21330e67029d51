"""docs/real-tables.md: a line for each table, and what they come to together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.real_tables.sides import Side
from engine.comparison.pairs import LEVEL, paired_verdict
from engine.results.statistics import Band, mcnemar, paired_difference

# what the program may take where scikit-learn takes a tenth of it
SECONDS, GIGABYTES = 60.0, 2.0
COLUMNS = (
    "| table | rows × features | program, % | scikit-learn, % | difference, pp | p | |"
    " seconds | peak, GB |",
    "|---|---|---|---|---|---|---|---|---|",
)
# where what is not made by the program begins on the page
BELOW = "## The baseline alone"
HEAD = """# Real tables

Made by the program: `python -m benchmarks.real_tables --write docs/real-tables.md`.

Tables that packages of PyPI ship, as CSV and read without a setting but the target, against a plain
scikit-learn pipeline (pandas, imputing, scaling, one-hot, LogisticRegression, MLPClassifier) with
the same features and rows. The program's model is its baseline, or a network (100 units, at most 60
epochs, stopped early by the validation loss) where that is better on the validation rows by more
than one standard error of the difference; scikit-learn's is the better of its two *on the test
set*, which favours it. Accuracies have 95 % Wilson intervals. The difference is that on the same
test rows in percentage points, with the interval, *p* (McNemar) and verdict of
[statistics.md](statistics.md); one marked † does not outlast the number of tables (Holm). Seconds
are of processor time, both models together, reading included, libraries loaded; peaks are of the
whole process.
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides on the table `name`, whose rows and features are its `shape`."""

    name: str
    shape: str
    own: Side
    other: Side

    @property
    def only(self) -> tuple[int, int]:
        """How many test rows only the program, and only scikit-learn, classifies rightly."""
        pairs = Counter(zip(self.own.right, self.other.right, strict=True))
        return pairs[1, 0], pairs[0, 1]

    @property
    def p(self) -> float:
        """Whether these are as many but for chance, by McNemar's test."""
        return mcnemar(*self.only)

    def line(self, corrected: float) -> str:
        """The row of the page; `corrected` is the p-value for the number of tables."""
        own, other = self.own, self.other
        one = own.accuracy
        return (
            f"| {self.name} | {self.shape}"
            f" | {100 * one.value:.1f} ({100 * one.low:.1f}–{100 * one.high:.1f}) {own.model}"
            f" | {100 * other.accuracy.value:.1f} {other.model} | {_points(self.difference)}"
            f" | {self.p:.2g} | {', '.join(self._told(corrected))}"
            f" | {own.seconds:.1f} / {other.seconds:.1f}"
            f" | {own.gigabytes:.2f} / {other.gigabytes:.2f} |"
        )

    @property
    def difference(self) -> Band:
        """The program's accuracy less scikit-learn's on the same rows."""
        return paired_difference(*self.only, len(self.own.right))

    def _told(self, corrected: float) -> list[str]:
        """The verdict on the accuracies, and whether the program takes more than it may."""
        own, other = self.own, self.other
        found = paired_verdict(self.difference, self.p)
        decided = found in ("better", "worse")
        told = [f"{found} †" if decided and corrected > LEVEL else str(found)]
        if own.seconds > max(SECONDS, 10 * other.seconds):
            told.append("slow")
        if own.gigabytes > max(GIGABYTES, 10 * other.gigabytes):
            told.append("large")
        return told


def _points(difference: Band) -> str:
    """A difference and its interval in percentage points."""
    low, high = difference.low or 0.0, difference.high or 0.0
    return f"{100 * difference.mean:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def summed_up(found: Sequence[Compared]) -> str:
    """How many tables came to which verdict, and the differences beyond the interval."""
    verdicts = Counter(paired_verdict(one.difference, one.p) for one in found)
    told = ", ".join(f"{count} {name}" for name, count in verdicts.most_common())
    below = [one.name for one in found if one.own.accuracy.value < one.other.accuracy.low]
    return (
        f"Of {len(found)} tables: {told}. The program's accuracy is below scikit-learn's Wilson"
        f" interval in {', '.join(below) or 'none'}."
    )


def written(page: Path, lines: Sequence[str]) -> None:
    """Write the page; what stands below the table and is not made here is kept."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    below = text[text.index(BELOW) :] if BELOW in text else ""
    page.write_text("\n".join((HEAD, *lines, "", below)), encoding="utf-8")
