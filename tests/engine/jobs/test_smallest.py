"""The smallest network that does it: found by trying, written out, checked on all rows."""

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.jobs import smallest
from engine.jobs.play import written_out
from engine.jobs.play.networks import AllDiverged, Trained
from engine.jobs.play.play_rows import PlayRows
from engine.jobs.play.written_out import write_out
from engine.prediction.network import Layer, Network
from engine.runs.reporter import Reporter
from engine.specs.data import DataSpec
from engine.specs.kinds.playground import PlaygroundQuestion
from engine.specs.kinds.smallest import SmallestQuestion
from engine.specs.network import NetworkSpec
from engine.trainer.runtime import set_up
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.results.smallest import smallest_blocks


def test_the_first_that_is_as_good_is_chosen_and_shown_with_its_price() -> None:
    set_up(2)
    network = NetworkSpec(hidden_layers=(4,), epochs=5, learning_rate=0.03, batch_size=32)
    found = smallest.run(
        SmallestQuestion(network=network, data=DataSpec(), within="pp"), Reporter()
    )
    assert found.threshold == pytest.approx(found.reference.validation.mean - 0.01)
    *worse, last = found.tried
    assert last == found.chosen
    assert last.validation.mean >= found.threshold
    assert all(one.validation.mean < found.threshold for one in worse)
    parameters = [one.parameters for one in found.tried]
    assert parameters == sorted(parameters)
    assert parameters[-1] < found.reference.parameters == 59
    # written out, it gives the network's class on all rows of the file
    assert found.written.checked == 344
    assert found.written.differing == 0
    shown = "\n".join(plain(one) for block in smallest_blocks(found) for one in block.laid_out(120))
    assert "The query gives the network's class on all 344 rows" in shown
    assert f"{parameters[-1]:,} parameters instead of 59" in shown


def test_what_diverges_is_left_out_and_the_seed_is_that_of_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def trained(question: PlaygroundQuestion, rows: PlayRows, _: Reporter) -> Trained:
        hidden = question.network.hidden_layers
        if hidden == (1,):
            raise AllDiverged("All networks diverged.")
        rng = np.random.default_rng(0)
        kernel = rng.normal(size=rows.sizes).astype(np.float32)
        layer = Layer(kernel, np.zeros(rows.sizes[1], np.float32), "softmax")
        # of the reference the first two seeds have diverged
        seeds = (9, 10, 11) if hidden == (8, 8) else (7, 8, 9, 10, 11)
        networks = (Network((layer,)),) * len(seeds)
        return Trained(networks, ((),) * len(seeds), rows.train_rows, 5 - len(seeds), False, seeds)

    monkeypatch.setattr(smallest, "train_networks", trained)
    # no two networks differ in accuracy: the first that has not diverged is as good
    network = NetworkSpec(hidden_layers=(8, 8), seed=7)
    found = smallest.run(SmallestQuestion(network=network, data=DataSpec()), Reporter())
    assert found.notes == ("Hidden layers 1: diverged at every rate, and left out.",)
    assert found.chosen.hidden_layers == (1, 1)
    assert found.seed == 9
    # where nothing is smaller, the seed is one of those that have not diverged
    monkeypatch.setattr(smallest, "smaller_networks", lambda *_: [])
    found = smallest.run(SmallestQuestion(network=network, data=DataSpec()), Reporter())
    assert (found.chosen, found.seed) == (found.reference, 10)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "tanh", "sigmoid", "silu"])
def test_the_query_is_the_network(activation: str) -> None:
    prepared = preprocess(load(DataSpec()), DataSpec())
    rng = np.random.default_rng(3)
    features, classes = prepared.sizes

    def layer(inputs: int, units: int, name: str) -> Layer:
        kernel = rng.normal(size=(inputs, units)).astype(np.float32)
        return Layer(kernel, rng.normal(size=units).astype(np.float32), name)

    network = Network((layer(features, 8, activation), layer(8, classes, "softmax")))
    written = write_out(network, prepared.preprocessor, prepared.table.frame)
    assert (written.differing, written.checked, written.why_not) == (0, 344, "")
    assert len(written.formula) == 8 + 3 + 1


def test_quotes_in_names_and_missing_values_are_part_of_the_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    rows = ["1,it's,a", "2,,b", ",x,a", "4,x,b", "5,it's,a", "6,x,b"] * 5
    path.write_text("\n".join(['"a ""b""",c,kind', *rows, ""]))
    spec = DataSpec(data=str(path), target="kind")
    prepared = preprocess(load(spec), spec)
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=prepared.sizes).astype(np.float32)
    network = Network((Layer(kernel, np.zeros(2, np.float32), "softmax"),))
    # whatever the rows are checked in
    monkeypatch.setattr(written_out, "_BLOCK_ROWS", 7)
    written = write_out(network, prepared.preprocessor, prepared.table.frame)
    assert (written.differing, written.card_differing, written.checked) == (0, 0, 30)
    assert written.card[0] == ("term", "points", "a", "b")
    # anybody's SQLite takes the query as it is printed
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.create_function("EXP", 1, math.exp)
        connection.execute('CREATE TABLE data ("a ""b""" REAL, c TEXT)')
        connection.execute("INSERT INTO data VALUES (NULL, 'it''s')")
        [row] = connection.execute(written.sql).fetchall()
    assert row[-1] in ("a", "b")


def test_what_is_too_large_says_why_it_is_not_written_out() -> None:
    prepared = preprocess(load(DataSpec()), DataSpec())
    features, classes = prepared.sizes
    wide = Network(
        (
            Layer(np.zeros((features, 9), np.float32), np.zeros(9, np.float32), "relu"),
            Layer(np.zeros((9, classes), np.float32), np.zeros(classes, np.float32), "softmax"),
        )
    )
    written = write_out(wide, prepared.preprocessor, prepared.table.frame)
    assert written.why_not == "It has more than one hidden layer of 8 units."
    assert not written.sql
