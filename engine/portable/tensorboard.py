"""A run for TensorBoard: the figures of every epoch, the settings, the confusion matrices.

A folder for each training: of a sweep or search one for each trial (and fold), whose settings and
scores the HParams tab compares. Written by TensorBoard's own records, without TensorFlow.
"""

import io
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.errors import EngineError, FilesExist
from engine.exports.csv_tables import nothing, state_of
from engine.figures.classification import confusion
from engine.figures.drawing import StoredRun
from engine.figures.style import METADATA, use
from engine.runs.events import FOLD_KEYS
from engine.runs.state import RunState, Trial
from engine.specs.parsing import to_fields
from engine.store.records import RunRecord
from engine.store.store import Store

# figures of an epoch -> where TensorBoard shows them: side by side under one heading
TAGS: Final = {
    "loss": "loss/training",
    "val_loss": "loss/validation",
    "accuracy": "accuracy/training",
    "val_accuracy": "accuracy/validation",
    "learning_rate": "learning_rate",
}
SCORED: Final = "accuracy/validation"
# of a search, in the order of its trials
TRAININGS: Final = 2_000
# in the name of every file
_MARK: Final = ".penguin-tui."


@dataclass(frozen=True, slots=True)
class Session:
    """A training as TensorBoard shows it: its folder, its settings, its epochs by their tags."""

    folder: str
    settings: Mapping[str, bool | float | str]
    columns: Mapping[str, tuple[tuple[int, float], ...]]


def write(store: Store, request: ExportRequest) -> Iterator[Written]:
    """Write the folders; raises `NothingToExport` of a run without epochs and scores."""
    record = store.run(request.run)
    state = state_of(store, record)
    # one at a time: those of a search are many
    sessions = sessions_of(record, state)
    if (first := next(sessions, None)) is None:
        raise nothing(record, "epochs")
    place = request.target / f"run-{record.id}"
    _refuse_foreign(place, force=request.force)
    yield Written(step="writing the events")
    with tempfile.TemporaryDirectory() as name:
        new = Path(name) / place.name
        count = 0
        for session in islice(chain([first], sessions), TRAININGS):
            _write_session(new / session.folder, session, record)
            count += 1
        more = next(sessions, None) is not None
        if (picture := _confusion(record, state, request)) is not None:
            _write_picture(new, picture, record)
        size = sum(path.stat().st_size for path in new.rglob("*") if path.is_file())
        _put(new, place)
    yield Written(path=str(place), size=size, files=count)
    if more:
        yield Written(note=f"The first {TRAININGS:,} trainings are written.")
    yield Written(note=f"tensorboard --logdir {request.target} shows it.")


def _refuse_foreign(place: Path, *, force: bool) -> None:
    """Raise an error where something is there that is not to be replaced, or was not made here."""
    if not os.path.lexists(place):
        return
    ours = place.is_dir() and not place.is_symlink()
    if not ours or any(not path.is_dir() and _MARK not in path.name for path in place.rglob("*")):
        raise EngineError(
            f"{place} was not written by an export.", "Name another folder, or move it away."
        )
    if not force:
        raise FilesExist(f"{place} exists already.", "--force overwrites files.")


