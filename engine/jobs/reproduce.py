"""The whole post: each part as published and under the strict protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.exports.reproduction_report import markdown
from engine.jobs.trials.subruns import run_subrun, subruns_done
from engine.kinds import KINDS, make_spec
from engine.results.base import RunResult
from engine.results.reference import CONCLUSION, PARTS, Part
from engine.results.scores import Scored
from engine.results.search import PartRow, ReproduceResult, SearchResult, SweepResult
from engine.results.statistics import EQUIVALENCE_MARGIN, Band, accuracy_band, mean_band, verdict
from engine.runs.events import Plan
from engine.runs.reporter import Artefact, Reporter
from engine.specs.reproduce import ReproduceSpec
from engine.specs.run_spec import RunSpec

# splits that the network and the baseline are compared on
COMPARED_SPLITS = 20
COMPARED_QUICKLY = 5
# of an experiment's values, in a quick reproduction
QUICK_POINTS = 8
COMPARED = next(part for part in PARTS if part.preset == "two-hidden")
BASELINE = PARTS[0]


SetName = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Step:
    """One job of the reproduction."""

    part: Part
    protocol: str
    seed: int
    spec: RunSpec


def run(spec: ReproduceSpec, reporter: Reporter) -> ReproduceResult:
    """Do every part of `engine.results.reference`, then compare network and baseline.

    What was done before the run was interrupted is not done again.
    The report is left as `report.md` and `report.json`.
    """
    steps, compared = steps_of(spec), _comparison(spec)
    total = len(steps) + len(compared)
    reporter.emit(Plan(trials=total, trainings=total, epochs=0))
    if before := subruns_done(reporter.resume_state):
        reporter.note(f"{before:,} jobs were done before.")
    done: list[tuple[Step, RunResult | None]] = []
    for number, step in enumerate(steps):
        reporter.phase(f"{step.part.name} ({step.protocol.replace('_', ' ')})")
        done.append((step, _run(step, reporter, number, step.part.name)))
    rows = tuple(_row(part, [(s, r) for s, r in done if s.part is part]) for part in PARTS)
    reporter.phase("comparing network and baseline")
    difference = _compare(compared, reporter, len(steps))
    conclusion = _conclusion(difference)
    result = ReproduceResult(rows=rows, conclusion=conclusion, difference=difference, report="")
    report = markdown(spec, result)
    result = result.model_copy(update={"report": report})
    reporter.emit(Artefact("report.md", report.encode()))
    reporter.emit(Artefact("report.json", result.model_dump_json(indent=2).encode()))
    return result


def _run(step: Step, reporter: Reporter, number: int, group: str) -> RunResult | None:
    settings = {"protocol": step.protocol, "seed": step.seed}
    return run_subrun(step.spec, reporter, number, group, settings)


# -- what is run ---------------------------------------------------------------------------


def steps_of(spec: ReproduceSpec) -> list[Step]:
    """The jobs of all parts: networks with every seed, experiments and searches once a protocol."""
    seeds = range(spec.seed, spec.seed + spec.seeds)
    return [
        _step(spec, part, protocol, seed)
        for part in PARTS
        for protocol in ("as_published", "strict")
        for seed in (seeds if part.kind in ("baseline", "train") else seeds[:1])
    ]


def _step(spec: ReproduceSpec, part: Part, protocol: str, seed: int) -> Step:
    fields: dict[str, Any] = dict(KINDS[part.kind].presets.get(part.preset, {}))
    if protocol == "strict":
        # the post's integer codes give categories an order that they do not have
        fields.pop("category_encoding", None)
    fields |= {"protocol": protocol, "split_seed": seed}
    if part.kind != "baseline":
        fields["seed"] = seed
    if part.kind == "sweep":
        fields["repeats"] = 1 if protocol == "as_published" else spec.seeds
    if spec.quick:
        fields = _quicker(part, fields)
    return Step(part, protocol, seed, make_spec(part.kind, fields))


def _quicker(part: Part, fields: dict[str, Any]) -> dict[str, Any]:
    if part.kind == "random_search":
        return fields | {"max_trials": 3}
    if part.kind != "sweep":
        return fields
    ((setting, dimension),) = fields["vary"].items()
    values = dimension.get("values") or list(range(dimension["low"], dimension["high"] + 1))
    every = -(-len(values) // QUICK_POINTS)
    return fields | {"vary": {setting: {"values": values[::every]}}}


def _comparison(spec: ReproduceSpec) -> list[Step]:
    splits = COMPARED_QUICKLY if spec.quick else COMPARED_SPLITS
    seeds = range(spec.seed, spec.seed + splits)
    return [_step(spec, part, "strict", seed) for part in (COMPARED, BASELINE) for seed in seeds]


# -- what came of it --------------------------------------------------------------------------


def _row(part: Part, done: Sequence[tuple[Step, RunResult | None]]) -> PartRow:
    published = [r for step, r in done if r is not None and step.protocol == "as_published"]
    strict = [r for step, r in done if r is not None and step.protocol == "strict"]
    tests = _accuracies(published, "test")
    return PartRow(
        part=part.name,
        published_train=part.train,
        published_test=part.test,
        published_text=part.reading,
        as_published_train=_over_splits(published, "train"),
        as_published_test=_over_splits(published, "test"),
        as_published_low=min(tests, default=None),
        as_published_high=max(tests, default=None),
        strict_validation=_over_splits(strict, "validation"),
        strict_test=_over_splits(strict, "test"),
        verdict=_verdict(part, published, strict, tests),
    )


def _accuracies(results: Sequence[RunResult], split: SetName) -> tuple[float, ...]:
    """Of the results that were evaluated on that set."""
    scores = [getattr(r.scores, split) for r in results if isinstance(r, Scored)]
    return tuple(score.accuracy.value for score in scores if score is not None)


def _over_splits(results: Sequence[RunResult], split: SetName) -> Band | None:
    """The mean accuracy on a set; each result is of a split of its own."""
    values = _accuracies(results, split)
    if not values:
        return None
    if split == "train":
        return mean_band(values).without_bounds()
    rows, training_rows = _rows(results, split), _rows(results, "train")
    return accuracy_band(values, rows, rows / training_rows)


def _rows(results: Sequence[RunResult], split: SetName) -> int:
    """How many rows each split has in a set; 0 where none was evaluated on it."""
    scores = (getattr(r.scores, split) for r in results if isinstance(r, Scored))
    return next((score.rows for score in scores if score is not None), 0)


def _verdict(
    part: Part,
    published: Sequence[RunResult],
    strict: Sequence[RunResult],
    tests: Sequence[float],
) -> str:
    if not published or not strict:
        return "the network diverged"
    first, strictly = published[0], strict[0]
    if isinstance(first, SweepResult) and isinstance(strictly, SweepResult):
        return _sweep_verdict(first, strictly)
    if isinstance(first, SearchResult) and isinstance(strictly, SearchResult):
        return _search_verdict(first, strictly)
    return _network_verdict(part, tests)


def _network_verdict(part: Part, tests: Sequence[float]) -> str:
    low, high = min(tests), max(tests)
    if len(tests) == 1:
        return f"one run, {low:.3f}: a single run shows no spread"
    if part.test is not None and low <= part.test <= high:
        return f"the published {part.test:.3f} lies among the {len(tests)} runs"
    side = "below" if part.test is not None and part.test < low else "above"
    return f"the published {part.test:.3f} lies {side} all {len(tests)} runs"


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
    return f"{note}Strict: {settings}; selected at {strict.selection_score:.3f}{evaluated}."


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


# -- the conclusion --------------------------------------------------------------------------


def _compare(steps: Sequence[Step], reporter: Reporter, first: int) -> Band | None:
    """The network's test accuracy less the baseline's, over the seeds of which both have one."""
    found: dict[str, dict[int, Scored]] = {COMPARED.name: {}, BASELINE.name: {}}
    for number, step in enumerate(steps, start=first):
        result = _run(step, reporter, number, "network against baseline")
        if isinstance(result, Scored):
            found[step.part.name][step.seed] = result
    networks, baselines = found[COMPARED.name], found[BASELINE.name]
    both = [seed for seed in baselines if seed in networks]
    if len(both) < 2:
        return None
    compared = [baselines[seed] for seed in both]
    pairs = zip(
        _accuracies([networks[seed] for seed in both], "test"),
        _accuracies(compared, "test"),
        strict=True,
    )
    differences = [network - baseline for network, baseline in pairs]
    return mean_band(differences, _rows(compared, "test") / _rows(compared, "train"))


def _conclusion(difference: Band | None) -> str:
    if difference is None:
        return "Network and baseline could not be compared: the network diverged."
    found, margin = verdict(difference), f"{100 * EQUIVALENCE_MARGIN:g} percentage point"
    sentence = {
        "better": "The network is better than logistic regression",
        "worse": "The network is worse than logistic regression",
        "equivalent": f"The network and logistic regression are equivalent within {margin}",
        "undecided": "Undecided between the network and logistic regression",
    }[found]
    agrees = "contradicts" if found == "better" else "agrees with"
    interval = "no spread"
    if difference.low is not None and difference.high is not None:
        interval = (
            f"95 % interval {100 * difference.low:+.1f} to {100 * difference.high:+.1f},"
            f" corrected resampled t-test over {difference.repeats} splits"
        )
    return (
        f"{sentence}: {100 * difference.mean:+.1f} percentage points of test accuracy"
        f' ({interval}). This {agrees} the post: "{CONCLUSION}"'
    )
