"""What an idle engine compiles ahead is what the first training would have waited for."""

from typing import Any

import pytest

from engine.jobs import run_job
from engine.kinds import make_spec
from engine.runs.reporter import Reporter
from engine.trainer import kept_programs
from engine.worker.precompile import precompile_usual, usual_networks


# all of the usual programs, where no test before has left them
@pytest.mark.timeout(600)
def test_afterwards_a_usual_training_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(precompile_usual())

    def compile_now(*_: Any) -> None:
        raise AssertionError("it was not compiled ahead")

    monkeypatch.setattr(kept_programs, "compiled", compile_now)
    for spec in usual_networks():
        short = {"epochs": 4} if spec.early_stopping else {"epochs": 1}
        run_job(make_spec("train", spec.model_dump(exclude={"kind"}) | short), Reporter())
