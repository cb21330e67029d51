"""The lines of a file as text."""

from engine.results.lines import RawLine, RawLines
from engine.runs.reporter import Reporter
from engine.sources.raw_lines import raw_lines
from engine.specs.kinds.lines import LinesSpec


def run(spec: LinesSpec, reporter: Reporter) -> RawLines:
    """What `spec` asks for; nothing is made of it."""
    found = raw_lines(spec, reporter.check)
    return RawLines(lines=tuple(RawLine(number=n, text=text) for n, text in found.items()))
