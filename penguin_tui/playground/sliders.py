"""What can be turned in the playground: one entry a setting, each with its ladder of values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.specs.activations import ACTIVATIONS
from engine.specs.derived_settings import with_settings
from engine.specs.fields import settings_of, spelled
from engine.specs.kinds.playground import (
    MOST_ROWS,
    NETWORKS,
    TOY_SHAPES,
    PlaygroundQuestion,
    ToyData,
)
from engine.specs.network import PER_LAYER, NetworkSpec
from engine.specs.schedules import SCHEDULES
from engine.specs.typed_text import show

Question = PlaygroundQuestion
DEFAULT_UNITS: Final = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What the last answer has said of the data: columns for the axes, training rows."""

    choices: tuple[str, ...] = ()
    rows: int = MOST_ROWS


@dataclass(frozen=True, slots=True)
class Slider:
    """One setting: its `ladder` of values, the present one, and the question with another.

    `is_choice` says that its values have no order. With an empty ladder there is nothing to turn.
    """

    name: str
    label: str
    ladder: Callable[[Question, Known], Sequence[Any]]
    value: Callable[[Question], Any]
    changed: Callable[[Question, Any], Question]
    shown: Callable[[Any], str] = show
    is_choice: bool = False
    help: str = ""

    def values(self, question: Question, known: Known) -> list[Any]:
        """The ladder; a value that stands between two steps is a step of its own."""
        found, now = list(self.ladder(question, known)), self.value(question)
        if found and now not in found:
            found = [*found, now] if self.is_choice else sorted([*found, now])
        return found

    def turned(self, question: Question, known: Known, steps: int) -> Question:
        """The question so many steps on; choices go round, numbers end."""
        values = self.values(question, known)
        if not values:
            return question
        place = values.index(self.value(question)) + steps
        place = place % len(values) if self.is_choice else max(0, min(len(values) - 1, place))
        return self.changed(question, values[place])


def _with(question: Question, **fields: Any) -> Question:
    return question.model_copy(update=fields)


def _viewed(question: Question, **fields: Any) -> Question:
    return _with(question, view=question.view.model_copy(update=fields))


def _network(question: Question, **fields: Any) -> Question:
    return _with(question, network=with_settings(question.network, fields))


def _flat(network: NetworkSpec) -> dict[str, Any]:
    """The settings of which each layer may have its own, as one for all."""
    found: dict[str, Any] = {"dropout_after": "all"}
    for name in PER_LAYER:
        value = getattr(network, name)
        found[name] = (value[0] if value else 0.0) if isinstance(value, tuple) else value
    return found


_DECLARED: Final = {info.name: info for info in settings_of(NetworkSpec)}


def _of_network(
    name: str, ladder: Sequence[Any], *, choice: bool = False, label: str = ""
) -> Slider:
    def value(question: Question) -> Any:
        found = getattr(question.network, name)
        return max(found, default=0.0) if isinstance(found, tuple) else found

    return Slider(
        name, label or spelled(name), lambda q, k: ladder, value,
        lambda q, v: _network(q, **{name: v}), is_choice=choice, help=_DECLARED[name].help,
    )  # fmt: skip


def units_of(network: NetworkSpec) -> int:
    """Units of a hidden layer, of the first where they differ; 0 without one."""
    return network.hidden_layers[0] if network.hidden_layers else 0


def _layers_changed(question: Question, layers: int) -> Question:
    units = units_of(question.network) or DEFAULT_UNITS
    return _network(question, hidden_layers=[units] * layers, **_flat(question.network))


def _units_changed(question: Question, units: int) -> Question:
    return _network(question, hidden_layers=[units] * len(question.network.hidden_layers))


def _toy_changed(question: Question, shape: str) -> Question:
    if not shape:
        return _with(question, toy=None)
    toy = question.toy or ToyData()
    return _viewed(_with(question, toy=toy.model_copy(update={"shape": shape})), x="", y="")


def _data(question: Question) -> str:
    return question.toy.shape if question.toy is not None else ""


