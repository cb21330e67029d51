"""The settings of a run on one line, by which a row of the Runs screen differs from the next."""

from engine.specs.data import DataSpec
from engine.specs.fields import settings_of
from engine.specs.network import NetworkSpec
from engine.specs.run_spec import RunSpec
from engine.specs.varying import VaryingSpec
from penguin_tui.presentation.setting_text import requested_value, setting_label
from penguin_tui.presentation.text import count

# said in columns of their own, or not by their value
_ELSEWHERE = ("data", "target", "protocol", "vary")
# of what varies
MOST_VARIED = 3
_NAMED = ("hidden_layers", "activation", "optimizer", "epochs")


def settings_line(spec: RunSpec) -> str:
    """A network as "64·64 relu adam 3,000 ep", what varies, and all that is not default."""
    named: list[str] = []
    varied = spec.vary if isinstance(spec, VaryingSpec) else {}
    if isinstance(spec, NetworkSpec):
        layers = "·".join(map(str, spec.hidden_layers)) or "linear"
        shown = {
            "hidden_layers": layers,
            "activation": spec.activation,
            "optimizer": spec.optimizer,
            "epochs": f"{count(spec.epochs)} ep",
        }
        named = [" ".join(text for name, text in shown.items() if name not in varied)]
    others = [
        f"{setting_label(one.name)} {requested_value(getattr(spec, one.name), own_only=True)}"
        for one in sorted(settings_of(type(spec)), key=lambda one: one.name in _DATA)
        if one.name not in (*_ELSEWHERE, *_NAMED, *varied)
        and getattr(spec, one.name) != one.default
    ]
    return " · ".join([*_over(list(varied)), *named, *others]) or "default settings"


def _over(varied: list[str]) -> list[str]:
    """Some of what varies: a row has no room for all of it."""
    if not varied:
        return []
    more = len(varied) - MOST_VARIED
    beyond = f" and {more} more" if more > 0 else ""
    return [f"over {', '.join(map(setting_label, varied[:MOST_VARIED]))}{beyond}"]


_DATA = frozenset(one.name for one in settings_of(DataSpec))
