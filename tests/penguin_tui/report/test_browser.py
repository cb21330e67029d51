"""The report in a real browser: narrow and wide, light and dark."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.exports.csv_tables import state_of
from engine.store.store import Store
from penguin_tui.report.contents import report_of
from penguin_tui.report.html import html_report
from tests.support.browser import Browser, browser, browser_path
from tests.support.command_line import put_finished
from tests.support.terminal.hostile import PAYLOAD

# where everything is installed, a browser is as well (.ci/run)
if browser_path() is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: apt install chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    home, drawn = folder / "home", folder / "drawn"
    home.mkdir(mode=0o700)
    drawn.mkdir()
    run = put_finished(home, name=f"{PAYLOAD}<script>document.title='run'</script>")
    with Store.open(home) as store:
        record = store.run(run)
        report = report_of(home, record, state_of(store, record), drawn)
    assert len(report.pictures) == 3
    path = folder / "report.html"
    path.write_bytes(html_report(report))
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_it_fits_the_window_and_shows_all_figures(
    chromium: Browser, page: Path, width: int, scheme: str
) -> None:
    chromium.open(page, width=width, scheme=scheme)
    # wide tables scroll by themselves, the page does not
    assert chromium.value("document.documentElement.scrollWidth") <= width
    shown = "[...document.images].map(i => i.complete && i.naturalWidth > 0 && i.clientWidth)"
    widths = chromium.value(shown)
    assert len(widths) == 3
    assert all(0 < one <= width for one in widths)
    paper = chromium.value("getComputedStyle(document.body).backgroundColor")
    text = chromium.value("getComputedStyle(document.body).color")
    assert (_luminance(paper) > _luminance(text)) == (scheme == "light")
    # readable: the ratio of WCAG for text
    dark, light = sorted((_luminance(paper), _luminance(text)))
    assert (light + 0.05) / (dark + 0.05) > 7


def test_it_asks_for_nothing_and_runs_nothing(chromium: Browser, page: Path) -> None:
    chromium.open(page, width=1280, scheme="light")
    elsewhere = [url for url in chromium.requests if not url.startswith(("file:", "data:"))]
    assert elsewhere == []
    assert chromium.value("document.title") != "run"
    assert chromium.value("document.scripts.length") == 0


def _luminance(colour: str) -> float:
    """The relative luminance of WCAG of an `rgb(…)`."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
