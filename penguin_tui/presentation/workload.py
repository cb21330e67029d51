"""What a sweep or search would be: trials, trainings, epochs, and about how long."""

from functools import singledispatch

from engine.kinds import label_of
from engine.specs.hyperband_schedule import rungs
from engine.specs.kinds.searches import (
    CrossValidatedSpec,
    HyperbandSpec,
    RandomSearchSpec,
    SearchSpec,
)
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.varying import VaryingSpec
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted, warning
from penguin_tui.presentation.setting_text import range_text, setting_label
from penguin_tui.presentation.text import clipped, count, counted, duration, span
from penguin_tui.presentation.workload_estimate import Amount, Speed, amount

MANY = 10_000
# times the least: of a duration that may take so much more only the most is told
WIDEST = 5
# fields of a form that a search setting stands for
_REPLACED = {
    "layers": "hidden_layers", "units": "hidden_layers", "first_layer_units": "hidden_layers",
}  # fmt: skip


def workload_line(spec: VaryingSpec, speed: Speed | None) -> str:
    """Trainings, epochs and time in a line."""
    load = amount(spec)
    about = span(*speed.seconds(load)) if speed is not None else "time unknown"
    return f"{counted(load.trainings, 'training')}, {_epochs(load)}, {about}"


def workload_blocks(spec: VaryingSpec, speed: Speed | None) -> list[Block]:
    """Workload, duration, what is searched, remarks."""
    load = amount(spec)
    lines = (
        line(_trials(spec, load)),
        *_repeated(spec),
        (Span(counted(load.trainings, "training"), "strong"),),
        (Span(f"{_epochs(load)} in all", "strong"),),
    )
    return [Block("Workload", lines), _time(load, speed), _space(spec), _remarks(spec, load)]


def _epochs(load: Amount) -> str:
    return f"{'' if load.exact else 'at most '}{counted(load.epochs, 'epoch')}"


@singledispatch
def _trials(spec: VaryingSpec, load: Amount) -> str:
    """How many trials, and how often each is trained."""
    return counted(load.trials, "trial")


def _repeated(spec: VaryingSpec) -> list[Line]:
    """How often the whole search is done."""
    if not isinstance(spec, SearchSpec) or not spec.outer_folds:
        return []
    once = counted(spec.one_search.trainings, "training")
    folds = counted(spec.outer_folds, "outer fold")
    return [line(f"{once} once, and again on each of {folds}")]


@_trials.register
def _(spec: CrossValidatedSpec, load: Amount) -> str:
    return f"{counted(load.trials, 'trial')}, {spec.folds} folds each"


@_trials.register
def _(spec: SweepSpec, load: Amount) -> str:
    noun = spec.repeats_over.removesuffix("s")
    each = counted(spec.repeats, noun) if spec.repeats > 1 else "one training"
    return f"{counted(load.trials, 'value')}, {each} each"


def _time(load: Amount, speed: Speed | None) -> Block:
    if speed is None:
        note = muted("No run on these data has measured the speed yet.")
        return Block("Duration", (line("unknown"),), notes=(note,))
    least, most = speed.seconds(load)
    # early stopping may end all of it soon; of a wide span only the end can be relied on
    told = load.exact and most <= WIDEST * least
    shown = span(least, most) if told else f"at most {duration(most)}"
    notes = [muted(f"at the speed of run {speed.run} ({label_of(speed.kind)})")]
    if speed.engine[1] > 0:
        notes.append(muted("the start of an engine included"))
    return Block(
        "Duration",
        ((Span(shown, "strong"),),),
        notes=tuple(notes),
    )


@singledispatch
def _space(spec: VaryingSpec) -> Block:
    """What is searched, and what is to be known of it."""
    return _ranges(spec)


@_space.register
def _(spec: HyperbandSpec) -> Block:
    rows = tuple(
        (f"{rung.bracket}", f"{rung.number}", count(rung.trials), count(rung.epochs))
        for rung in rungs(spec.max_epochs, spec.factor)
    )
    header = ("bracket", "rung", "trials", "epochs")
    note = muted(f"The best of each rung are promoted, about one in {spec.factor}.")
    return Block("Brackets", header=header, rows=rows, left=0, notes=(note,))


@_space.register
def _(spec: SweepSpec) -> Block:
    shorter = "A longer training contains the shorter ones: one for each seed is enough."
    single = "One seed each, as in the post: the intervals cover rows, not seeds."
    shared = "All seeds are on one split; repeats over splits vary both."
    return _ranges(
        spec,
        shorter * ("epochs" in spec.vary),
        single * (spec.repeats == 1),
        shared * (spec.repeats > 1 and spec.repeats_over == "seeds"),
    )


@_space.register
def _(spec: RandomSearchSpec) -> Block:
    total = spec.combinations
    few = total is not None and total <= spec.max_trials
    return _ranges(spec, f"There are no more than {counted(total or 0, 'combination')}." * few)


def _ranges(spec: VaryingSpec, *notes: str) -> Block:
    """The search space; empty notes are left out."""
    lines = tuple(
        line(f"{setting_label(name)}: {clipped(range_text(value.model_dump(mode='json')), 80)}")
        for name, value in spec.vary.items()
    )
    return Block("Search space", lines, notes=tuple(map(muted, filter(None, notes))))


def _remarks(spec: VaryingSpec, load: Amount) -> Block:
    replaced = dict.fromkeys(_REPLACED.get(name, name) for name in spec.vary)
    *others, last = [setting_label(name) for name in replaced]
    names = f"{', '.join(others)} and {last}" if others else last
    lines = [muted(f"The search space replaces the form's {names}.")]
    longest, _ = spec.longest_training
    if longest != "epochs":
        lines.append(muted(f"{setting_label(longest).capitalize()} replaces its epochs."))
    if load.trainings > MANY:
        lines.insert(0, warning("a very large number of trainings"))
    if spec.protocol == "as_published":
        lines.insert(0, warning("as published (data leakage): the test set chooses"))
    return Block(lines=tuple(lines))
