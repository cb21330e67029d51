"""Settings and figures of runs by name, for filters, columns and groups, without reading events."""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.kinds import KINDS
from engine.specs.aliases import current_name, current_names
from engine.specs.earlier_defaults import with_earlier_defaults
from engine.store.records import RunRecord

# a list of runs without filter and columns needs no declaration of a setting
if TYPE_CHECKING:
    from engine.specs.fields import SettingInfo

# settings looked up by a filter: one of each of so many runs
KEPT_VALUES = 50_000
# of a run without the setting, which no comparison holds of
ABSENT = object()

# figures of a run's row by the names that they have in JSON
FIGURES: dict[str, Callable[[RunRecord], float | None]] = {
    "run": lambda r: r.id,
    **{
        f"{part}_accuracy": lambda r, name=f"{part}_accuracy": r.metrics.get(name)  # type: ignore[misc]
        for part in ("train", "val", "test", "majority")
    },
    "baseline_accuracy": lambda r: r.baseline_accuracy,
    "best_epoch_val_accuracy": lambda r: r.best_epoch_val_accuracy,
    "selection_score": lambda r: r.selection_score,
    "test_evaluations": lambda r: r.test_evaluations,
    "parameters": lambda r: r.parameters,
    "epochs_run": lambda r: r.epochs_run,
    "epochs_planned": lambda r: r.epochs_planned,
    "seconds": lambda r: r.seconds(),
}
# what is typed for a setting or a figure with a longer name
SHORT_NAMES = {
    "lr": "learning_rate", "layers": "hidden_layers", "act": "activation", "opt": "optimizer",
    "batch": "batch_size", "params": "parameters", "val": "val_accuracy", "acc": "val_accuracy",
    "train": "train_accuracy", "test": "test_accuracy", "majority": "majority_accuracy",
    "baseline": "baseline_accuracy", "best": "best_epoch_val_accuracy",
    "score": "selection_score", "id": "run", "duration": "seconds",
}  # fmt: skip


def full_name(typed: str) -> str:
    """The name of a setting or figure that was typed in short or under an old name."""
    lowered = typed.lower()
    return SHORT_NAMES.get(lowered, current_name(lowered))


def known_names() -> tuple[str, ...]:
    """Every name there is: of figures, of settings, and the short ones."""
    from engine.specs.fields import settings_of

    settings = (one.name for kind in KINDS.values() for one in settings_of(kind.spec))
    return tuple(dict.fromkeys((*FIGURES, *settings, *SHORT_NAMES)))


def close_to(name: str, known: Iterable[str]) -> str:
    """The known name that may be meant, as the end of a sentence; empty without one."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def setting_named(path: str) -> "SettingInfo | None":
    """The setting at `path` of the first kind of run that has one."""
    from engine.specs.fields import setting_at

    found = (setting_at(kind.spec, path) for kind in KINDS.values())
    return next((setting for setting in found if setting is not None), None)


@lru_cache(maxsize=KEPT_VALUES)
def stored_value(kind: str, spec: str, path: str) -> Any:
    """A setting (`learning_rate`, `early_stopping.patience`) of a stored spec, as a JSON value.

    The spec is not checked, which would take ten times as long. A setting that the kind has not,
    or that the run varies, is absent: no comparison holds of it.
    """
    from engine.specs.fields import setting_at

    known = KINDS.get(kind)
    head, _, rest = path.partition(".")
    info = setting_at(known.spec, head) if known is not None else None
    if info is None:
        return ABSENT
    try:
        fields = json.loads(spec)
        if head not in fields:
            # of an earlier version, which called it otherwise or had another default
            fields = with_earlier_defaults(current_names(fields))
    except (ValueError, AttributeError, TypeError):
        # a damaged row says so where it is opened
        return ABSENT
    if head in (fields.get("vary") or {}):
        return ABSENT
    value = fields.get(head, info.default)
    if rest:
        return value.get(rest, ABSENT) if isinstance(value, Mapping) else ABSENT
    return list(value) if isinstance(value, tuple) else value
