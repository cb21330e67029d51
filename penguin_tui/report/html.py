"""A report as one HTML file: no script, nothing from elsewhere, light and dark, for paper too."""

import base64
from collections.abc import Iterable, Iterator
from html import escape

from penguin_tui.presentation.blocks import Block, Line
from penguin_tui.report.contents import Picture, Report
from penguin_tui.terminal.gate import visible

# the policy lets nothing be fetched or run, whatever the text of a table holds
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="generator" content="{made_by}">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --text: #1d2126; --soft: #59636e; --line: #d5dae0;
 --paper: #fff; --code: #f4f6f8; --warn: #8a3b00; --accent: #0072b2; }}
@media (prefers-color-scheme: dark) {{ :root {{ --text: #e4e8ec; --soft: #9aa5b1; --line: #3a424c;
 --paper: #15191e; --code: #1f252c; --warn: #ffb27a; --accent: #56b4e9; }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--paper);
 max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }}
h1, h2, p, figcaption {{ overflow-wrap: anywhere; }}
h1 {{ font-size: 1.4rem; line-height: 1.25; }}
h2 {{ font-size: 1.05rem; margin: 2rem 0 .4rem; color: var(--accent); }}
p {{ margin: .2rem 0; }}
.muted {{ color: var(--soft); }} .strong {{ font-weight: 600; }}
.warning, .bad {{ color: var(--warn); }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .4rem 0; }}
th, td {{ padding: .15rem .9rem .15rem 0; text-align: right; vertical-align: top;
 white-space: nowrap; border-bottom: 1px solid var(--line); }}
th {{ font-weight: 500; color: var(--soft); }}
.left {{ text-align: left; }}
.pairs td:last-child {{ white-space: normal; overflow-wrap: anywhere; }}
figure {{ margin: 1.2rem 0; break-inside: avoid; }}
figure img {{ max-width: 100%; background: #fff; border-radius: 4px; padding: .4rem;
 box-sizing: border-box; }}
figcaption {{ color: var(--soft); }}
pre {{ background: var(--code); padding: .7rem .9rem; white-space: pre-wrap;
 overflow-wrap: anywhere; border-radius: 4px; }}
@media print {{ body {{ margin: 0; max-width: none; font-size: 11px; }}
 tr {{ break-inside: avoid; }} }}
</style>
</head>
<body>
"""


def html_report(report: Report) -> bytes:
    """The whole file, in UTF-8."""
    made_by, title = (escape(visible(text)) for text in (report.made_by, report.title))
    parts = [
        _HEAD.format(made_by=made_by, title=title),
        f"<h1>{title}</h1>\n",
        *(part for block in report.blocks for part in _block(block)),
        *_pictures(report),
    ]
    if report.command:
        parts += ["<h2>Do it again</h2>\n", f"<pre>{escape(visible(report.command))}</pre>\n"]
    parts += [f'<p class="muted">Made by {made_by}.</p>\n', "</body>\n</html>\n"]
    return "".join(parts).encode("utf-8", "replace")


def _block(block: Block) -> Iterator[str]:
    if block.is_empty:
        return
    if block.title:
        yield f"<h2>{escape(visible(block.title))}</h2>\n"
    yield from map(_paragraph, block.lines)
    if block.rows:
        yield from _table(block)
    yield from map(_paragraph, block.notes)


def _paragraph(line: Line) -> str:
    spans = (
        f'<span class="{role}">{escape(visible(text))}</span>' if role else escape(visible(text))
        for text, role in line
    )
    return f"<p>{''.join(spans)}</p>\n"


def _table(block: Block) -> Iterator[str]:
    kind = "" if block.header else ' class="pairs"'
    yield f'<div class="scroll"><table{kind}>\n'
    if block.header:
        yield f"<thead>{_row(block.header, block.left, 'th')}</thead>\n"
    yield "<tbody>\n"
    for place, row in enumerate(block.rows):
        yield f"{_row(row, block.left, 'td')}\n"
        remark = block.below[place] if place < len(block.below) else ""
        if remark:
            text = escape(visible(remark))
            yield f'<tr><td class="left muted" colspan="{len(row)}">{text}</td></tr>\n'
    yield "</tbody></table></div>\n"


def _row(cells: Iterable[str], left: int, tag: str) -> str:
    flush = {True: ' class="left"', False: ""}
    found = (
        f"<{tag}{flush[place < left]}>{escape(visible(cell))}</{tag}>"
        for place, cell in enumerate(cells)
    )
    return f"<tr>{''.join(found)}</tr>"


def _pictures(report: Report) -> Iterator[str]:
    if report.pictures or report.remarks:
        yield "<h2>Figures</h2>\n"
    yield from map(_figure, report.pictures)
    yield from map(_paragraph, report.remarks)


def _figure(picture: Picture) -> str:
    body = base64.b64encode(picture.path.read_bytes()).decode("ascii")
    caption = escape(picture.caption)
    return (
        f'<figure><img alt="{caption}" src="data:image/png;base64,{body}">'
        f"<figcaption>{caption}</figcaption></figure>\n"
    )
