"""The sets of a split: every class in each, no row in two."""

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.splits.split import split
from engine.data.table import Table
from engine.specs.data import DataSpec
from tests.support.engine.data_sets import PUBLISHED, STRICT
from tests.support.engine.written_tables import write


def test_a_repeat_draws_training_and_validation_rows_again_and_leaves_the_test_rows(
    penguins: Table,
) -> None:
    first, again, other = (split(penguins, STRICT, repeat) for repeat in (0, 1, 2))
    for repeat in (again, other):
        assert repeat.sizes == first.sizes
        assert sorted(repeat.test) == sorted(first.test)
        assert sorted(repeat.train) != sorted(first.train)
        rows = np.concatenate([repeat.train, repeat.validation, repeat.test])
        assert sorted(rows.tolist()) == list(range(344))
        counts = np.bincount(penguins.codes[repeat.validation])
        assert counts.tolist() == np.bincount(penguins.codes[first.validation]).tolist()
    assert sorted(again.validation) != sorted(other.validation)
    np.testing.assert_array_equal(again.train, split(penguins, STRICT, 1).train)


def test_the_same_seed_gives_the_same_parts_whatever_the_global_seed(penguins: Table) -> None:
    np.random.seed(1)
    one = preprocess(penguins, PUBLISHED), preprocess(penguins, STRICT)
    state = np.random.get_state()[1].tolist()  # type: ignore[union-attr, index]
    np.random.seed(2)
    two = preprocess(penguins, PUBLISHED), preprocess(penguins, STRICT)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.train.x, b.train.x)
        assert a.test_set_id == b.test_set_id
    np.random.seed(1)
    assert np.random.get_state()[1].tolist() == state  # type: ignore[union-attr, index]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sizes=st.lists(st.integers(3, 40), min_size=2, max_size=6),
    validation=st.floats(0.01, 0.47),
    test=st.floats(0.01, 0.47),
    seed=st.integers(0, 2**31 - 1),
)
def test_every_class_is_in_every_part(
    tmp_path: Path, sizes: list[int], validation: float, test: float, seed: int
) -> None:
    body = "x,label\n" + "".join(f"{i},k{k}\n" for k, n in enumerate(sizes) for i in range(n))
    spec = DataSpec(
        data=write(tmp_path, body),
        target="label",
        validation_fraction=validation,
        test_fraction=test,
        split_seed=seed,
    )
    table = load(spec)
    parts = split(table, spec)
    assert parts.validation is not None
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together.tolist()) == list(range(sum(sizes)))
    for index, share in ((parts.test, test), (parts.validation, validation)):
        counts = np.bincount(table.codes[index], minlength=len(sizes))
        assert (counts >= 1).all()
        wanted = np.array(sizes) * share
        assert (np.abs(counts - wanted) <= np.maximum(1.0, 2 - wanted) + 1e-9).all()
    assert (np.bincount(table.codes[parts.train], minlength=len(sizes)) >= 1).all()
