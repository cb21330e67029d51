"""Whether the files that a run learnt from are still what they were."""

import hashlib
from pathlib import Path

from engine.environment.provenance import data_difference
from engine.specs.kinds.train import TrainSpec


def test_a_changed_data_file_or_test_file_is_a_difference(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.csv" for name in ("data", "test_data")}
    for name, path in files.items():
        path.write_text(f"x,kind\n1,{name}\n")
    data, test = (hashlib.sha256(path.read_bytes()).hexdigest() for path in files.values())
    spec = TrainSpec(data=str(files["data"]), target="kind", test_data=str(files["test_data"]))
    assert data_difference(spec, data, test) == ""
    files["test_data"].write_text("x,kind\n2,other\n")
    assert data_difference(spec, data, test) == f"{files['test_data']} has changed since"
    # a run of before does not know what was in its test file
    assert data_difference(spec, data, None) == ""
    files["test_data"].unlink()
    assert "can no longer be read" in data_difference(spec, data, test)
    files["data"].write_text("")
    assert data_difference(spec, data, test) == f"{files['data']} has changed since"
