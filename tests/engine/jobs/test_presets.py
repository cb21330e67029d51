"""The post's published figures, within what 69 test rows allow, over 20 splits and seeds."""

from typing import Any

from engine.client.following import follow
from engine.client.submission import submit
from engine.kinds import make_spec
from engine.results.scores import Scores
from engine.specs.presets import TRAIN_PRESETS
from engine.store.store import Store

SEEDS = range(20)


def scores_of(store: Store, kind: str, specs: list[dict[str, Any]]) -> list[Scores]:
    runs = [submit(store, make_spec(kind, fields)) for fields in specs]
    found = []
    for run in runs:
        *_, (record, state) = follow(store, run)
        assert record.status == "finished", record.message
        assert state.result is not None
        found.append(state.result.scores)  # type: ignore[union-attr]
    return found


def test_the_baseline_reaches_the_published_accuracy(store: Store) -> None:
    specs = [{"protocol": "as_published", "split_seed": seed} for seed in SEEDS]
    for scores in scores_of(store, "baseline", specs):
        assert scores.test is not None
        assert 0.96 <= scores.train.accuracy.value <= 0.985
        # the lowest, split 17, is 62 of 69 rows: 0.90 to the two decimals of the range
        assert 0.90 <= round(scores.test.accuracy.value, 2) <= 1.0


def test_the_two_layer_network_reaches_the_published_accuracy(store: Store) -> None:
    preset = TRAIN_PRESETS["two-hidden"] | {"protocol": "as_published"}
    specs = [preset | {"seed": seed, "split_seed": seed} for seed in SEEDS]
    tests = [scores.test for scores in scores_of(store, "train", specs)]
    good = [test for test in tests if test is not None and test.accuracy.value > 0.90]
    assert len(good) >= 18