def _put(new: Path, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.rmtree(place)
        shutil.copytree(new, place)
    except OSError as error:
        raise EngineError(f"{place} cannot be written: {error.strerror}.") from error


def sessions_of(record: RunRecord, state: RunState) -> Iterator[Session]:
    """The trainings of a run with their settings and epochs."""
    base = _flat(to_fields(record.spec))
    for key, curve in state.curves.items():
        number, fold = divmod(key, FOLD_KEYS)
        trial = state.trials.get(number)
        if state.plan is not None and trial is None:
            # epochs of outer folds are counted, and have no figures
            continue
        first = curve.chunks[0].first if curve.chunks else 1
        columns = {
            tag: tuple(
                (first + i, float(value))
                for i, value in enumerate(curve.column(name))
                if math.isfinite(value)
            )
            for name, tag in TAGS.items()
        }
        yield Session(_folder(record, state, number, fold), base | _own(trial), columns)


def _folder(record: RunRecord, state: RunState, trial: int, fold: int) -> str:
    if state.plan is None:
        return "."
    folds = getattr(record.spec, "folds", None)
    # after its folds the best trial is trained on all of their rows
    own = "retrained" if fold == folds else f"fold-{fold + 1}"
    return f"trial-{trial}/{own}" if fold else f"trial-{trial}"


def _own(trial: Trial | None) -> dict[str, Any]:
    return {} if trial is None else _flat(trial.settings)


def _flat(fields: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Settings as HParams takes them: numbers, truth values and texts."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}.")
        elif isinstance(value, bool | int | float | str):
            found[before + name] = value
        elif isinstance(value, list | tuple) and value:
            found[before + name] = ",".join(map(str, value))
    return found


class _Events:
    """An events file that grows."""

    def __init__(self, folder: Path, record: RunRecord) -> None:
        from tensorboard.summary.writer.record_writer import RecordWriter

        folder.mkdir(parents=True, exist_ok=True)
        self._at = record.started or record.created
        name = f"events.out.tfevents.{int(self._at)}{_MARK}{record.id}"
        self._file = (folder / name).open("wb")
        self._records = RecordWriter(self._file)
        self._add(0, file_version="brain.Event:2")

    def __enter__(self) -> "_Events":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def value(self, step: int, **value: Any) -> None:
        """A value of a step."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        self._add(step, summary=Summary(value=[Summary.Value(**value)]))

    def _add(self, step: int, **event: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        made = Event(wall_time=self._at, step=step, **event)
        self._records.write(made.SerializeToString())


def _write_session(folder: Path, session: Session, record: RunRecord) -> None:
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    start = plugin_data_pb2.SessionStartInfo(start_time_secs=record.started or record.created)
    for name, value in session.settings.items():
        field = "bool_value" if isinstance(value, bool) else "number_value"
        field = "string_value" if isinstance(value, str) else field
        setattr(start.hparams[name], field, value)
    metrics = [
        api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag), display_name=tag)
        for tag in TAGS.values()
    ]
    experiment = plugin_data_pb2.HParamsPluginData(
        experiment=api_pb2.Experiment(name=record.name or f"run {record.id}", metric_infos=metrics)
    )
    ended = plugin_data_pb2.SessionEndInfo(
        status=api_pb2.STATUS_SUCCESS, end_time_secs=record.ended or record.created
    )
    wrapped = {
        metadata.EXPERIMENT_TAG: experiment,
        metadata.SESSION_START_INFO_TAG: plugin_data_pb2.HParamsPluginData(
            session_start_info=start
        ),
        metadata.SESSION_END_INFO_TAG: plugin_data_pb2.HParamsPluginData(session_end_info=ended),
    }
    with _Events(folder, record) as events:
        for tag, data in wrapped.items():
            events.value(
                0, tag=tag, tensor=metadata.NULL_TENSOR,
                metadata=metadata.create_summary_metadata(data),
            )  # fmt: skip
        for tag, column in session.columns.items():
            for step, value in column:
                events.value(step, tag=tag, simple_value=value)


def _confusion(record: RunRecord, state: RunState, request: ExportRequest) -> bytes | None:
    """The confusion matrices as a PNG, as `figures` draws them."""
    drawing = confusion(StoredRun(record.spec, state))
    if drawing is None:
        return None
    if request.palette is not None:
        use(request.palette)
    file = io.BytesIO()
    drawing.draw(drawing.data).savefig(file, format="png", metadata=METADATA["png"])
    return file.getvalue()


def _write_picture(folder: Path, picture: bytes, record: RunRecord) -> None:
    from tensorboard.compat.proto.summary_pb2 import Summary

    # of a PNG, after its signature and the head of its first chunk
    width, height = (int.from_bytes(picture[start : start + 4]) for start in (16, 20))
    image = Summary.Image(width=width, height=height, colorspace=4, encoded_image_string=picture)
    with _Events(folder / "confusion", record) as events:
        events.value(0, tag="confusion", image=image)
