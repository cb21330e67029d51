"""The guide beside a screen, or in its place where there is little room: text, and the answer."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, ScrollableContainer, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from penguin_tui.engine_link.bookmark import Bookmark
from penguin_tui.engine_link.linked_app import DEFAULT_DATA, LinkedApp
from penguin_tui.forms.line_input import LineInput
from penguin_tui.guide.pages import feedback_blocks, step_blocks, strip_line, title_blocks
from penguin_tui.guide.texts import words
from penguin_tui.tables.text_lines import content, of_blocks
from penguin_tui.terminal.textual_private.app import own_bindings

if TYPE_CHECKING:
    from engine.store.store import Store
    from penguin_tui.guide.marking import Marked

# a line that is longer is hard to read
MEASURE = 76
ANSWER_LENGTH = 200


class GuideText(ScrollableContainer, can_focus=True, inherit_bindings=False):
    """The text of a step. A key that means something on the screen goes there, with the focus."""

    BINDING_GROUP_TITLE = "Guide"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Previous line", show=False),
        Binding("down", "scroll_down", "Next line", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "First", show=False),
        Binding("end", "scroll_end", "Last", show=False),
    ]

    def on_key(self, event: events.Key) -> None:
        """Make way for the screen: the app looks for the key's binding after this."""
        pane = self.query_ancestor(GuidePane)
        own = {binding.key for node in (self, pane) for binding in own_bindings(node)}
        there = {
            binding.key
            for node in pane.before.ancestors_with_self
            for binding in own_bindings(node)
            if binding.action != "guide"
            and (node is not self.app or binding.action.startswith("go("))
        }
        if event.key in there - own:
            pane.leave()


