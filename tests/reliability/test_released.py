"""Home folders of released versions: all is shown, exported and resumed as those would have."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.client.process import engine_status, ensure_engine, stop_engine
from engine.client.submission import resume_run
from engine.environment.machine import cpu_model
from engine.environment.provenance import trainer_of
from engine.kinds import label_of
from engine.store.migration import backup_path
from engine.store.store import Store
from engine.version import TRAINER
from tests.support.command_line import call
from tests.support.engine.processes import state_of, wait_until
from tests.support.stored.released_homes import RELEASES, came_to, copy_of, expected

# a quiet machine needs a minute for all of them
PATIENCE = 800.0
# what a run has got for itself; of a resumed one the messages are of its interruption
ROW = (
    "kind", "name", "note", "status", "message", "epochs_run", "best_epoch_val_accuracy",
    "data_sha256", "test_set_id", "metrics",
)  # fmt: skip


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each version whose home folder is kept."""
    return str(request.param)


@pytest.fixture
def store(release: str, folder: Path) -> Iterator[Store]:
    """A store that the release wrote, opened by this version."""
    copy_of(release, folder)
    with Store.open(folder) as opened:
        yield opened


def program(*arguments: str) -> str:
    done = call(*arguments)
    assert done.exit_code == 0, (arguments, done.output)
    return done.stdout


def test_every_run_is_listed_and_shown_as_it_was(release: str, store: Store) -> None:
    wanted = expected(release)["runs"]
    assert {record.id for record in store.runs(include_deleted=True)} == {int(n) for n in wanted}
    for number, was in wanted.items():
        found = came_to(store, int(number))
        assert {name: found[name] for name in ROW} == {name: was[name] for name in ROW}, number
        assert found["figures"] == was["figures"], number
        if "trials" in was:
            assert found["trials"] == was["trials"], number
        if not was["deleted"]:
            shown = json.loads(program("show", number, "--json"))
            assert (shown["run"], shown["status"]) == (int(number), was["status"])
            assert f" · {label_of(was['kind'])} · " in program("show", number)
    assert len(json.loads(program("runs", "--json"))) == sum(
        not was["deleted"] for was in wanted.values()
    )


def test_what_it_kept_can_be_exported(release: str, store: Store, tmp_path: Path) -> None:
    wanted = expected(release)["runs"]
    finished = {was["kind"]: n for n, was in wanted.items() if was["status"] == "finished"}
    for kind, option, name in (
        ("train", "--epochs", "epochs.csv"),
        ("train", "--misclassified", "rows.csv"),
        ("train", "--model", "model.keras"),
        ("hyperband", "--epochs", "trials.csv"),
        ("reproduce", "--report", "report.md"),
    ):
        program("export", finished[kind], option, str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 0, option


@pytest.mark.timeout(900)
def test_interrupted_runs_resume_to_what_they_would_have_come_to(
    release: str, store: Store
) -> None:
    wanted = expected(release)
    runs = [int(number) for number in wanted["resumed"]]
    assert {"train", "random_search"} <= {store.run(run).kind for run in runs}
    # one that was stopped in the queue has not been begun
    begun = {run for run in runs if store.run(run).provenance}
    for run in runs:
        resume_run(store, run)
    assert store.wait_for(lambda: all(not store.run(run).live for run in runs), PATIENCE)
    same_trainer = trainer_of(wanted["made_with"]) == TRAINER
    same_cpu = cpu_model() == wanted["made_with"]["cpu"]
    for run in runs:
        said = "".join(state_of(store, run).warnings)
        assert ("the run begins anew" in said) == (run in begun and not same_trainer)
        expected_of_it = wanted["resumed"][str(run)]
        found = came_to(store, run)
        if same_trainer:
            _compare(found, expected_of_it, to_the_bit=same_cpu)
        else:
            _compare_course(found, expected_of_it)
    assert stop_engine(store.home)
    if release != RELEASES[0]:
        # one start of an engine is enough for the next
        return
    ensure_engine(store)
    # the second engine that starts on the migrated store finds it good
    backup = backup_path(store.home / "penguin-tui.sqlite3")
    wait_until(store, lambda: engine_status(store).record is not None)
    assert not backup.exists()


def _compare_course(found: dict[str, Any], was: dict[str, Any]) -> None:
    """The same trials for as many epochs: what another trainer's figures leave alone."""
    assert found["status"] == was["status"], found["message"]
    assert found["epochs_run"] == was["epochs_run"]
    assert _drawn(found["trials"]) == _drawn(was.get("trials", found["trials"]))


def _drawn(trials: list[dict[str, Any]]) -> list[Any]:
    """The settings of trials that were drawn; who is promoted into a later rung, scores decide."""
    return [own["settings"] for own in trials if own["group"].partition("rung ")[2] in ("", "0")]


def _compare(found: dict[str, Any], was: dict[str, Any], *, to_the_bit: bool) -> None:
    _compare_course(found, was)
    if to_the_bit:
        assert found["figures"] == was["figures"]
        assert found["metrics"] == was["metrics"]
        for trial, other in zip(found["trials"], was.get("trials", ()), strict="trials" in was):
            _compare_trial(trial, other)
        return
    for key, figures in was["figures"]["last"].items():
        for value, other in zip(found["figures"]["last"][key], figures, strict=True):
            assert (value is None) == (other is None)
            assert value is None or math.isclose(value, other, rel_tol=0.1, abs_tol=0.1)


def _compare_trial(trial: dict[str, Any], was: dict[str, Any]) -> None:
    """The same trial; later versions may say more of its effective settings, in fewer digits."""
    effective, before = trial.pop("effective_settings"), was.pop("effective_settings")
    if "train" not in was["scores"]:
        trial["scores"].pop("train", None)
    assert trial == was
    for name, value in before.items():
        assert effective[name] == (pytest.approx(value) if isinstance(value, float) else value)
