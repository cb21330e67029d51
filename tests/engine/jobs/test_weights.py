"""Weights of rows and classes, and rows with moments, through the whole of a baseline."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.results.scores import BaselineResult
from engine.runs.events import Note
from engine.runs.reporter import Reporter


@pytest.fixture
def table(tmp_path: Path) -> str:
    chance = random.Random(0)
    lines = [
        f"{chance.gauss(i % 5 == 0, 1):.3f},{1 + i % 4},{'ab'[i % 5 == 0]}\n" for i in range(200)
    ]  # fmt: skip
    path = tmp_path / "table.csv"
    path.write_text("x,w,y\n" + "".join(lines))
    return str(path)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"class_weight": "balanced"},
        {"sample_weight": "w"},
        {"class_weight": "balanced", "sample_weight": "w"},
    ],
)
def test_the_baseline_is_weighted_as_scikit_learns_own(table: str, fields: dict[str, Any]) -> None:
    spec = make_spec("baseline", {"data": table, "target": "y", "exclude_ids": False, **fields})
    if "sample_weight" not in fields:
        spec = spec.model_copy(update={"exclude": ("w",)})
    result = run_job(spec, Reporter())
    assert isinstance(result, BaselineResult)
    train = preprocess(load(spec), spec).train
    weights = train.weights if train.weights is None else train.weights / train.weights.mean()
    balanced = "balanced" if "class_weight" in fields else None
    theirs = LogisticRegression(class_weight=balanced, max_iter=1000)
    theirs.fit(np.asarray(train.x), train.y, sample_weight=weights)
    assert result.coefficients[1] == pytest.approx(theirs.coef_[0].tolist(), abs=1e-6)


def test_rows_with_moments_are_shown_as_they_are(tmp_path: Path) -> None:
    rows = [f"2021-{1 + i % 12:02d}-{1 + i % 28:02d},{'ab'[i % 7 > 2]}\n" for i in range(120)]
    path = tmp_path / "days.csv"
    path.write_text("day,y\n" + "".join(rows) + ",a\n")
    spec = make_spec("baseline", {"data": str(path), "target": "y"})
    reporter = Reporter()
    result = run_job(spec, reporter)
    assert isinstance(result, BaselineResult)
    told = [item.text for item in reporter.drain() if isinstance(item, Note)]
    assert "1 column becomes 5 features." in told
    cells = [row.values["day"] for row in result.misclassified]
    assert cells
    assert all(cell is None or str(cell).endswith(" 00:00:00") for cell in cells)
