"""What a job reports, gathered."""

from engine.runs.reporter import Reporter


def test_a_reporter_gathers_epochs_in_order() -> None:
    reporter = Reporter()
    reporter.phase("training")
    for number in (1, 2, 3):
        reporter.epoch(0, number, {"loss": float(number)})
    reporter.note("between")
    reporter.epoch(0, 4, {"loss": 4.0})
    reporter.epoch(1, 1, {"loss": 9.0})
    drained = reporter.drain()
    kinds = [type(item).__name__ for item in drained]
    assert kinds == ["Phase", "EpochBlock", "Note", "EpochBlock", "EpochBlock"]
    assert reporter.drain() == []
