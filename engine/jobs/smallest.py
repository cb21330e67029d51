"""The smallest network that does what another one does, found by trying, and written out."""

from typing import Any

import numpy as np

from engine.data.kept_cells import kept_cells
from engine.data.load import load
from engine.jobs.phases.read_data import progress_of
from engine.jobs.play.networks import AllDiverged, Trained, train_networks
from engine.jobs.play.play_rows import PlayRows, play_rows
from engine.jobs.play.written_out import write_out
from engine.prediction.network import Network
from engine.results.smallest import SmallestResult, Tried, WrittenOut
from engine.results.statistics import EQUIVALENCE_MARGIN, accuracy_band
from engine.runs.reporter import Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.playground import PlaygroundQuestion
from engine.specs.kinds.smallest import SmallestQuestion
from engine.specs.network import PER_LAYER, NetworkSpec, count_parameters

UNITS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024)
# times the network's own learning rate: in the same epochs a small network needs a higher one
RATES, HIGHEST_RATE = (1, 5, 25), 1.0


def run(question: SmallestQuestion, reporter: Reporter) -> SmallestResult:
    """Try networks from the fewest parameters on, five seeds each, until one is as good.

    The test rows are not looked at, but for one thing: what is written out gives the same classes
    as the network on them as well. Raises `Stopped` when nobody waits any more.
    """
    played = PlaygroundQuestion(network=question.network, data=question.data)
    rows = play_rows(played, reporter)
    best = train_networks(played, rows, reporter)
    reference = _tried(question.network, rows, best)
    margin = reference.validation.standard_error if question.within == "se" else 0.0
    threshold = reference.validation.mean - (margin or EQUIVALENCE_MARGIN)
    tried: list[Tried] = []
    notes = list(rows.notes)
    chosen, trained = reference, best
    smaller = smaller_networks(question.network, rows.sizes)
    for place, network in enumerate(smaller, start=1):
        reporter.phase(f"trying network {place:,} of {len(smaller):,}, the smallest first")
        outcome = _best_rate(played, network, rows, reporter)
        reporter.check()
        if outcome is None:
            units = ", ".join(map(str, network.hidden_layers)) or "none"
            notes.append(f"Hidden layers {units}: diverged at every rate, and left out.")
            continue
        own, found = outcome
        tried.append(found)
        if found.validation.mean >= threshold:
            chosen, trained = tried[-1], own
            break
    place = _median(trained, rows)
    return SmallestResult(
        reference=reference,
        threshold=threshold,
        tried=tuple(tried),
        chosen=chosen,
        seed=trained.seeds[place],
        written=_written(question, trained.networks[place], rows, reporter),
        validation_rows=int((~rows.training).sum()),
        notes=tuple(notes),
    )


def _written(
    question: SmallestQuestion, network: Network, rows: PlayRows, reporter: Reporter
) -> WrittenOut:
    """The network as text, checked on all rows of the data."""
    reporter.phase("checking it on all rows")
    spec = question.data.model_copy(update={"protocol": "strict"})
    frame = load(spec, progress_of(reporter), kept_cells).frame
    return write_out(network, rows.preprocessor, frame)


def _best_rate(
    played: PlaygroundQuestion, network: NetworkSpec, rows: PlayRows, reporter: Reporter
) -> tuple[Trained, Tried] | None:
    """The network at the learning rate with which it does best, the first of equals.

    None where a seed diverges at each of them.
    """
    rates = dict.fromkeys(min(HIGHEST_RATE, times * network.learning_rate) for times in RATES)
    outcomes = []
    for rate in rates:
        own = with_settings(network, {"learning_rate": rate})
        try:
            trained = train_networks(played.model_copy(update={"network": own}), rows, reporter)
        except AllDiverged:
            continue
        if not trained.diverged:
            outcomes.append((trained, _tried(own, rows, trained)))
    return max(outcomes, key=lambda pair: pair[1].validation.mean, default=None)


def smaller_networks(network: NetworkSpec, sizes: tuple[int, int]) -> list[NetworkSpec]:
    """Networks of fewer parameters: no hidden layer, then one, then as many as `network` has.

    From the fewest parameters on; all other settings are those of `network`.
    """
    flat: dict[str, Any] = {"dropout_after": "all"}
    for name in PER_LAYER:
        value = getattr(network, name)
        flat[name] = max(value, default=0.0) if isinstance(value, tuple) else value
    depth = len(network.hidden_layers)
    shapes: set[tuple[int, ...]] = {()}
    shapes |= {(units,) * layers for units in UNITS for layers in {1, depth} if layers}
    most = count_parameters(network.hidden_layers, *sizes)
    counted = sorted((count_parameters(hidden, *sizes), hidden) for hidden in shapes)
    return [
        with_settings(network, {**flat, "hidden_layers": list(hidden)})
        for parameters, hidden in counted
        if parameters < most
    ]


def _accuracies(trained: Trained, rows: PlayRows) -> list[float]:
    held = ~rows.training
    _, predicted = trained.say(rows.x[held])
    found: list[float] = (predicted == rows.y[held]).mean(axis=1).tolist()
    return found


def _tried(network: NetworkSpec, rows: PlayRows, trained: Trained) -> Tried:
    return Tried(
        hidden_layers=network.hidden_layers,
        learning_rate=network.learning_rate,
        parameters=count_parameters(network.hidden_layers, *rows.sizes),
        validation=accuracy_band(_accuracies(trained, rows), int((~rows.training).sum())),
    )


def _median(trained: Trained, rows: PlayRows) -> int:
    """The network whose accuracy is the median: the best of the seeds would be flattered."""
    order = np.argsort(_accuracies(trained, rows), kind="stable")
    return int(order[len(order) // 2])
