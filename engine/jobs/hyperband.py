"""Many trials for a few epochs, the best for more: Keras Tuner's Hyperband (Li et al. 2018)."""

from engine.data.datasets import PreprocessedData, preprocess
from engine.data.splits.split import Split
from engine.jobs.phases.artefacts import network_fields
from engine.jobs.phases.endings import no_score, stopped
from engine.jobs.phases.read_data import read_and_preprocess
from engine.jobs.rungs.hyperband_trials import HyperbandTrials
from engine.jobs.rungs.rung_trial import RungTrial
from engine.jobs.trials.outer_folds import OuterFolds, Searched, accuracy_on_fold
from engine.jobs.trials.progress import DONE
from engine.keras_adapter import keras_tuner
from engine.planning.importance import importances
from engine.results.nested import Nested
from engine.results.search import Importance, SearchResult
from engine.runs.events import Plan
from engine.runs.reporter import Reporter, Stopped
from engine.specs.hyperband_schedule import rungs
from engine.specs.kinds.searches import HyperbandSpec
from engine.trainer.network import Network
from engine.trainer.seeds import DRAWS, derived_seed
from engine.trainer.training import Snapshot


def run(spec: HyperbandSpec, reporter: Reporter) -> SearchResult:
    """Search with Keras Tuner's Hyperband, then evaluate the best trial's network once.

    The choice is made on the validation set, the network is that of the best trial's best
    epoch. Raises `Stopped` after a partial result, its test set held out.
    """
    prepared = read_and_preprocess(spec, reporter)
    outer = OuterFolds(spec, prepared, reporter, validation=_validation(prepared))
    trials = _plan(spec, reporter)
    search = HyperbandTrials(spec, prepared, reporter, resumes=_resumes(reporter))

    def search_on(sets: Split, reporter: Reporter) -> Searched:
        own = preprocess(prepared.table, spec, reporter.check, sets=sets)
        inner = HyperbandTrials(spec, own, reporter, resumes=False)
        best = _searched(spec, inner)
        return best, accuracy_on_fold(own, _network(inner, best).predict)

    try:
        best = _searched(spec, search)
        outer.search(search_on)
    except Stopped:
        if reporter.interrupted:
            raise
        done = outer.reached or f"{len(search.finished):,} of {trials:,} trials"
        reason = f"stopped by request after {done}"
        found = search.best
        if found is None:
            raise stopped(reason, "none has a score yet") from None
        reporter.finished(_result(spec, search, found, reason, outer.result, open_test=False))
        raise stopped(reason, "the test set stays held out") from None
    reporter.phase("evaluating")
    reason = f"all {len(search.done):,} trials done"
    return _result(spec, search, best, reason, outer.result, open_test=True)


def _searched(spec: HyperbandSpec, search: HyperbandTrials) -> RungTrial:
    """Search; returns the best trial."""
    search.reporter.phase("training the trials")
    keras_tuner.search(search.train, spec, derived_seed(spec.seed, DRAWS))
    if search.best is None:
        raise no_score()
    return search.best


def _validation(prepared: PreprocessedData) -> float:
    """The validation set's fraction of all rows but the test set; 0 where there is none."""
    rows = prepared.split_rows
    chooses = rows.get("validation", 0)
    return chooses / (rows["train"] + chooses)


def _plan(spec: HyperbandSpec, reporter: Reporter) -> int:
    """Report how much there is to do; returns the number of trials."""
    work = spec.workload
    reporter.emit(Plan(trials=work.trials, trainings=work.trainings, epochs=work.epochs))
    drawn = sum(r.trials for r in rungs(spec.max_epochs, spec.factor) if r.number == 0)
    possible = spec.combinations
    if possible is not None and possible < drawn:
        reporter.warn(
            f"Hyperband draws {drawn:,} different trials, and there are only {possible:,}:"
            " its brackets are smaller. Vary more settings or widen a range."
        )
    return work.trials


def _resumes(reporter: Reporter) -> bool:
    """Whether the search keeps what it did before it was interrupted; notes how much that is."""
    earlier = reporter.resume_state
    trials = earlier.state.trials.values()
    done = sum(trial.status in DONE for trial in trials)
    finished = any(trial.status == "finished" for trial in trials)
    if finished and not earlier.checkpoints:
        reporter.note("The networks to resume from are not kept any more: the search begins again.")
        return False
    if done:
        reporter.note(f"{done:,} trials were done before.")
    return True


def _network(search: HyperbandTrials, best: RungTrial) -> Network:
    """The network of a trial's best epoch."""
    network = Network.build(best.spec, *search.prepared.sizes)
    network.restore(Snapshot(best.best_weights(network)))
    return network


def _result(
    spec: HyperbandSpec, search: HyperbandTrials, best: RungTrial, reason: str,
    nested: Nested | None, *, open_test: bool,
) -> SearchResult:  # fmt: skip
    network = _network(search, best)
    return SearchResult(
        **network_fields(
            best.spec, network, search.prepared, search.reporter,
            epochs=int(best.effective_settings["epochs"]), open_test=open_test,
        ),
        kind="hyperband",
        **best.chosen(),
        selection_score=best.score,
        importances=_importances(spec, search.finished),
        epochs_spent=sum(trial.epochs for trial in search.done),
        epochs_run=int(best.effective_settings["epochs"]),
        epoch_kept=best.best_epoch + 1,
        stop_reason=reason,
        note=_note(spec),
        nested=nested,
    )  # fmt: skip


def _note(spec: HyperbandSpec) -> str:
    if spec.protocol == "strict" or spec.schedule.name == "constant":
        return ""
    return (
        "As published each rung begins with a new optimizer: the learning-rate schedule starts"
        " again in every rung."
    )


def _importances(spec: HyperbandSpec, finished: list[RungTrial]) -> tuple[Importance, ...]:
    """Over the largest set of trials with the same budget: others cannot be compared."""
    rungs_of: dict[str, list[RungTrial]] = {}
    for trial in finished:
        rungs_of.setdefault(trial.group, []).append(trial)
    largest = max(rungs_of.values(), key=len)
    found = importances(list(spec.vary), [t.settings for t in largest], [t.mean for t in largest])
    over = f" (over {len(largest)} trials of {largest[0].group})"
    return tuple(item.model_copy(update={"method": item.method + over}) for item in found)
