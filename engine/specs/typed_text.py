"""Values of settings as a person types and reads them."""

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.specs.fields import SettingInfo

_YES = ("yes", "true", "on")
# thousands with commas between them
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_NO = ("no", "false", "off")


def parse(setting: "SettingInfo", text: str) -> Any:
    """Turn typed text into the JSON value of `setting`; the spec validates it.

    Text that cannot be read is returned as it is, so that the spec's own check
    names the field, the value and what is allowed.
    """
    text = text.strip()
    lowered = text.lower()
    if setting.optional and lowered in ("", "none", "null", *_NO):
        return None
    if setting.shape == "integer":
        # what is no whole number is reported as it was typed
        value = one_number(text)
        return value if isinstance(value, int) else text
    if setting.shape == "number":
        return one_number(text)
    if setting.shape == "flag":
        return True if lowered in _YES else False if lowered in _NO else text
    if setting.shape in ("integers", "per_layer"):
        items = [number(item) for item in _items(text)] if lowered != "none" else []
        bracketed = text.startswith("[") and text.endswith("]")
        if not items and not bracketed and lowered != "none":
            return text
        if text.startswith("[") != text.endswith("]"):
            return text
        alone = setting.shape == "per_layer" and len(items) == 1 and not bracketed
        return items[0] if alone else items
    if setting.shape in ("names", "choices"):
        return _json_or(text, _items(text))
    if setting.shape == "map":
        return _json_or(text, text)
    if setting.shape == "variant":
        if "on" in setting.variants and lowered in _YES:
            return {}
        return _json_or(text, text)
    return text


def show(value: Any) -> str:
    """A value of a spec as a person would type it: `100, 100`, `0.001`, `yes`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        short = f"{value:.12g}"
        return short if float(short) == value else repr(value)
    if isinstance(value, list | tuple):
        items = ", ".join(show(item) for item in value)
        # a list of one number, where one number alone would mean every layer
        return f"[{items}]" if len(value) == 1 and isinstance(value[0], float) else items
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value)


def _items(text: str) -> list[str]:
    inner = text.strip().removeprefix("[").removesuffix("]")
    items = inner.split(",") if "," in inner else inner.split()
    return [item.strip() for item in items if item.strip()]


def number(text: str) -> Any:
    """A whole number, a number, or the text itself where it is neither."""
    for read in (int, float):
        try:
            # int() and float() also read "1_000" and other scripts' digits: refuse both
            if text.isascii() and "_" not in text:
                return read(text)
        except ValueError:
            continue
    return text


def one_number(text: str) -> Any:
    """As `number`, where no list can be meant: also `1,000`, and `1e3` for a whole number."""
    value = number(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
    exact = isinstance(value, float) and "e" in text.lower() and abs(value) < 2**53
    return int(value) if exact and value.is_integer() else value


def _json_or(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text) if text[:1] in ("[", "{") else otherwise
    except ValueError:
        return otherwise


def quoted(value: Any) -> str:
    """A value as a message shows it: short, and with nothing a terminal obeys."""
    text = show(value) if not isinstance(value, str) else value
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return repr(text[:60] + ("…" if len(text) > 60 else "")) if text else "nothing"
