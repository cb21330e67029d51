"""Networks trained at a key press: what they learn from, what is seen of them, what is left out."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.data.datasets import HeldOutSet, preprocess
from engine.data.load import load
from engine.errors import EngineError
from engine.jobs import compile_ahead, film, playground, toy_file
from engine.jobs.play import play_rows
from engine.jobs.play.toys import toy_rows
from engine.kinds import make_spec
from engine.planning.chosen_training import chosen_settings
from engine.prediction.network import Network
from engine.results.playground import USUAL_DISTANCE, PlaygroundAnswer
from engine.results.statistics import Band, optimism_of_looks
from engine.runs.reporter import Reporter, Stopped
from engine.runs.state import RunState, fold
from engine.specs.data import DataSpec
from engine.specs.kinds.playground import (
    TOY_SHAPES,
    CompileQuestion,
    FilmQuestion,
    PlaneView,
    PlaygroundQuestion,
    ToyData,
    ToyFileQuestion,
)
from engine.specs.network import NetworkSpec
from engine.store.store import Store
from engine.trainer.runtime import set_up
from tests.support.engine.fitted_runs import fitted_in

NETWORK = NetworkSpec(hidden_layers=(8,), epochs=6, learning_rate=0.03)


@pytest.fixture(scope="module", autouse=True)
def _trainer() -> None:
    set_up(2)


def asked(**fields: Any) -> PlaygroundQuestion:
    return PlaygroundQuestion(**{"network": NETWORK, "data": DataSpec()} | fields)


def answered(**fields: Any) -> PlaygroundAnswer:
    return playground.run(asked(**fields), Reporter())


def judged(found: PlaygroundAnswer) -> Band:
    assert found.validation is not None
    return found.validation


def test_five_seeds_have_a_curve_with_a_band_and_the_same_again() -> None:
    found = answered()
    assert found.networks == judged(found).repeats == 5
    assert [point.value for point in found.curve] == [1, 2, 3, 4, 5, 6]
    bands = [point.validation for point in found.curve if point.validation is not None]
    assert all(band.low is not None and band.low <= band.mean <= band.high for band in bands)
    assert judged(found).mean > 0.9
    assert (found.rows_used, found.validation_rows, found.parameters) == (206, 69, 115)
    play_rows.release()
    assert answered() == found


def test_the_same_rows_prepared_in_another_way_have_a_plane_of_their_own() -> None:
    answered()
    ordinal = DataSpec(category_encoding="ordinal")
    found = answered(data=ordinal)
    playground.release()
    assert answered(data=ordinal) == found


def test_the_test_rows_are_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("the held-out test set was opened")

    monkeypatch.setattr(HeldOutSet, "open", opened)
    rng = np.random.default_rng(1)
    points = np.round(rng.normal(0, 1, (200, 2)), 6)
    labels = (points.sum(axis=1) > 0).astype(int)
    data = DataSpec(data=str(tmp_path / "t.csv"), target="kind")

    def written() -> None:
        lines = (f"{x},{y},{'ab'[c]}" for (x, y), c in zip(points, labels, strict=True))
        (tmp_path / "t.csv").write_text("\n".join(["x,y,kind", *lines, ""]))

    written()
    before = answered(data=data)
    test = preprocess(load(data), data).set_codes() == 3
    assert test.sum() == 40
    # as many of each class, so that the split stays: other values alone
    points[test] = np.round(rng.normal(50, 1, (40, 2)), 6)
    written()
    after = answered(data=data)
    kept = {"validation_set", "notes"}
    assert after.model_dump(exclude=kept) == before.model_dump(exclude=kept)
    # nor under a protocol that chooses by them
    published = answered(data=data.model_copy(update={"protocol": "as_published"}))
    assert published.model_dump(exclude=kept) == before.model_dump(exclude=kept)
    assert before.row.data_rows == 160


def test_a_committee_votes() -> None:
    found = answered(networks="bootstraps")
    assert found.networks == 50
    assert sum(found.row.probabilities) == pytest.approx(1)
    assert all(round(50 * p, 3).is_integer() for p in found.row.probabilities)
    _, certainty, _ = found.regions.cells()
    # they disagree somewhere, and agree somewhere
    assert min(certainty) < 200
    assert max(certainty) == 255
    # a spread of bootstrap samples is no interval of a mean
    assert judged(found).low is None


def test_fewer_rows_and_noise_are_learnt_from() -> None:
    few, all_rows = answered(rows_used=6), answered()
    assert few.rows_used == 6
    assert judged(few).mean < judged(all_rows).mean
    noisy = answered(noise=3.0)
    assert judged(noisy).mean < judged(all_rows).mean
    # what is judged by has no noise
    assert noisy.plotted.x == all_rows.plotted.x


@pytest.mark.parametrize("shape", TOY_SHAPES)
def test_toy_data(shape: Any, tmp_path: Path) -> None:
    toy = ToyData(shape=shape, rows=200)
    points, labels = toy_rows(toy, 0.0)
    noisy, same = toy_rows(toy, 0.3)
    assert points.shape == (200, 2)
    assert np.bincount(labels).min() > 200 / (labels.max() + 1) / 2
    assert (labels == same).all()
    assert not np.allclose(points, noisy)
    found = answered(toy=toy, network=NETWORK.model_copy(update={"epochs": 1}))
    assert found.choices == ("x", "y")
    assert found.rows_most == 120
    written = toy_file.run(ToyFileQuestion(home=str(tmp_path), toy=toy), Reporter())
    table = load(DataSpec(data=written.path, target=written.target))
    assert len(table.codes) == 200
    assert table.features == ("x", "y")


def test_the_plane_is_in_units_of_the_data_and_fades_away_from_its_rows() -> None:
    view = PlaneView(x="body_mass_g", y="bill_depth_mm", columns=20, rows=10)
    found = answered(view=view)
    across, up = found.axes
    assert (across.name, up.name) == ("body_mass_g", "bill_depth_mm")
    assert 2000 < across.low < 2900 < 6000 < across.high < 7000
    assert 12 < up.low < 14 < 21 < up.high < 23
    classes, certainty, distance = found.regions.cells()
    assert len(classes) == len(certainty) == len(distance) == 200

    # heavy with a shallow bill: a Gentoo, sure; the corner without any row is farther away
    def at(x: float, y: float) -> int:
        column = int((x - across.low) / (across.high - across.low) * 20)
        return int((up.high - y) / (up.high - up.low) * 10) * 20 + column

    assert found.labels[classes[at(5000, 15)]] == "Gentoo"
    assert distance[at(3700, 18.5)] < distance[at(6300, 21.4)]
    assert distance[at(3700, 18.5)] < 3 * USUAL_DISTANCE
    # through another row the same plane is another
    other = answered(view=view.model_copy(update={"cells": {"flipper_length_mm": "230"}}))
    assert other.regions.classes != found.regions.classes
    assert other.row.cells["flipper_length_mm"] == "230"
    of_row = answered(view=view.model_copy(update={"data_row": 3}))
    assert of_row.row.cells["island"] in ("Biscoe", "Dream", "Torgersen")
    with pytest.raises(EngineError, match="275 training and validation rows"):
        answered(view=view.model_copy(update={"data_row": 276}))


def test_principal_components() -> None:
    found = answered(view=PlaneView(axes="components"))
    assert [axis.name[:4] for axis in found.axes] == ["PC 1", "PC 2"]
    assert len(found.plotted.x) == 275
    # without two columns of numbers there is no other plane
    assert answered(data=DataSpec(features=("island", "sex"))).axes[0].name.startswith("PC 1")


def test_a_withdrawn_question_is_given_up_and_a_diverging_network_said() -> None:
    reporter = Reporter()
    reporter.request_stop()
    with pytest.raises(Stopped):
        playground.run(asked(), reporter)
    wild = NETWORK.model_copy(
        update={"optimizer": "sgd", "learning_rate": 10.0, "kernel_l2": 100.0}
    )
    with pytest.raises(EngineError, match="diverged"):
        answered(network=wild)


def test_a_shape_is_compiled_once() -> None:
    networks = (NETWORK, NETWORK.model_copy(update={"hidden_layers": (8, 8)}))
    ahead = CompileQuestion(question=asked(), networks=networks)
    compile_ahead.run(ahead, Reporter())
    assert compile_ahead.run(ahead, Reporter()).programs == 0


def test_the_best_of_many_looks_is_optimistic_by_what_chance_gives() -> None:
    assert optimism_of_looks(0.9, 69, 1) == pytest.approx(0, abs=1e-9)
    drawn = np.random.default_rng(0).binomial(69, 0.9, (4000, 20)) / 69
    measured = drawn.max(axis=1).mean() - 0.9
    assert measured < optimism_of_looks(0.9, 69, 20) < 1.6 * measured
    assert optimism_of_looks(1.0, 69, 20) > 0


def test_a_kept_training_is_watched_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with Store.open(home) as store:
        number = fitted_in(
            store, "train", {"hidden_layers": [8], "epochs": 6, "early_stopping": True}
        )
        kept = store.artefact(number, "model.keras")
        other = store.submit(make_spec("baseline", {}))
    assert kept is not None
    view = PlaneView(columns=8, rows=8)
    last = film.run(FilmQuestion(home=str(home), run=number, view=view), Reporter())
    # to the bit: of the epoch whose network was kept
    assert film._last is not None
    for mine, stored in zip(
        film._last.frames[last.epoch].layers, Network.read(kept).layers, strict=True
    ):
        assert (mine.kernel == stored.kernel).all()
        assert (mine.bias == stored.bias).all()
    assert last.epoch == last.epoch_kept <= last.epochs <= 6
    first = film.run(FilmQuestion(home=str(home), run=number, epoch=1, view=view), Reporter())
    assert first.epoch == 1
    assert first.regions != last.regions
    assert first.confusion is not None
    assert first.confusion.validation is not None
    rows = sum(map(sum, first.confusion.validation))
    assert sum(first.confusion.validation[i][i] for i in range(3)) / rows == judged(first).mean
    # the figures of the epochs are those of the run
    assert [point.value for point in first.curve] == list(range(1, last.epochs + 1))
    # of one that was stopped there is no more than it had done
    done = SimpleNamespace(curve=SimpleNamespace(last_epoch=2))
    monkeypatch.setattr(film, "fold", lambda *_: done)
    film.release()
    stopped = film.run(FilmQuestion(home=str(home), run=number, view=view), Reporter())
    assert (stopped.epochs, stopped.epoch_kept) == (2, min(2, last.epoch_kept))
    with pytest.raises(EngineError, match="Only a training"):
        film.run(FilmQuestion(home=str(home), run=other), Reporter())


def test_of_a_sweep_a_point_is_watched_the_chosen_one_to_the_bit(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    vary = {"units": {"values": [2, 8]}}
    fields = {"vary": vary, "hidden_layers": [8], "epochs": 4, "repeats": 2}
    with Store.open(home) as store:
        number = fitted_in(store, "sweep", fields)
        kept = store.artefact(number, "model.keras")
        chosen = chosen_settings(fold(RunState(), store.events(number)[1]))
    assert kept is not None
    assert chosen is not None
    view = PlaneView(columns=8, rows=8)
    found = film.run(FilmQuestion(home=str(home), run=number, view=view), Reporter())
    assert film._last is not None
    for mine, stored in zip(
        film._last.frames[found.epoch].layers, Network.read(kept).layers, strict=True
    ):
        assert (mine.kernel == stored.kernel).all()
    other = next(units for units in (2, 8) if chosen["units"] != units)
    asked = FilmQuestion(home=str(home), run=number, settings={"units": other}, view=view)
    film.run(asked, Reporter())
    assert film._last.frames[1].layers[0].kernel.shape[1] == other