def _toy_rows(question: Question, rows: int) -> Question:
    assert question.toy is not None
    return _with(question, toy=question.toy.model_copy(update={"rows": rows}))


def _used(question: Question, known: Known) -> list[int]:
    steps = (5, 10, 20, 50, 100, 200, 500, 1000)
    return [n for n in steps if n < known.rows] + [MOST_ROWS]


_PENALTIES = (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
_RATES = (
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0,
)  # fmt: skip
_EPOCHS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300)
_UNITS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 80, 100, 128, 160)

SLIDERS: Final[tuple[Slider, ...]] = (
    Slider("data", "data", lambda q, k: ("", *TOY_SHAPES), _data, _toy_changed,
           lambda v: v or "your data", is_choice=True,
           help="Your own data, or made-up rows of two features."),
    Slider("toy_rows", "rows", lambda q, k: (50, 100, 200, 300, 500, 1000, 2000) if q.toy else (),
           lambda q: q.toy.rows if q.toy is not None else 0, _toy_rows,
           help="Made-up rows, before they are split."),
    Slider("noise", "noise", lambda q, k: (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0),
           lambda q: q.noise, lambda q, v: _with(q, noise=v),
           help="Standard deviation of what is added: to made-up rows in their units, to numeric"
           " features of your training rows as a fraction of their own."),
    Slider("rows_used", "rows used", _used, lambda q: q.rows_used or MOST_ROWS,
           lambda q, v: _with(q, rows_used=None if v >= MOST_ROWS else v),
           lambda v: "all" if v >= MOST_ROWS else f"{v:,}",
           help="Training rows that are learnt from."),
    Slider("layers", "hidden layers", lambda q, k: range(7),
           lambda q: len(q.network.hidden_layers), _layers_changed,
           help="Hidden layers, each as wide as the first."),
    Slider("units", "units", lambda q, k: _UNITS if q.network.hidden_layers else (),
           lambda q: units_of(q.network), _units_changed, help="Units of every hidden layer."),
    _of_network("activation", tuple(ACTIVATIONS), choice=True),
    _of_network("learning_rate", _RATES),
    Slider("schedule", "schedule", lambda q, k: [s().name for s in SCHEDULES],
           lambda q: q.network.schedule.name, lambda q, v: _network(q, schedule={"name": v}),
           lambda v: v.replace("_", " "), is_choice=True,
           help="How the learning rate changes during training, with its defaults."),
    _of_network("batch_size", (4, 8, 16, 32, 64, 128, 256)),
    _of_network("epochs", _EPOCHS),
    _of_network("dropout", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)),
    _of_network("kernel_l1", _PENALTIES),
    _of_network("kernel_l2", _PENALTIES),
    Slider("networks", "networks", lambda q, k: tuple(NETWORKS), lambda q: q.networks,
           lambda q, v: _with(q, networks=v), lambda v: f"{NETWORKS[v]} {v}", is_choice=True,
           help="What is seen together: the same rows with several seeds, or a committee, each"
           " member of its own bootstrap sample of the training rows."),
    Slider("axes", "plane", lambda q, k: ("features", "components"), lambda q: q.view.axes,
           lambda q, v: _viewed(q, axes=v),
           lambda v: "two features" if v == "features" else "components", is_choice=True,
           help="Two features, or the first two principal components of all."),
    Slider("x", "across", lambda q, k: k.choices if q.view.axes == "features" else (),
           lambda q: q.view.x, lambda q, v: _viewed(q, x=v), is_choice=True,
           help="The feature from left to right."),
    Slider("y", "up", lambda q, k: k.choices if q.view.axes == "features" else (),
           lambda q: q.view.y, lambda q, v: _viewed(q, y=v), is_choice=True,
           help="The feature from bottom to top."),
)  # fmt: skip


def neighbours(question: Question, known: Known) -> tuple[NetworkSpec, ...]:
    """The networks that one key press leads to, each once."""
    found = [slider.turned(question, known, step).network for slider in SLIDERS for step in (1, -1)]
    kept: list[NetworkSpec] = []
    for network in found:
        if network != question.network and network not in kept:
            kept.append(network)
    return tuple(kept)
