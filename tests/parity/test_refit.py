"""A search that is stopped or interrupted while the best trial is trained on all rows."""

from typing import Any

import pytest

from engine.kinds import make_spec
from engine.results.search import SearchResult
from engine.runs.events import Finished
from engine.runs.reporter import Reporter, Stopped
from tests.support.later import Later

grid_search: Any = Later("engine.jobs.grid_search")
cross_validation: Any = Later("engine.jobs.cross_validation.study")

SPEC: dict[str, Any] = {
    "hidden_layers": [8],
    "epochs": 3,
    "folds": 2,
    "vary": {"learning_rate": {"values": [0.01, 0.05]}},
}


@pytest.mark.parametrize("interrupt", [True, False])
def test_a_refit_that_was_cut_short_is_not_evaluated(
    interrupt: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter, study = Reporter(), cross_validation.Study
    build = study.build

    def built(study: Any, fitting: Any, settings: Any) -> Any:
        # the refit has begun, its first epoch has not
        if fitting.fold < 0:
            (reporter.request_interrupt if interrupt else reporter.request_stop)()
        return build(study, fitting, settings)

    monkeypatch.setattr(study, "build", built)
    spec: Any = make_spec("grid_search", SPEC)
    with pytest.raises(Stopped):
        grid_search.run(spec, reporter)
    results = [item.result for item in reporter.drain() if isinstance(item, Finished)]
    assert len(results) == (0 if interrupt else 1)
    for result in results:
        assert isinstance(result, SearchResult)
        assert result.scores.test is None
        assert result.epochs_run == SPEC["epochs"]


def test_a_skip_that_comes_too_late_for_the_last_trial_does_not_cut_the_refit_short() -> None:
    class Skipping(Reporter):
        def phase(self, name: str) -> None:
            super().phase(name)
            if "on all rows" in name:
                self.request_skip()

    result = grid_search.run(make_spec("grid_search", SPEC), Skipping())
    assert isinstance(result, SearchResult)
    assert result.epochs_run == SPEC["epochs"]
    assert result.scores.test is not None
