"""`?`: the keys that work here, written from the bindings of what is on screen."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from penguin_tui.forms.line_input import LineInput
from penguin_tui.terminal.textual_private.app import own_bindings

WIDTH = 78
MOUSE = "Copying with the mouse"
COPYING = (
    "Drag selects text, and ^c copies it to the clipboard of your own machine. Shift and drag is"
    " the terminal's own selection."
)
Keys = list[tuple[str, str, str]]


def keys_of(screen: Screen[Any]) -> list[tuple[str, Keys]]:
    """All keys on a screen as `(whose, [(key, what, explanation)])`.

    The focused widget comes first, then the other widgets, the screen and the
    workbench. Only bindings with an id are part of the help: the others are
    Textual's own (cursor keys in a table, editing in a field).
    """
    focused = screen.focused
    chain = [focused] if focused is not None else []
    widgets = [w for w in screen.query("*") if _shown(w) and w is not focused]
    groups: dict[str, Keys] = {}
    seen: set[tuple[str, str]] = set()
    for node in (*chain, *widgets, screen, screen.app):
        if node is screen.app:
            title = "Everywhere"
        elif node is screen:
            title = "On this screen"
        else:
            title = node.BINDING_GROUP_TITLE or type(node).__name__
        for binding in own_bindings(node):
            entry = (type(node).__name__, binding.id or "")
            if not binding.id or entry in seen or not binding.description:
                continue
            if getattr(node, "HELP_OF_THE_MOMENT", False) and not _works(node, binding.action):
                continue
            seen.add(entry)
            told = (what for _, what, _ in groups.get(title, ()))
            if not binding.show and not binding.tooltip and binding.description in told:
                continue  # another direction of what is explained already
            named = [
                screen.app.get_key_display(b) for b in own_bindings(node) if b.id == binding.id
            ]
            key = ", ".join(dict.fromkeys(named))
            groups.setdefault(title, []).append((key, binding.description, binding.tooltip))
    return list(groups.items())


def _shown(widget: Widget) -> bool:
    """Whether a widget and all that it lies in are displayed, and keys can come to it."""
    around = (node for node in widget.ancestors_with_self if isinstance(node, Widget))
    within = (widget, *widget.query("*"))
    return all(node.display for node in around) and any(node.can_focus for node in within)


def _works(node: DOMNode, action: str) -> bool:
    """Whether a key of a widget that shows many kinds of things does something now."""
    _, name, parameters = parse(action)
    return node.check_action(name, parameters) is not False


def holds(words: Sequence[str], *texts: str) -> bool:
    """Whether the texts together hold every word, in lower case."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words)


class HelpScreen(ModalScreen[None]):
    """The keys, in groups; what is typed narrows them."""

    DEFAULT_CSS = f"""
    HelpScreen {{
        align: center middle;
        Vertical {{
            width: {WIDTH}; max-width: 96%; height: 90%;
            border: round $accent; border-title-color: $accent; padding: 0 2;
            background: $surface;
        }}
        Input {{ margin: 0; background: $surface; }}
        VerticalScroll {{ height: 1fr; scrollbar-size-vertical: 1; }}
        Static {{ width: 100%; height: auto; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark", "dismiss", "Close", id="close"),
        Binding("down", "scroll_keys('down')", "Next line", show=False),
        Binding("up", "scroll_keys('up')", "Previous line", show=False),
        Binding("pagedown", "scroll_keys('page_down')", "Page down", show=False),
        Binding("pageup", "scroll_keys('page_up')", "Page up", show=False),
    ]

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self._groups = keys_of(about)

    def compose(self) -> ComposeResult:
        """The words to look for, and the keys."""
        with Vertical() as box:
            box.border_title = "Keys"
            yield LineInput(placeholder="type to search", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(self._text())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only the keys whose line holds every word; `?` closes from within the field too."""
        if "?" in event.value:
            self.dismiss()
            return
        self.query_one(Static).update(self._text(event.value.casefold().split()))

    def action_scroll_keys(self, way: str) -> None:
        """Through the lines, while the words keep the keys."""
        getattr(self.query_one(VerticalScroll), f"scroll_{way}")(animate=False)

    def _text(self, words: Sequence[str] = ()) -> Content:
        lines: list[Content] = []
        width = max((cell_len(key) for _, keys in self._groups for key, _, _ in keys), default=0)
        room = min(WIDTH, int(self.app.size.width * 0.96)) - 7
        for title, keys in self._groups:
            found = [one for one in keys if holds(words, title, *one)]
            if not found:
                continue
            lines.append(Content.styled(title, "bold $accent"))
            for key, what, explanation in found:
                label = set_cell_size(key, width)
                told = f"{what} – {explanation}" if explanation else what
                first, *rest = wrap(told, max(20, room - width - 4))
                named = Content(first).stylize("$foreground 70%", len(what))
                lines.append(Content.assemble("  ", (label, "bold"), "  ", named))
                indent = " " * (width + 4)
                lines += [Content.styled(indent + line, "$foreground 70%") for line in rest]
            lines.append(Content(""))
        if holds(words, MOUSE, COPYING):
            lines.append(Content.styled(MOUSE, "bold $accent"))
            lines += [Content(f"  {told}") for told in wrap(COPYING, max(20, room - 2))]
        if not lines:
            lines = [Content("No key is described with these words.")]
        return Content("\n").join(lines)
