"""A report shows what the run shows, needs nothing else, and obeys no text in it."""

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine.exports.csv_tables import state_of
from engine.store.home import home
from engine.store.store import Store
from penguin_tui.presentation.blocks import Block, line, plain
from penguin_tui.report import contents
from penguin_tui.report.contents import Picture, Report, report_of
from penguin_tui.report.html import html_report
from penguin_tui.report.markdown import markdown_report
from tests.support.command_line import call, put, put_finished
from tests.support.terminal.hostile import PAYLOAD as HOSTILE

PNG = b"\x89PNG picture"
VOID = {"meta", "img", "br"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


@pytest.fixture
def report(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """The report of a finished training, with one figure that is drawn by nobody."""
    monkeypatch.setattr(contents, "draw_figures", lambda request: iter(()))
    run = put_finished(folder, name=HOSTILE)
    with Store.open(folder) as store:
        record = store.run(run)
        found = report_of(folder, record, state_of(store, record), tmp_path)
    picture = tmp_path / f"{run}-confusion.png"
    picture.write_bytes(PNG)
    odd = Block(HOSTILE, header=("name", HOSTILE), rows=((HOSTILE, "1"),), below=(HOSTILE,))
    fields = {name: getattr(found, name) for name in Report.__slots__}
    return Report(**fields | {
        "pictures": (Picture(picture, "Confusion"),), "blocks": (*found.blocks, odd),
        "remarks": (line(HOSTILE),),
    })  # fmt: skip


class Page(HTMLParser):
    """The tags of a page, which have to close in order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_and_fetches_and_runs_nothing(report: Report) -> None:
    page = Page(html_report(report).decode())
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "span", "div", "table",
        "thead", "tbody", "tr", "th", "td", "figure", "img", "figcaption", "pre",
    }  # fmt: skip
    for tag, fields in page.tags:
        assert not any(name.startswith("on") for name in fields)
        if tag == "img":
            kind, _, body = (fields["src"] or "").partition(",")
            assert kind == "data:image/png;base64"
            assert base64.b64decode(body) == PNG
    addresses = [v for _, fields in page.tags for k, v in fields.items() if k in ("src", "href")]
    assert len(addresses) == 1
    assert "url(" not in html_report(report).decode()
    assert "default-src 'none'" in html_report(report).decode()


def test_it_tells_what_show_tells(report: Report) -> None:
    page = Page(html_report(report).decode())
    own = [cell for block in report.blocks[:-1] for row in block.rows for cell in row]
    own += [plain(found) for block in report.blocks[:-1] for found in (*block.lines, *block.notes)]
    assert len(own) > 40
    for text in own:
        # hostile text is shown by the gate, and compared elsewhere
        if text.isprintable() and HOSTILE[:5] not in text:
            assert text in page.text
    titles = [block.title for block in report.blocks if block.title]
    assert titles.index("Scores") < titles.index("Layers")
    assert "penguin-tui run train" in page.text


def test_nothing_raw_is_in_either(report: Report) -> None:
    for body in (html_report(report), markdown_report(report, "figures")):
        raw = [c for c in body.decode() if not c.isprintable() and c != "\n"]
        assert raw == []


def test_markdown_is_a_model_card_with_tables_of_even_rows(report: Report) -> None:
    text = markdown_report(report, "my figures").decode()
    head, body = text.removeprefix("---\n").split("\n---\n", 1)
    fields = {
        name: json.loads(value) for name, value in (x.split(": ", 1) for x in head.split("\n"))
    }
    assert fields["pipeline_tag"] == "tabular-classification"
    result = report.state.result
    values = {
        one["dataset"]["split"]: one["metrics"][0]["value"]
        for one in fields["model-index"][0]["results"]
    }
    assert values["validation"] == result.scores.validation.accuracy.value
    assert f"![Confusion](my%20figures/{report.record.id}-confusion.png)" in body
    table: list[str] = []
    for row in [*body.split("\n"), ""]:
        if row.startswith("|"):
            table.append(row)
        elif table:
            # a bar that is escaped is no border
            borders = {len(re.findall(r"(?<!\\)\|", one)) for one in table}
            assert len(borders) == 1, table
            table = []


def test_a_report_is_written_once_and_whole(folder: Path, tmp_path: Path) -> None:
    run = put_finished(folder)
    page = tmp_path / "run.html"
    written = call("report", str(run), "-o", str(page))
    assert written.exit_code == 0, written.output
    assert len([tag for tag, _ in Page(page.read_text()).tags if tag == "img"]) == 3
    again = call("report", str(run), "-o", str(page))
    assert again.exit_code == 2
    assert "--force" in again.stderr
    beside = tmp_path / "card-figures"
    beside.mkdir()
    kept = call("report", str(run), "-o", str(tmp_path / "card.md"))
    assert kept.exit_code == 2
    assert f"{beside} exists already" in kept.stderr
    assert not (tmp_path / "card.md").exists()
    assert call("report", str(run), "-o", str(tmp_path / "card.md"), "--force").exit_code == 0
    assert {path.suffix for path in beside.iterdir()} == {".png"}
    odd = call("report", str(run), "-o", "card.doc")
    assert odd.exit_code == 2
    assert "neither in .html nor in .md" in odd.stderr


def test_a_run_without_results_has_a_report_that_says_so(folder: Path, tmp_path: Path) -> None:
    run = put(folder, [])
    page = tmp_path / "run.html"
    assert call("report", str(run), "-o", str(page)).exit_code == 0
    assert f"Run {run} (train, lost) has no figures." in Page(page.read_text()).text
