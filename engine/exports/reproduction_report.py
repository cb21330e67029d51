"""The reproduction as a Markdown report."""

from engine.results.search import PartRow, ReproduceResult
from engine.results.statistics import EQUIVALENCE_MARGIN, Band
from engine.specs.kinds.reproduce import ReproduceSpec

_HEAD = (
    "part",
    "published train, test",
    "as published, run now: train",
    "test: mean (range)",
    "strict test: mean (95 % interval, covers)",
    "verdict",
)


def markdown(spec: ReproduceSpec, result: ReproduceResult) -> str:
    """The table of all parts, the conclusion, and how both were obtained."""
    lines = [
        "# The post, reproduced",
        "",
        result.conclusion,
        "",
        "| " + " | ".join(_HEAD) + " |",
        "|" + "---|" * len(_HEAD),
        *("| " + " | ".join(map(_cell, _cells(row))) + " |" for row in result.rows),
        "",
        "**As published** is the post's way, leaks included: each part scaled by its own range,"
        " the test rows also steer the training, one run a point. **Strict** holds the test rows"
        " out, fits the preprocessing on the training rows alone and lets validation rows"
        " choose. Accuracies are fractions of rows; one of the 69 test rows is 1.4 percentage"
        " points.",
        "",
        f"Networks and baseline: {spec.seeds} splits and seeds, from {spec.seed} on; experiments"
        " and searches run once. A percentile is that of the published value among these runs,"
        " equal ones counted half. The conclusion and the strict verdicts are against a margin of"
        f" {100 * EQUIVALENCE_MARGIN:g} percentage point."
        + (" Quick: experiments and searches with fewer values." if spec.quick else ""),
        "",
    ]
    return "\n".join(lines)


def _cells(row: PartRow) -> tuple[str, ...]:
    published = ", ".join(_figure(v) for v in (row.published_train, row.published_test) if v)
    spread = ""
    if row.as_published_low is not None and row.as_published_low != row.as_published_high:
        spread = f" ({_figure(row.as_published_low)}–{_figure(row.as_published_high)})"
    train, test, strict = row.as_published_train, row.as_published_test, row.strict_test
    return (
        row.part,
        published or row.published_text or "–",
        _figure(train.mean) if train else "–",
        _figure(test.mean) + spread if test else "–",
        _banded(strict) if strict else "–",
        row.verdict,
    )


def _banded(found: Band) -> str:
    if found.covers is None:
        return _figure(found.mean)
    return f"{_figure(found.mean)} ({_figure(found.low)}–{_figure(found.high)}, {found.covers})"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
