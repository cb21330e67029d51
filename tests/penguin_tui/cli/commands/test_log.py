"""`log`: epochs as Keras prints them, or a JSON object a line."""

import json
import math
import time
from pathlib import Path

from engine.runs.events import Ended, EpochBlock
from tests.support.command_line import (
    call,
    put,
    put_finished,
)


def test_the_log_has_epochs_as_keras_prints_them(folder: Path) -> None:
    run = put_finished(folder)
    lines = call("log", str(run)).stdout.splitlines()
    assert (
        "Epoch 2/20 - 13/13 - 2ms/step - accuracy: 0.9000 - loss: 0.5000 - val_accuracy: 0.8000"
        " - val_loss: 0.7500 - learning_rate: 1.0000e-03" in lines
    )
    assert lines[-1] == "finished"
    assert call("log", str(run), "--last", "1").stdout == "finished\n"


def test_the_log_of_a_run_that_has_ended_can_be_followed(folder: Path) -> None:
    run = put_finished(folder)
    result = call("log", str(run), "--follow")
    assert result.exit_code == 0
    assert result.stdout.count("Epoch") == 3
    failed = put(folder, [Ended(at=time.time(), status="diverged")])
    assert call("log", str(failed), "--follow").exit_code == 1


def test_the_log_as_json_is_one_object_a_line(folder: Path) -> None:
    block = EpochBlock.of(0, 1, [(0.5, 0.9, math.nan, math.nan, 0.001, 0.02)])
    run = put(folder, [block, Ended(at=time.time(), status="stopped")])
    lines = [json.loads(line) for line in call("log", str(run), "--json").stdout.splitlines()]
    assert lines[0]["type"] == "epoch"
    assert lines[0]["loss"] == 0.5
    assert lines[0]["val_loss"] is None
    assert lines[-1]["status"] == "stopped"
