"""TensorBoard's own reader reads what a run leaves for it."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import EngineError, FilesExist
from engine.exports.csv_tables import state_of
from engine.store.store import Store
from tests.support.command_line import put_finished
from tests.support.engine.exports import export


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The home of a finished training with its epochs."""
    folder = tmp_path / "stored"
    folder.mkdir(mode=0o700)
    put_finished(folder)
    return folder


def test_tensorboards_own_reader_reads_epochs_settings_and_matrices(
    stored: Path, tmp_path: Path
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import metadata

    said = export(stored, "tensorboard", tmp_path / "logs")
    place = Path(said[-2].path)
    with Store.open(stored) as store:
        curve = state_of(store, store.run(1)).curve
    reader = EventAccumulator(str(place), size_guidance={"tensors": 0, "scalars": 0})
    reader.Reload()
    for name, tag in (("val_accuracy", "accuracy/validation"), ("loss", "loss/training")):
        found = reader.Scalars(tag) if tag in reader.Tags()["scalars"] else reader.Tensors(tag)
        assert [one.step for one in found] == [1, 2, 3]
        values = [one.value if hasattr(one, "value") else one.tensor_proto.float_val[0]
                  for one in found]  # fmt: skip
        np.testing.assert_allclose(values, list(curve.column(name)), rtol=1e-6)
    body = reader.SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
    settings = metadata.parse_session_start_info_plugin_data(body).hparams
    assert settings["activation"].string_value == "relu"
    # overwritten on request; a folder that anybody else has filled stays as it is
    with pytest.raises(FilesExist):
        export(stored, "tensorboard", tmp_path / "logs")
    export(stored, "tensorboard", tmp_path / "logs", force=True)
    (place / "thesis.txt").write_text("mine")
    with pytest.raises(EngineError, match="was not written by an export"):
        export(stored, "tensorboard", tmp_path / "logs", force=True)
    (place / "thesis.txt").unlink()
    matrices = EventAccumulator(str(place / "confusion"))
    matrices.Reload()
    assert matrices.Tags()["images"] == ["confusion"]
