"""Private attributes of libraries: all of those that are touched exist, and nobody else does."""

import ast
import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import rich.cells
from rich.console import Console
from rich.style import Style
from textual import _compositor
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.command import CommandPalette
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual_plotext.plot import Plot

import penguin_tui

ROOT = Path(penguin_tui.__file__).parent
# the only modules that may touch private attributes of a library
FENCES = {
    "terminal/textual_private/app.py", "terminal/textual_private/driver.py",
    "terminal/textual_private/styles.py", "terminal/rich_private.py", "charts/canvas.py",
}  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (App, ("_display", "_handle_exception", "_fatal_error", "_close_messages_no_wait")),
        (
            App(),
            (
                "_driver", "_exit", "_exception", "_bindings", "_batch_count", "_begin_batch",
                "_end_batch", "_css_update_count", "_sync_available",
                "_background_screens", "_modes", "_screen_stacks", "_get_screen",
                "_load_screen_css",
            ),
        ),
        (
            Screen(),
            (
                "_layout_required", "_scroll_required", "_recompose_required", "_callbacks",
                "_repaint_required", "_on_timer_update", "_compositor", "_compositor_refresh",
                "_css_update_count", "_on_screen_resume", "_post_register",
            ),
        ),
        (_compositor.Compositor(), ("_dirty_regions",)),
        (asyncio.SelectorEventLoop(), ("_ready",)),
        (LinuxDriver, ("_get_terminal_size", "_patch_lflag", "write")),
        (linux_driver, ("XTermParser",)),
        (XTermParser, ("feed", "_sequence_to_key_events")),
        (CommandPalette, ("_action_command_list",)),
        (Stylesheet(), ("_parse_rules", "_variables", "apply", "_process_component_classes")),
        (
            DOMNode(),
            (
                "_parent", "_selector_names", "_get_component_classes", "_component_styles",
                "_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even",
            ),
        ),
        (_compositor, ("ChopsUpdate", "CompositorUpdate", "LayoutUpdate")),
        (_compositor.LayoutUpdate, ("render_segments",)),
        (_compositor.ChopsUpdate, ("render_segments",)),
        (Console(file=io.StringIO()), ("_color_system",)),
        (Style(bold=True), ("_attributes", "_set_attributes")),
        (
            rich.cells,
            (
                "_cell_len", "split_graphemes", "get_character_cell_size",
                "_is_single_cell_widths",
            ),
        ),
        (Plot(), ("_set_size",)),
        (Plot().monitor.matrix, ("marker", "fullground")),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)  # fmt: skip
def test_what_is_touched_exists(owner: object, names: tuple[str, ...]) -> None:
    assert [name for name in names if not hasattr(owner, name)] == []


async def test_a_driver_has_its_app() -> None:
    app = App[None]()
    assert LinuxDriver(app)._app is app


def test_updates_have_the_fields_that_the_renderer_reads() -> None:
    assert {"strips", "region"} <= set(_compositor.LayoutUpdate([], None).__dict__)  # type: ignore[arg-type]
    assert {"chops", "spans", "chop_ends"} <= set(_compositor.ChopsUpdate([], [], []).__dict__)


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _touches() -> Iterator[str]:
    theirs = {name for one in (App(), Screen(), ScrollView()) for name in dir(one)}
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        if module in FENCES or module.startswith("cli/"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [*node.module.split("."), *(alias.name for alias in node.names)]
                foreign = not node.module.startswith(("penguin_tui", "engine"))
                if foreign and any(_private(name) for name in names):
                    yield f"{module}: {node.module}"
            elif (
                isinstance(node, ast.Attribute)
                and _private(node.attr)
                and ast.unparse(node.value) not in ("self", "cls", "os")
            ):
                yield f"{module}: {ast.unparse(node)}"
        for class_ in (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.bases):
            # what a class of ours would replace of Textual's, on purpose or not
            for node in ast.walk(class_):
                name = getattr(node, "name", "")
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self":
                    name = node.attr
                if isinstance(name, str) and _private(name) and name in theirs:
                    yield f"{module}: {class_.name}.{name}"


def test_nobody_else_touches_private_attributes() -> None:
    assert list(_touches()) == []
