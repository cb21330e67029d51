"""What of the environment reaches the engine, and what a run's provenance says of it."""

import os

import pytest

from engine.environment import provenance
from engine.environment.interpreter import python_variables
from engine.environment.isolation import IN_PROVENANCE, engine_environment

FOREIGN = {
    "KERAS_MAX_EPOCHS": "1", "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
    "NPY_DISABLE_CPU_FEATURES": "AVX2", "OMP_DYNAMIC": "true", "MKL_CBWR": "COMPATIBLE",
    "SKLEARN_WORKING_MEMORY": "1", "JOBLIB_MULTIPROCESSING": "0", "MPLCONFIGDIR": "/elsewhere",
    "PYTHONOPTIMIZE": "2", "PYTHONSTARTUP": "/elsewhere", "LANG": "tr_TR", "LC_NUMERIC": "de_DE",
    "HOME": "/elsewhere", "TMPDIR": "/elsewhere", "XDG_CONFIG_HOME": "/elsewhere",
}  # fmt: skip


def test_a_variable_that_is_not_in_the_table_does_not_reach_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    found = engine_environment()
    assert not FOREIGN.keys() & found.keys()
    assert "/elsewhere" not in found.values()


def test_what_libraries_read_is_set_whatever_the_person_has_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_THREADS", "3")
    before = engine_environment()
    names = {"KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS", "PATH", "LC_ALL"}
    for name in names | {"PYTHONHASHSEED", "PYTHONPATH", "MPLBACKEND", "KERAS_HOME", "XLA_FLAGS"}:
        monkeypatch.setenv(name, "7")
    assert engine_environment() == before
    assert before["OMP_NUM_THREADS"] == "3"
    assert before.items() >= python_variables().items()


def test_a_variable_that_is_passed_on_is_named_in_the_provenance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in IN_PROVENANCE:
        monkeypatch.delenv(name, raising=False)
    then = provenance.current()
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    now = provenance.current()
    assert engine_environment()["OPENBLAS_CORETYPE"] == "Haswell"
    assert now["variables"] == {"OPENBLAS_CORETYPE": "Haswell"}
    assert provenance.differences(then, now) == ("OPENBLAS_CORETYPE was not set, is Haswell",)
    assert provenance.differences(now, then) == ("OPENBLAS_CORETYPE was Haswell, is not set",)
    # a run of an earlier version does not know
    del then["variables"]
    assert provenance.differences(then, now) == ()


def test_the_programs_own_variables_reach_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENGUIN_TUI_WORKERS", "1")
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    found = engine_environment()
    assert {"PENGUIN_TUI_WORKERS", "TZ"} <= found.keys()
    assert all(os.environ[name] == found[name] for name in ("PENGUIN_TUI_WORKERS", "TZ"))
