"""The whole post: each part as published and done right, beside the published figures."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.exports.reproduction_report import markdown
from engine.jobs.shared.subruns import run_subrun, subruns_done
from engine.kinds import KINDS, make_spec
from engine.results import (
    Band,
    PartRow,
    ReproduceResult,
    RunResult,
    Scored,
    SearchResult,
    SweepResult,
    band,
)
from engine.results.reference import CONCLUSION, PARTS, Part
from engine.results.statistics import corrected_difference, verdict
from engine.runs.events import Plan
from engine.runs.reporter import Artefact, Reporter
from engine.specs import ReproduceSpec, RunSpec

# splits that the network and the baseline are compared on
COMPARED_SPLITS = 20
COMPARED_QUICKLY = 5
# of an experiment's points, in a quick reproduction
QUICK_POINTS = 8
COMPARED = next(part for part in PARTS if part.preset == "two-hidden")
BASELINE = PARTS[0]


@dataclass(frozen=True)
class Step:
    """One job of the reproduction."""

    part: Part
    protocol: str
    seed: int
    spec: RunSpec


def run(spec: ReproduceSpec, reporter: Reporter) -> ReproduceResult:
    """Do every part of `engine.results.reference`, then compare network and baseline.

    What was done before the run was cut off is not done again.
    The report is left as `report.md` and `report.json`.
    """
    steps = [step for part in PARTS for step in _steps(spec, part)]
    compared = _comparison(spec)
    total = len(steps) + len(compared)
    reporter.emit(Plan(at=time.time(), trials=total, trainings=total, epochs=0))
    if before := subruns_done(reporter.resume_state):
        reporter.note(f"{before:,} jobs were done before.")
    done: dict[str, list[tuple[Step, RunResult]]] = {part.name: [] for part in PARTS}
    for number, step in enumerate(steps):
        reporter.phase(f"{step.part.name} ({step.protocol.replace('_', ' ')})")
        result = _run(step, reporter, number, step.part.name)
        if result is not None:
            done[step.part.name].append((step, result))
    rows = tuple(_row(part, done[part.name]) for part in PARTS)
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


def published_steps(spec: ReproduceSpec) -> list[tuple[Part, RunSpec]]:
    """The jobs that repeat the post as published, each with the part it belongs to."""
    steps = [step for part in PARTS for step in _steps(spec, part)]
    return [(step.part, step.spec) for step in steps if step.protocol == "as_published"]


def _steps(spec: ReproduceSpec, part: Part) -> list[Step]:
    """A part's jobs: networks with every seed, experiments and searches once a protocol."""
    seeds = range(spec.seed, spec.seed + spec.seeds)
    once = part.kind not in ("baseline", "train")
    return [
        _step(spec, part, protocol, seed)
        for protocol in ("as_published", "strict")
        for seed in (seeds[:1] if once else seeds)
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


def _row(part: Part, done: Sequence[tuple[Step, RunResult]]) -> PartRow:
    published = [r for step, r in done if step.protocol == "as_published"]
    strict = [r for step, r in done if step.protocol == "strict"]
    tests = _accuracies(published, "test")
    return PartRow(
        part=part.name,
        published_train=part.train,
        published_test=part.test,
        published_text=part.reading,
        as_published_train=_band(_accuracies(published, "train")),
        as_published_test=_band(tests),
        as_published_low=min(tests, default=None),
        as_published_high=max(tests, default=None),
        strict_validation=_band(_accuracies(strict, "validation")),
        strict_test=_band(_accuracies(strict, "test")),
        verdict=_verdict(part, published, strict, tests),
    )


def _accuracies(results: Sequence[RunResult], part: str) -> tuple[float, ...]:
    scores = [getattr(r.scores, part) for r in results if isinstance(r, Scored)]
    return tuple(score.accuracy.value for score in scores if score is not None)


def _band(values: tuple[float, ...]) -> Band | None:
    return band(values) if values else None


def _verdict(
    part: Part,
    published: Sequence[RunResult],
    strict: Sequence[RunResult],
    tests: Sequence[float],
) -> str:
    if not published or not strict:
        return "the network diverged"
    first, right = published[0], strict[0]
    if isinstance(first, SweepResult) and isinstance(right, SweepResult):
        return _sweep_verdict(first, right)
    if isinstance(first, SearchResult) and isinstance(right, SearchResult):
        return _search_verdict(first, right)
    return _network_verdict(part, tests)


def _network_verdict(part: Part, tests: Sequence[float]) -> str:
    low, high = min(tests), max(tests)
    if len(tests) == 1:
        return f"one run, {low:.3f}: a single run shows no spread"
    if part.test is not None and low <= part.test <= high:
        return f"the published {part.test:.3f} lies among the {len(tests)} runs"
    side = "below" if part.test is not None and part.test < low else "above"
    return f"the published {part.test:.3f} lies {side} all {len(tests)} runs"


def _sweep_verdict(first: SweepResult, right: SweepResult) -> str:
    noisy = f"one run a value picks {first.best}"
    if right.points[0].validation.repeats == 1:
        return f"{noisy}; strictly, with one seed, {right.best}"
    return (
        f"{noisy}; over {right.points[0].validation.repeats} seeds {right.best} is best and"
        f" {right.chosen} is as good within one standard error"
    )


def _search_verdict(first: SearchResult, right: SearchResult) -> str:
    settings = ", ".join(f"{name} {_short(v)}" for name, v in right.best_settings.items())
    test = right.scores.test
    scored = f", {test.accuracy.value:.3f} on the test part" if test else ""
    note = f"{first.note} " if first.note else ""
    return f"{note}Done right: {settings}; selected at {right.selection_score:.3f}{scored}."


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


# -- the conclusion --------------------------------------------------------------------------


def _compare(steps: Sequence[Step], reporter: Reporter, first: int) -> Band | None:
    found: dict[tuple[str, int], RunResult] = {}
    for number, step in enumerate(steps, start=first):
        result = _run(step, reporter, number, "network against baseline")
        if result is not None:
            found[step.part.name, step.seed] = result
    both = [s.seed for s in steps if s.part is BASELINE and (COMPARED.name, s.seed) in found]
    if len(both) < 2:
        return None
    networks = _test_accuracies(found, COMPARED, both)
    baselines = _test_accuracies(found, BASELINE, both)
    scores = _scored(found[BASELINE.name, both[0]]).scores
    test_rows = scores.test.rows if scores.test else 0
    return corrected_difference(networks, baselines, scores.train.rows, test_rows)


def _test_accuracies(
    found: Mapping[tuple[str, int], RunResult], part: Part, seeds: Sequence[int]
) -> list[float]:
    tests = [_scored(found[part.name, seed]).scores.test for seed in seeds]
    return [test.accuracy.value for test in tests if test is not None]


def _scored(result: RunResult) -> Scored:
    if not isinstance(result, Scored):
        raise TypeError(f"a {result.kind} has no scores")
    return result


def _conclusion(difference: Band | None) -> str:
    if difference is None:
        return "Network and baseline could not be compared: the network diverged."
    points = f"{100 * difference.mean:+.1f} points"
    interval = f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f}"
    word = verdict(difference)
    says = {
        "better": "The network is better than logistic regression",
        "worse": "The network is worse than logistic regression",
        "no difference shown": "No difference shown between the network and logistic regression",
    }[word]
    agrees = "contradicts" if word == "better" else "agrees with"
    return (
        f"{says}: {points} of test accuracy (95 % interval {interval}, corrected resampled"
        f" t-test over {difference.repeats} splits). This {agrees} the post:"
        f' "{CONCLUSION}"'
    )
