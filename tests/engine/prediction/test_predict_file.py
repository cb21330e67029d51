"""A file predicted by a run: what is written, what is flagged, what is scored and what is not."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.exports.csv_tables import state_of
from engine.prediction.file import predict_file
from engine.prediction.fitted_run import FittedRun
from engine.prediction.own_rows import OwnRows
from engine.prediction.written_rows import CsvRows
from engine.results.prediction import FilePrediction
from engine.results.scores import Scored
from engine.results.statistics import wilson
from engine.runs.held_out_rows import HeldOutRows
from engine.sources.files import locate
from engine.store.home import copies_path
from engine.store.store import Store
from tests.support.engine.fitted_runs import fitted

PENGUINS = locate("penguins").read_text()
HEAD = PENGUINS.partition("\n")[0]
COLUMNS = HEAD.split(",")
NEW = "Adelie,Biscoe,38.5,18.1,190,3700,MALE"


class Predicted:
    """Predicts by the runs of one home, and keeps what came of the last file."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.opened: list[HeldOutRows] = []

    def __call__(self, run: int, data: str, *, own: bool = True) -> FilePrediction:
        with Store.open(self.home) as store:
            model = FittedRun.load(store, run)
            rows: OwnRows | EngineError = EngineError("They are gone.")
            if own:
                rows = OwnRows.load(store, model.record, lambda done: None)
        output = io.StringIO(newline="")
        self.opened = []
        found = predict_file(
            model, rows, data, CsvRows(output), lambda done: None, self.opened.append
        )
        self.rows = list(csv.DictReader(io.StringIO(output.getvalue(), newline="")))
        self.head = output.getvalue().partition("\n")[0]
        return found

    def of(self, run: int, *lines: str, head: str = HEAD, **how: Any) -> FilePrediction:
        path = self.folder / "new.csv"
        path.write_text("\n".join((head, *lines)) + "\n")
        return self(run, str(path), **how)


@pytest.fixture
def predict(home: Path, tmp_path: Path) -> Predicted:
    return Predicted(home, tmp_path)


def scored(home: Path, run: int) -> Scored:
    with Store.open(home) as store:
        result = state_of(store, store.run(run)).result
    assert isinstance(result, Scored)
    return result


def test_the_columns_come_as_they_are_written_then_class_probabilities_and_flags(
    predict: Predicted,
) -> None:
    predict.of(1, "x,Biscoe, 38.50,18.1,190,3.7e3,", "y,Dream,49,18.5,201,3900,FEMALE",
               head=",".join(["id", *COLUMNS[1:]]))  # fmt: skip
    assert predict.head.split(",") == [
        "id", *COLUMNS[1:], "prediction", "probability:Adelie", "probability:Gentoo",
        "probability:Chinstrap", "flags",
    ]  # fmt: skip
    first, second = predict.rows
    assert (first["id"], first["body_mass_g"], first["prediction"]) == ("x", "3.7e3", "Adelie")
    assert second["prediction"] == "Chinstrap"
    for row in predict.rows:
        probabilities = [float(v) for k, v in row.items() if k.startswith("probability:")]
        assert sum(probabilities) == pytest.approx(1, abs=1e-6)
        assert float(row[f"probability:{row['prediction']}"]) == max(probabilities)


def test_rows_of_the_run_are_seen_and_its_test_rows_are_scored_as_the_run_scored_them(
    predict: Predicted, home: Path
) -> None:
    found = predict(1, "penguins")
    test = scored(home, 1).scores.test
    assert test is not None
    assert (found.rows, found.seen, found.test_rows) == (344, 275, 69)
    assert found.accuracy == test.accuracy == wilson(test.accuracy.value * 69, 69)
    # the whole test set, as it is counted
    with Store.open(home) as store:
        record = store.run(1)
    assert [one.id for one in predict.opened] == [record.test_set_id]


def test_new_rows_are_scored_and_open_nothing(predict: Predicted) -> None:
    found = predict.of(1, NEW, NEW.replace("Adelie", "Gentoo"), NEW.replace("Adelie", ""))
    assert (found.rows, found.seen, found.test_rows, found.scored) == (3, 0, 0, 2)
    assert found.accuracy == wilson(1, 2)
    assert not predict.opened
    assert "Rows without a class are not scored: 1." in found.notes


def test_without_the_target_nothing_is_scored_and_rows_are_known_all_the_same(
    predict: Predicted,
) -> None:
    lines = [line.partition(",")[2] for line in PENGUINS.splitlines()[1:]]
    found = predict.of(1, *lines, head=",".join(COLUMNS[1:]))
    assert (found.seen, found.has_target, found.accuracy) == (275, False, None)
    assert "accuracy" not in found.json_object()


