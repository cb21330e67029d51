"""A bundle has what is needed, and is loaded as a run is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import load_bundle, load_run
from engine.errors import FilesExist
from engine.portable.received import Bundle
from engine.results.decision_rule import DecisionRule
from engine.sources.files import locate
from tests.support.engine.exports import export, zipped


def test_the_bundle_has_what_is_needed_and_nothing_of_ours_is_imported(bundle: Path) -> None:
    names = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert names >= {
        "README.md", "model.keras", "preprocessing.json", "predict.py", "train.py",
        "requirements.txt", "penguins.csv",
    }  # fmt: skip
    assert (bundle / "README.md").read_text().startswith("# Card\n")
    for script in bundle.glob("*.py"):
        imported = [x for x in script.read_text().splitlines() if x.startswith(("import", "from"))]
        assert not any(word in x for x in imported for word in ("engine", "penguin", "pandas"))
    packages = [x.partition("==")[0] for x in (bundle / "requirements.txt").read_text().split()]
    assert packages == ["keras", "numpy", "tensorflow"]


def test_a_folder_that_is_there_is_overwritten_on_request_only(home: Path, bundle: Path) -> None:
    with pytest.raises(FilesExist, match="exists already"):
        export(home, "bundle", bundle)


def test_a_bundle_is_loaded_as_a_run_is(home: Path, bundle: Path, tmp_path: Path) -> None:
    packed = tmp_path / "taken.zip"
    zipped(packed, {p.relative_to(bundle).as_posix(): p.read_bytes()
                    for p in bundle.rglob("*") if p.is_file()})  # fmt: skip
    frame = pd.read_csv(locate("penguins"))
    expected = load_run(1, home).predict_proba(frame)
    for path in (bundle, packed):
        np.testing.assert_array_equal(load_bundle(path).predict_proba(frame), expected)


def test_a_bundle_for_other_features_is_refused(bundle: Path) -> None:
    found = Bundle.read(bundle)
    assert found.model.classes == ("Adelie", "Gentoo", "Chinstrap")
    assert replace(found.model, rule=DecisionRule()).columns[0] == "island"
