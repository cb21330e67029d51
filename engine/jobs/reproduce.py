"""The whole post: each part as published and under the strict protocol."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from engine.data.splits.split import split
from engine.data.table import Table
from engine.exports.reproduction_report import markdown
from engine.jobs.phases.read_data import read
from engine.jobs.reproduction.findings import Findings, Outcome, conclusion
from engine.jobs.reproduction.networks import train_networks
from engine.jobs.reproduction.steps import Step, steps_of
from engine.jobs.trials.progress import DONE
from engine.jobs.trials.subruns import run_subrun
from engine.results.reference import COMPARED, PARTS
from engine.results.scores import Scored
from engine.results.search import ReproduceResult
from engine.runs.events import Plan
from engine.runs.reporter import Artefact, Reporter
from engine.specs.kinds.reproduce import ReproduceSpec


def run(spec: ReproduceSpec, reporter: Reporter) -> ReproduceResult:
    """Do every part of `engine.results.reference`, and compare its networks with the baseline.

    What was done before the run was interrupted is not done again. No evaluation of a test set is
    counted: all settings are fixed. The report is left as `report.md` and `report.json`.
    """
    table, steps = read(spec, reporter), steps_of(spec)
    epochs = sum(step.spec.epochs_planned or 0 for step in steps)
    reporter.emit(Plan(trials=len(steps), trainings=len(steps), epochs=epochs))
    before = reporter.resume_state.state.trials.values()
    if done := sum(trial.status in DONE for trial in before):
        reporter.note(f"{done:,} jobs were done before.")
    outcomes: list[Outcome] = []
    for (part, protocol), own in groupby(steps, lambda step: (step.part, step.protocol)):
        reporter.phase(f"{part.name} ({protocol.replace('_', ' ')})")
        jobs = list(own)
        if part.kind == "train":
            outcomes += _networks(jobs, table, reporter)
        else:
            outcomes += _jobs(jobs, reporter)
    # every split of a protocol has the same sizes
    specs = {step.protocol: step.spec for step in steps}
    sizes = {protocol: split(table, own).sizes for protocol, own in specs.items()}
    findings = Findings(outcomes, sizes)
    difference = findings.difference(COMPARED)
    result = ReproduceResult(
        rows=tuple(findings.row(part) for part in PARTS),
        conclusion=conclusion(difference),
        difference=difference,
        report="",
    )
    result = result.model_copy(update={"report": markdown(spec, result)})
    reporter.emit(Artefact("report.md", result.report.encode()))
    reporter.emit(Artefact("report.json", result.model_dump_json(indent=2).encode()))
    return result


def _networks(steps: Sequence[Step], table: Table, reporter: Reporter) -> list[Outcome]:
    trials = train_networks(steps, table, reporter)
    return [
        Outcome(step, {name: own[0] for name, own in trial.scores.items()})
        for step, trial in zip(steps, trials, strict=True)
    ]


def _jobs(steps: Sequence[Step], reporter: Reporter) -> Iterator[Outcome]:
    for step in steps:
        result = run_subrun(step.spec, reporter, step.number, step.part.name, step.settings)
        scores = result.scores if isinstance(result, Scored) else None
        sets = ((name, getattr(scores, name)) for name in ("train", "validation", "test"))
        found = {name: score.accuracy.value for name, score in sets if score is not None}
        yield Outcome(step, found, result)
