"""What a batch reports on its worker, and what is made of it here; no cluster."""

import pickle
import time
from typing import Any

import pytest

from engine.cluster import relay
from engine.cluster.intake import Intake, Sent
from engine.runs.events import Note
from engine.runs.reporter import Artefact, Reporter


def batch(number: int, threads: int = 2) -> relay.Batch:
    return relay.Batch(number, "t", ("engine.x", "y"), "hash", b"", 1, threads, "me")


def done(reports: list[Any], threads: int = 2) -> bytes:
    part = relay.Part(1, 0, [relay.Report(time.monotonic(), item) for item in reports], 0.0)
    return pickle.dumps(relay.Done(part, 1.0, "far", threads))


def note(text: str) -> Note:
    return Note(level="info", text=text)


def test_what_came_ahead_is_not_reported_again_at_the_end() -> None:
    reporter = Reporter()
    intake, sent = Intake(None, reporter), Sent(batch(1), [0])
    notes = [note(text) for text in "abc"]
    first = relay.Part(1, 0, [relay.Report(0.0, notes[0])], 0.0)
    intake.ahead(sent, first)
    # of a part that is missing the end has it, and what follows the gap waits for the end as well
    intake.ahead(sent, relay.Part(1, 2, [relay.Report(0.0, notes[2])], 0.0))
    assert intake.end(sent, done(notes)) == 1.0
    # it was done once more on another worker
    intake.end(sent, done(notes))
    assert [item.text for item in reporter.drain() if isinstance(item, Note)] == ["a", "b", "c"]


def test_a_worker_with_another_number_of_threads_is_named_once() -> None:
    reporter = Reporter()
    # each rung of a search has an intake of its own
    for intake in (Intake(None, reporter), Intake(None, reporter)):
        for number, threads in enumerate((2, 8, 8)):
            intake.end(Sent(batch(number), [0]), done([], threads))
    (said,) = reporter.drain()
    assert isinstance(said, Note)
    assert said.level == "warning"
    assert "worker on far" in said.text
    assert "8 threads" in said.text
    assert "last bits may differ" in said.text


def test_epochs_are_sent_ahead_however_many_and_networks_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[relay.Part] = []
    reporter = relay.RelayReporter(1, lambda body: sent.append(relay.read(body)))
    monkeypatch.setattr(relay, "LIVE_SECONDS", 1e6)
    for number in range(relay.LIVE_BYTES // 8):
        reporter.epoch(0, number + 1, {})
    monkeypatch.setattr(relay, "LIVE_SECONDS", 0.0)
    reporter.epoch(0, 10**6, {})
    assert sum(len(part.reports) for part in sent) == len(reporter.whole.reports)
    ahead = len(sent)
    reporter.emit(Artefact("network", bytes(relay.LIVE_BYTES)))
    # what follows would leave a gap
    reporter.epoch(0, 1, {})
    assert len(sent) == ahead
