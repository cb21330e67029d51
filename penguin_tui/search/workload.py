"""What a sweep or search would be: candidates, trainings, epochs, and about how long."""

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.kinds import label_of
from engine.specs import GridSearchSpec, HyperbandSpec, RandomSearchSpec, SweepSpec, VaryingSpec
from engine.specs.hyperband_schedule import rungs
from engine.specs.searches import CrossValidatedSpec
from penguin_tui.forms.form import Reading
from penguin_tui.presentation.setting_text import range_text, setting_label
from penguin_tui.presentation.text import count, counted, duration, sanitize
from penguin_tui.presentation.workload_estimate import Amount, Speed, amount
from penguin_tui.tables.text_lines import ERROR, WARNING, aligned, heading, joined, muted

MANY = 10_000
# fields of the form that a varied setting stands for
_REPLACED = {
    "layers": "hidden_layers", "units": "hidden_layers", "first_layer_units": "hidden_layers",
}  # fmt: skip


class Workload(VerticalScroll):
    """Follows the form."""

    BINDING_GROUP_TITLE = "How much"
    DEFAULT_CSS = """
    Workload { padding: 0 1; scrollbar-size-vertical: 1; Static { height: auto; } }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)

    def compose(self) -> ComposeResult:
        """Text."""
        yield Static("", markup=False)

    def show(self, reading: Reading, problems: Mapping[int, str], speed: Speed | None) -> None:
        """Show what the form comes to at a known speed."""
        self.query_one(Static).update(joined(blocks(reading, problems, speed)))


def in_a_line(reading: Reading, problems: Mapping[int, str], speed: Speed | None) -> str:
    """The same where there is no room beside the form."""
    spec = reading.spec
    if problems or not isinstance(spec, VaryingSpec):
        wrong = len(problems) + len(reading.problems) or 1
        return f"✗ {counted(wrong, 'setting')} to mend: r goes there"
    load = amount(spec)
    about = f"about {duration(speed.seconds(load))}" if speed is not None else "time unknown"
    most = "" if load.exact else "at most "
    epochs = counted(load.epochs, "epoch")
    return f"{counted(load.trainings, 'training')}, {most}{epochs}, {about}"


def blocks(
    reading: Reading, problems: Mapping[int, str], speed: Speed | None
) -> list[list[Content]]:
    """The lines in blocks."""
    spec = reading.spec
    if not isinstance(spec, SweepSpec | RandomSearchSpec | GridSearchSpec | HyperbandSpec):
        return [_wrong(reading, problems)]
    load = amount(spec)
    return [_load(spec, load), _time(load, speed), _how(spec), _remarks(spec, load)]


def _wrong(reading: Reading, problems: Mapping[int, str]) -> list[Content]:
    if not problems and not reading.fields.get("vary"):
        return [Content.styled("Nothing varies yet", ERROR), muted("a adds a setting to vary.")]
    wrong = len(problems) + len(reading.problems)
    wrong += 0 if wrong else len(reading.others)
    verb = "needs" if wrong == 1 else "need"
    lines = [Content.styled(f"{counted(wrong, 'setting')} {verb} another value", ERROR)]
    lines += [Content(f"✗ row {place + 1}: {sanitize(text)}") for place, text in problems.items()]
    lines += [Content(f"✗ {name}") for name in reading.problems]
    if not problems and not reading.problems:
        lines += [Content(f"✗ {sanitize(problem)}") for problem in reading.others]
    return [*lines, muted("r goes to the first one.")]


def _load(spec: VaryingSpec, load: Amount) -> list[Content]:
    if isinstance(spec, SweepSpec):
        first = counted(load.candidates, "value")
        seeds = counted(spec.repeats, "seed")
        detail = f"{first}, {seeds} each" if spec.repeats > 1 else f"{first}, one training each"
    else:
        detail = counted(load.candidates, "candidate")
        if isinstance(spec, CrossValidatedSpec):
            detail += f", {spec.folds} folds each"
    most = "" if load.exact else "at most "
    return [
        heading("How much"),
        Content(detail),
        Content.styled(counted(load.trainings, "training"), "bold"),
        Content.styled(f"{most}{counted(load.epochs, 'epoch')} in all", "bold"),
    ]


def _time(load: Amount, speed: Speed | None) -> list[Content]:
    if speed is None:
        return [
            heading("How long"),
            Content("unknown"),
            muted("No run on these data has told its speed yet."),
        ]
    most = "at most about" if not load.exact or speed.kind == "train" else "about"
    return [
        heading("How long"),
        Content.styled(f"{most} {duration(speed.seconds(load))}", "bold"),
        muted(f"at the speed of run {speed.run} ({label_of(speed.kind)})"),
    ]


def _how(spec: VaryingSpec) -> list[Content]:
    if isinstance(spec, HyperbandSpec):
        rows = [
            (f"{rung.bracket}", f"{rung.number}", count(rung.trials), count(rung.epochs))
            for rung in rungs(spec.max_epochs, spec.factor)
        ]
        return [
            heading("Brackets"),
            *aligned(rows, ("bracket", "rung", "trials", "epochs"), left=0),
            muted(f"The best of each rung go on, about one in {spec.factor}."),
        ]
    varied = [
        Content(f"{setting_label(name)}: {sanitize(range_text(dimension), 80)}")
        for name, dimension in _json(spec).items()
    ]
    lines = [heading("Over"), *varied]
    if isinstance(spec, SweepSpec):
        if "epochs" in spec.vary:
            lines.append(muted("A longer training passes through the shorter ones:"
                               " one for each seed is enough."))  # fmt: skip
        if spec.repeats == 1:
            lines.append(muted("One seed each, as in the post: no band can be drawn."))
    elif isinstance(spec, RandomSearchSpec):
        total = spec.combinations
        if total is not None and total <= spec.max_trials:
            lines.append(muted(f"There are no more than {counted(total, 'combination')}."))
    return lines


def _json(spec: VaryingSpec) -> dict[str, Any]:
    return {name: value.model_dump(mode="json") for name, value in spec.vary.items()}


def _remarks(spec: VaryingSpec, load: Amount) -> list[Content]:
    replaced = [_REPLACED.get(name, name) for name in spec.vary]
    names = _listed([name.replace("_", " ") for name in dict.fromkeys(replaced)])
    lines = [muted(f"What varies replaces the form's {names}.")]
    if isinstance(spec, HyperbandSpec):
        lines.append(muted("Max epochs replaces its epochs."))
    if load.trainings > MANY:
        lines.insert(0, Content.styled("! that is a great deal", WARNING))
    if spec.protocol == "as_published":
        lines.insert(0, Content.styled("! as published: the test part chooses", WARNING))
    return lines


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