class GuidePane(Vertical):
    """One step: what to do and to look for, and a question that is marked from the reader's run.

    Beside the screen where there is room for both; otherwise in its place while it has the focus,
    and a line below it while it has not.
    """

    BINDING_GROUP_TITLE = "Guide"
    DEFAULT_CSS = """
    GuidePane {
        width: 100%; height: 1; overflow: hidden; background: $surface;
        #guide-strip { height: 1; color: $accent; text-wrap: nowrap; text-overflow: ellipsis; }
        #guide-title { height: auto; padding: 0 1; margin: 0 0 1 0; }
        GuideText {
            height: 1fr; padding: 0 1; overflow-x: hidden;
            scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        }
        GuideText Static { height: auto; }
        #guide-feedback { margin: 1 0 0 0; }
        #guide-answer { height: 1; padding: 0 1; background: $panel; }
        #guide-answer Static { width: auto; color: $accent; text-style: bold; }
        #guide-answer Input { width: 1fr; margin: 0 0 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Previous step", id="guide.before",
                tooltip="The step of the guide before this one."),
        Binding("right", "turn(1)", "Next step", id="guide.next"),
        Binding("enter", "answer", "Answer", id="guide.answer",
                tooltip="Answer the question of the step; it is marked from your own run."),
        Binding("ampersand", "language", "Language", id="guide.language", key_display="&",
                tooltip="Read the guide in another language: English, Korean."),
        Binding("escape", "leave", "Back", id="guide.leave",
                tooltip="Back to the screen; the guide stays."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="guide")
        # what had the focus before the guide
        self._before: Widget | None = None
        self._page: tuple[str, str] = ("", "")
        self._marked: tuple[str, Marked] | None = None

    def compose(self) -> ComposeResult:
        """A line for where there is no room, then title, text and answer."""
        yield Static(id="guide-strip", markup=False)
        yield Static(id="guide-title", markup=False)
        with GuideText():
            yield Static(id="guide-step", markup=False)
            yield Static(id="guide-feedback", markup=False)
        with Horizontal(id="guide-answer"):
            yield Static(id="guide-prompt", markup=False)
            yield LineInput(max_length=ANSWER_LENGTH, compact=True)

    def on_mount(self) -> None:
        """Follow the reader's place, which all screens share."""
        self.watch(self.app, "guide", self._turned)
        self.watch(self.app, "data_choice", self.draw, init=False)

    @property
    def workbench(self) -> LinkedApp:
        """The app."""
        return cast(LinkedApp, self.app)

    @property
    def place(self) -> Bookmark:
        """Where the reader is."""
        return self.workbench.guide

    @property
    def before(self) -> Widget:
        """What had the focus before the guide; without any the screen."""
        found = self._before
        return found if found is not None and found.is_attached else self.screen

    # -- focus --------------------------------------------------------------------------------

    def on_descendant_focus(self) -> None:
        """Take the room, where there is not enough for both."""
        self._take_room()

    def on_descendant_blur(self) -> None:
        """Make room for the screen."""
        self._take_room()

    def _take_room(self) -> None:
        if self.parent is not None:
            self.parent.set_class(self.has_focus_within, "-in-guide")

    def enter(self) -> None:
        """Take the keys."""
        if not self.has_focus_within:
            self._before = self.screen.focused
        self.query_one(GuideText).focus(scroll_visible=False)

    def leave(self) -> None:
        """Give the keys back to the screen."""
        before = self.before
        self.screen.set_focus(None if before is self.screen else before, scroll_visible=False)

    def action_leave(self) -> None:
        """One step out: of the answer, then of the guide."""
        if self.query_one(Input).has_focus:
            self.enter()
        else:
            self.leave()

    # -- the reader's place -------------------------------------------------------------------

    def action_turn(self, by: int) -> None:
        """Another step."""
        self.workbench.guide = self.place.turned(by)

    def action_language(self) -> None:
        """Another language."""
        self.workbench.guide = self.place.in_next_language()

    def _turned(self, place: Bookmark) -> None:
        page = (place.step, place.language)
        if page != self._page:
            if place.step != self._page[0]:
                self._marked = None
                self.query_one(Input).value = ""
            self._page = page
            self.query_one(GuideText).scroll_home(animate=False)
        self.draw()

    def draw(self) -> None:
        """Show the step as it is, in the room there is."""
        place, own = self.place, words(self.place.language)
        room = min(MEASURE, self.query_one(GuideText).scrollable_content_region.width)
        if room < 1:
            return
        other = self.workbench.data_choice.get("data") != DEFAULT_DATA["data"]
        self.query_one("#guide-strip", Static).update(content([strip_line(place)]))
        self.query_one("#guide-title", Static).update(of_blocks(title_blocks(place, room), room))
        step = of_blocks(step_blocks(place, room, other_data=other), room)
        self.query_one("#guide-step", Static).update(step)
        found = feedback_blocks(place, *self._marked, room) if self._marked is not None else []
        feedback = self.query_one("#guide-feedback", Static)
        feedback.update(of_blocks(found, room))
        feedback.display = bool(found)
        self.query_one("#guide-prompt", Static).update(own["answer"])
        self.query_one(Input).placeholder = own["placeholder"]

    def on_resize(self) -> None:
        """Lines are broken anew."""
        self.call_after_refresh(self.draw)

    # -- the question -------------------------------------------------------------------------

    def action_answer(self) -> None:
        """Into the answer."""
        self.query_one(Input).focus(scroll_visible=False)
        self.query_one(GuideText).scroll_end(animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Mark it: beside the keys, because a run is read."""
        event.stop()
        typed, place, choice = event.value, self.place, self.workbench.data_choice
        if not typed.strip():
            return

        def work(store: "Store") -> "Marked":
            from penguin_tui.guide.marking import marked

            return marked(store, choice, place.step, typed, place.language)

        self.workbench.engine_call(work, lambda found: self._show_marked(place, typed, found))

    def _show_marked(self, asked: Bookmark, typed: str, found: "Marked") -> None:
        if not self.is_attached or asked.step != self.place.step:
            return
        self._marked = (typed, found)
        if found.outcome == "right":
            self.workbench.guide = self.place.with_answer()
            self.enter()
        self.draw()
        self.call_after_refresh(self.query_one(GuideText).scroll_end, animate=False)
