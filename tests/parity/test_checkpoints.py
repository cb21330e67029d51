"""From any of its checkpoints a training comes to what it would have come to anyway."""

import io
from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError
from engine.jobs import train
from engine.jobs.phases import checkpoint
from engine.kinds import make_spec
from engine.results.scores import TrainResult
from engine.runs.events import Ended, EpochBlock, Event
from engine.runs.reporter import Checkpoint, Reporter, ResumeState
from engine.runs.state import Curve, RunState, fold
from engine.specs.kinds.train import TrainSpec

CASES: dict[str, dict[str, Any]] = {
    "dropout and a cosine": {"dropout": 0.4, "schedule": "cosine_restarts"},
    "steps of the rate": {"optimizer": "sgd", "schedule": "step_decay"},
    "early stopping": {
        "early_stopping": {"patience": 4, "monitor": "val_loss"}, "epochs": 400,
        "optimizer": "rmsprop", "learning_rate": 0.01, "class_weight": "balanced",
    },
}  # fmt: skip
SHORT = {"epochs": 40, "hidden_layers": [16, 8]}


def done(spec: TrainSpec, earlier: ResumeState | None = None) -> tuple[TrainResult, list[Any]]:
    reporter = Reporter(earlier)
    return train.run(spec, reporter), reporter.drain()


def events(reported: list[Any]) -> list[Event]:
    return [item for item in reported if not isinstance(item, Checkpoint) and _is_event(item)]


def _is_event(item: Any) -> bool:
    return isinstance(item, EpochBlock) or hasattr(item, "type")


def figures(curve: Curve) -> list[bytes]:
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
    return [curve.column(name).tobytes() for name in names]


@pytest.fixture(autouse=True)
def always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(checkpoint, "FREQUENCY", 0.0)


@pytest.mark.parametrize("case", CASES)
def test_from_any_checkpoint_it_comes_to_the_same(case: str) -> None:
    spec = make_spec("train", SHORT | CASES[case])
    assert isinstance(spec, TrainSpec)
    result, reported = done(spec)
    whole = fold(RunState(), events(reported))
    checkpoints = [item for item in reported if isinstance(item, Checkpoint)]
    assert checkpoints
    for found in {checkpoints[0].epoch: checkpoints[0], checkpoints[-1].epoch: checkpoints[-1],
                  checkpoints[len(checkpoints) // 2].epoch: checkpoints[len(checkpoints) // 2],
                  }.values():  # fmt: skip
        # cut off some epochs later
        cut = [*events(reported), Ended(at=1.0, status="lost")]
        earlier = ResumeState(fold(RunState(), cut), {found.trial: found.body})
        again, rest = done(spec, earlier)
        assert again == result
        assert figures(fold(earlier.state, events(rest)).curve) == figures(whole.curve)


def test_a_checkpoint_somebody_has_changed_is_an_error_and_never_obeyed() -> None:
    spec = make_spec("train", SHORT)
    assert isinstance(spec, TrainSpec)
    _, reported = done(spec)
    good = next(item for item in reported if isinstance(item, Checkpoint)).body
    pickled = io.BytesIO()
    np.savez(pickled, head=np.array([{"epoch": 1}], dtype=object), allow_pickle=True)
    other = make_spec("train", SHORT | {"hidden_layers": [5]})
    bodies = {"cut": good[: len(good) // 2], "pickle": pickled.getvalue(), "nothing": b""}
    for name, body in bodies.items():
        with pytest.raises(EngineError, match="checkpoint"):
            done(spec, ResumeState(RunState(), {0: body}))
        assert name
    assert isinstance(other, TrainSpec)
    with pytest.raises(EngineError, match="checkpoint"):
        done(other, ResumeState(RunState(), {0: good}))