def test_rows_are_known_again_however_they_are_written(predict: Predicted) -> None:
    cells = [line.split(",") for line in PENGUINS.splitlines()]
    lines = [";".join(row[::-1]).replace(".", ",") for row in cells]
    found = predict.of(1, *lines[1:], head=lines[0])
    assert found.seen == 275
    assert "delimiter semicolon, decimal mark ," in found.notes[0]


def test_what_lies_outside_of_the_training_rows_is_flagged_by_column(predict: Predicted) -> None:
    found = predict.of(
        1, NEW, "Adelie,Atlantis,38.5,18.1,190,9000,MALE", "Adelie,Biscoe,,18.1,1.5,,"
    )
    assert [row["flags"] for row in predict.rows] == [
        "", "island: unknown category; body_mass_g: above 6300", "flipper_length_mm: below 172",
    ]  # fmt: skip
    assert found.flagged == 2


def test_a_class_that_the_run_does_not_know_counts_as_wrong(predict: Predicted) -> None:
    found = predict.of(1, NEW, NEW.replace("Adelie", "Emperor"))
    assert found.accuracy == wilson(1, 2)
    assert "Rows of a class that the run does not know count as wrong: 1." in found.notes


@pytest.mark.parametrize(
    ("line", "head", "words"),
    [
        (NEW.replace("38.5", "long"), COLUMNS,
         "Column 'bill_length_mm' has to hold numbers, but line 3 has 'long'."),
        ("Biscoe", ["island"], "The file has no columns 'bill_length_mm', 'bill_depth_mm'"),
        (NEW, [*COLUMNS[:-1], "gender"], "there is no column 'sex'"),
        (NEW + ",a", [*COLUMNS, "prediction"], "has a column 'prediction' already"),
    ],
)  # fmt: skip
def test_what_cannot_be_predicted_is_said_in_a_sentence(
    predict: Predicted, line: str, head: list[str], words: str
) -> None:
    good = NEW if len(head) == len(COLUMNS) else line
    with pytest.raises(EngineError, match="(?s).*" + words.replace("(", r"\(")):
        predict.of(1, good, line, head=",".join(head))


def test_without_the_runs_own_data_it_predicts_and_says_what_it_cannot_tell(
    predict: Predicted,
) -> None:
    found = predict.of(1, NEW.replace("3700", "9000").replace("Biscoe", "Atlantis"), own=False)
    assert (found.seen, found.test_rows, found.scored) == (None, None, 1)
    assert predict.rows[0]["flags"] == "island: unknown category"
    assert "cannot be read" in found.notes[0]


def test_own_rows_come_from_the_copy_that_the_run_kept(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    body = PENGUINS.replace("Adelie", "=Adelie").replace(",", ";")
    path.write_text(body)
    run = fitted(home, data=str(path), target="species")
    path.unlink()
    assert len(list(copies_path(home).iterdir())) == 1
    predict = Predicted(home, tmp_path)
    found = predict.of(run, *body.splitlines()[1:], head=body.partition("\n")[0])
    assert found.seen == 275
    # a spreadsheet takes nothing that is added here for a formula; the file's own cells stay
    assert "probability:'=Adelie" not in predict.head
    assert predict.rows[0]["species"] == "=Adelie"
    assert predict.rows[0]["prediction"] == "'=Adelie"


def test_as_published_the_test_rows_are_seen_as_well(home: Path, tmp_path: Path) -> None:
    run = fitted(home, protocol="as_published")
    found = Predicted(home, tmp_path)(run, "penguins")
    assert (found.seen, found.scored, found.accuracy) == (344, 0, None)


def test_rows_too_much_alike_are_said_to_be(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "alike.csv"
    lines = [f"{i % 7},{'ab'[i % 2]}" for i in range(60)]
    path.write_text("\n".join(("x,kind", *lines)))
    run = fitted(home, data=str(path), target="kind", column_types={"x": "numeric"})
    found = Predicted(home, tmp_path)(run, str(path))
    assert found.seen == 60
    assert "Only 23% of the run's rows differ from each other" in found.notes[-1]


def test_a_long_file_is_predicted_piece_by_piece(
    predict: Predicted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.prediction.new_rows.CELLS", 70)
    whole = predict(1, "penguins")
    assert whole == FilePrediction.model_validate_json(whole.model_dump_json())
    assert [row["species"] for row in predict.rows] == [
        line.split(",")[0] for line in PENGUINS.splitlines()[1:]
    ]
    lines = [NEW] * 40 + [NEW.replace("3700", "heavy")]
    with pytest.raises(EngineError, match="line 42 has 'heavy'"):
        predict.of(1, *lines)


def test_a_kind_without_a_network_says_what_to_do(home: Path) -> None:
    with Store.open(home) as store:
        from engine.kinds import make_spec

        run = store.submit(make_spec("describe", {}))
        with pytest.raises(EngineError, match="has no network yet"):
            FittedRun.load(store, run)
        with pytest.raises(EngineError, match="There is no run 99"):
            FittedRun.load(store, 99)
