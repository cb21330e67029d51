"""What the playground says of its networks, in lines."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from engine.results.playground import PlaygroundAnswer
from engine.results.statistics import Band, optimism_of_looks
from engine.specs.kinds.playground import NETWORKS, PlaygroundQuestion
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted, warning
from penguin_tui.presentation.results.trials import value_text
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import band_interval, counted, percent, shortened
from penguin_tui.presentation.words import SETS, TELLING


def head_lines(
    answer: PlaygroundAnswer | None, question: PlaygroundQuestion, looks: int,
    *, error: str, phase: str,
) -> list[Line]:  # fmt: skip
    """What stands above the networks: what they are worth, or why there are no others.

    `question` is what `answer` is of, `looks` how many settings its validation rows have judged;
    `phase` is what the engine says of the next answer.
    """
    lines: list[Line] = []
    if answer is not None:
        lines = [score_line(answer), looks_line(answer, looks), *remark_lines(answer, question)]
    if error:
        return [warning(error), *lines]
    return [muted(f"{phase} …"), *lines[1:]] if phase else lines


def score_line(answer: PlaygroundAnswer) -> Line:
    """Validation and training accuracy, and what the networks are."""
    return line(
        "validation ", Span(percent(_mean(answer.validation)), "accent"),
        Span(f" {_spread(answer.validation)}", "muted"),
        f"  training {percent(answer.train.mean)}",
        Span(f"  {counted(answer.parameters, 'parameter')}", "muted"),
    )  # fmt: skip


def _mean(band: Band | None) -> float | None:
    return None if band is None else band.mean


def _spread(band: Band | None) -> str:
    """The interval, which says what it covers; of a committee the spread of its members."""
    if band is None:
        return "(no validation set)"
    if band.low is not None:
        return f"({band_interval(band)})"
    return f"(mean of {band.repeats}, sd {100 * (band.std or 0):.1f} pp)"


def looks_line(answer: PlaygroundAnswer, looks: int) -> Line:
    """How often the validation rows were looked at, and what that does to the estimate."""
    rows = counted(answer.validation_rows, "validation row")
    begun = f"{rows}, {counted(looks, 'setting')} looked at: "
    if looks < 2 or answer.validation is None:
        return muted(f"{begun}the best of more is optimistic")
    best = optimism_of_looks(answer.validation.mean, answer.validation_rows, looks)
    return line(
        Span(begun, "muted"), Span(f"the best up to {100 * best:.1f} pp optimistic", "warning")
    )


def remark_lines(answer: PlaygroundAnswer, question: PlaygroundQuestion) -> Iterator[Line]:
    """What the figures leave out."""
    if answer.diverged:
        all_of = NETWORKS[question.networks]
        yield warning(f"{answer.diverged} of {all_of} networks diverged and are left out:"
                      " lower the learning rate.")  # fmt: skip
    if question.toy is None and question.data.protocol != "strict":
        yield warning("Played under the strict protocol: the test rows stay held out.")
    for note in answer.notes:
        yield muted(note)


def film_opening(settings: Mapping[str, Any] | None) -> str:
    """What is done before a training can be watched; `settings` are those of a trial."""
    if settings is None:
        return "The run is trained again, to the bit, to be watched …"
    shown = ", ".join(f"{setting_label(n)} {value_text(v)}" for n, v in settings.items())
    return f"A network is trained on the training set, to be watched, with {shown} …"


def epoch_line(run: int, settings: Mapping[str, Any] | None, answer: PlaygroundAnswer) -> Line:
    """Which epoch of a training is shown, and what the network was worth by then."""
    about = "".join(
        f", {setting_label(name)} {value_text(value)}"
        for name, value in islice((settings or {}).items(), 2)
    )
    # with the settings there is less room
    kept = " (kept)" if about else " (the one that was kept)"
    kept = kept if answer.epoch == answer.epoch_kept else ""
    return line(
        f"Run {run}{about}, after epoch ", Span(f"‹ {answer.epoch:,} ›", "accent"),
        f" of {answer.epochs:,}{kept}  ",
        Span(f"validation {percent(_mean(answer.validation))}"
             f"  training {percent(answer.train.mean)}", "muted"),
    )  # fmt: skip


def matrix_blocks(answer: PlaygroundAnswer, room: int) -> Iterator[Block]:
    """The confusion matrices of training and validation set at this epoch, in so many columns."""
    found = answer.confusion
    if found is None:
        yield Block(lines=(muted("Matrices are shown of 20 classes at most."),))
        return
    corner = "actual ↓"
    longest = max(3, (room - len(corner)) // len(found.labels) - 2)
    labels = shortened(found.labels, longest)
    sides = shortened(found.labels, len(corner))
    for name in (one for one in TELLING if one != "test"):
        counts = getattr(found, name)
        if counts is not None:
            yield Block(
                f"{SETS[name].capitalize()}, predicted →",
                header=(corner, *labels),
                rows=tuple(
                    (label, *(f"{n:,}" for n in row))
                    for label, row in zip(sides, counts, strict=True)
                ),
            )
