"""Styles, each worked out once: the rules of a source, and those that hold at a place of the tree.

Textual parses every source of styles anew, three times over, when a screen is shown for the first
time. And whenever a class, the focus or the screen changes, it compares every widget below, and
every part of those that has a name of its own, with some thousand rules: 0.5 ms each, which was a
third of what the workbench computed. Which rules hold depends on the place alone, that is on the
types, names, classes and states from the app down to the node: they are looked up by it, here for
all apps of the process. What Textual finds at a place that is new is what is kept.
"""

from collections.abc import Hashable
from functools import lru_cache
from itertools import count
from typing import Any, ClassVar, TypeAlias
from weakref import WeakKeyDictionary

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode
from textual.widget import Widget

# of styles: their text, where it was read, and what it applies to
_Source: TypeAlias = tuple[str, CSSLocation, bool, int, str]
# what a pass over the tree has worked out; Textual keeps results of its own in the same
_Places: TypeAlias = dict[Any, Any]
# places and lists of rules that are told apart; a walk through all screens meets some 1,500
_PLACES = 16_384
# what a node remembers of the rules that may ever hold for it
_FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
# states that a place is made of; rules that ask for others are compared each time
_KNOWN_STATES = {
    "hover", "focus", "blur", "can-focus", "disabled", "enabled",
    "dark", "light", "inline", "ansi", "nocolor",
}  # fmt: skip

_next_number = count()


@lru_cache(maxsize=_PLACES)
def _number(*parts: Hashable) -> int:
    """The same number for the same parts, and never one that stood for others."""
    return next(_next_number)


class RememberedStyles(Stylesheet):
    """Parses a source once for each set of a theme's variables, matches a place once."""

    # for all apps of the process: rules do not change once they are parsed
    _parsed: ClassVar[dict[frozenset[tuple[str, str]], dict[_Source, list[RuleSet]]]] = {}
    # rules that may hold and the place -> what holds there, and the flags
    _found: ClassVar[LRUCache[tuple[int, int], tuple[RulesMap, tuple[bool, ...]]]] = LRUCache(
        _PLACES
    )

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._of_theme = self._parsed.setdefault(frozenset(self._variables.items()), {})
        # the rules that those below are of
        self._sheet: list[RuleSet] = []
        self._order: dict[RuleSet, int] = {}
        self._candidates: dict[Hashable, int | None] = {}
        # what a node was styled by: rules and place, and the rules of its parts
        self._styled: WeakKeyDictionary[DOMNode, tuple[int, int, int]] = WeakKeyDictionary()
        # of the nodes that are being styled
        self._places: _Places = {}

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the colours of another theme."""
        super().set_variables(variables)
        self._of_theme = self._parsed.setdefault(frozenset(variables.items()), {})

    def reparse(self) -> None:
        """Take the rules of all sources for the present variables."""
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        parsed = self._of_theme
        source = (css, read_from, is_default_rules, tie_breaker, scope)
        if source not in parsed:
            parsed[source] = super()._parse_rules(*source)
        return parsed[source]

    def apply(self, node: DOMNode, *, animate: bool = False, cache: _Places | None = None) -> None:
        """Give a node and its parts the rules that hold; `cache` lasts while nothing changes."""
        if self._sheet is not self.rules:
            self._sheet, self._candidates = self.rules, {}
            self._order = {rule: number for number, rule in enumerate(self._sheet)}
        rules, parts = self._candidates_of(node), self._candidates_of_parts(node)
        if rules is None or parts is None:
            super().apply(node)
            return
        # parts come without a cache, while that which they are parts of is styled
        places = (self._places or {}) if cache is None else cache
        place = _place(node, places)
        if self._styled.get(node) == (rules, place, parts) and _has_parts(node):
            # what is above it may have another colour
            node.notify_style_update()
            return
        before, self._places = self._places, places
        if known := self._found.get((rules, place)):
            self._take(node, *known)
        else:
            self._found[rules, place] = self._find(node)
        self._places = before
        self._styled[node] = rules, place, parts

    def _take(self, node: DOMNode, rules: RulesMap, flags: tuple[bool, ...]) -> None:
        for flag, value in zip(_FLAGS, flags, strict=True):
            setattr(node, flag, value)
        self.replace_rules(node, rules)
        self._process_component_classes(node)

    def _find(self, node: DOMNode) -> tuple[RulesMap, tuple[bool, ...]]:
        super().apply(node)
        # as the node has taken them: some are no styles, others are given as text
        return node.styles.base.get_rules(), tuple(getattr(node, flag) for flag in _FLAGS)

    def _candidates_of(self, node: DOMNode) -> int | None:
        """The number of the rules that a node is to be compared with; None: they ask for more."""
        kind = (type(node), node.id, node.classes)
        if kind not in self._candidates:
            self._candidates[kind] = self._numbered(node._selector_names)
        return self._candidates[kind]

    def _candidates_of_parts(self, node: DOMNode) -> int | None:
        kind = type(node)
        if kind not in self._candidates:
            parts = sorted(node._get_component_classes())
            found = [self._numbered(DOMNode(classes=part)._selector_names) for part in parts]
            self._candidates[kind] = None if None in found else _number(*found)
        return self._candidates[kind]

    def _numbered(self, names: set[str]) -> int | None:
        rules = {rule for name in self.rules_map.keys() & names for rule in self.rules_map[name]}
        if any(rule.pseudo_classes - _KNOWN_STATES for rule in rules):
            return None
        return _number(*sorted(rules, key=self._order.__getitem__))


def _place(node: DOMNode, known: _Places) -> int:
    """The number of all that a rule can ask for, from the app down to the node."""
    found: int | None = known.get(node)
    if found is None:
        above = node._parent
        states: Hashable = None
        if isinstance(node, Widget):
            states = node.mouse_hover, node.has_focus, node.disabled, node.allow_focus()
        found = known[node] = _number(
            _place(above, known) if isinstance(above, DOMNode) else _state_of_app(node),
            type(node), node.id, node.classes, states,
        )  # fmt: skip
    return found


def _has_parts(node: DOMNode) -> bool:
    """Whether the parts are styled: they are not when a node was taken away and put back."""
    return bool(node._component_styles) or not node._get_component_classes()


def _state_of_app(node: DOMNode) -> Hashable:
    app = node.app
    return (
        app.app_focus, app.current_theme.dark, app.is_inline, app.native_ansi_color, app.no_color,
    )  # fmt: skip
