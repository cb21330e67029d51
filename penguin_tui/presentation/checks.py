"""What the checks of a run found: why, how much, what to do, and the key that does it."""

from collections.abc import Iterator

from engine.results.checks import CHECKS, CheckReport, Severity
from penguin_tui.presentation.blocks import Block, Line, Role, Span, line, muted
from penguin_tui.presentation.text import counted

# the mark of a severity, which tells where there are no colours, and its role
MARKS: dict[Severity, tuple[str, Role]] = {
    "error": ("✗", "bad"), "warning": ("!", "warning"), "info": ("·", "accent"),
}  # fmt: skip
KEYS = {check.code: check.key for check in CHECKS}


def check_blocks(report: CheckReport, *, keys: bool = True) -> Iterator[Block]:
    """The findings, and what was not looked for; with the `keys` of the run's view."""
    yield Block(f"Checks of run {report.run}", lines=(_summary(report),))
    for own in report.findings:
        mark, role = MARKS[own.severity]
        pressed = f" ({KEYS[own.code]})" if keys and own.code in KEYS else ""
        yield Block(
            lines=(
                line(
                    Span(f"{mark} ", role), f"{own.text[:1].upper()}{own.text[1:]}.",
                    Span(f"  {own.severity} · {own.code}", "muted"),
                ),
                line(Span("  → ", "accent"), f"{own.remedy}{pressed}."),
            )
        )  # fmt: skip
    remarks = []
    if report.ignored:
        remarks.append(muted(f"Ignored: {', '.join(report.ignored)}."))
    by_reason: dict[str, list[str]] = {}
    for code, why in report.not_measured.items():
        by_reason.setdefault(why, []).append(code)
    for why, codes in by_reason.items():
        names = ", ".join(code.replace("_", " ") for code in codes)
        remarks.append(muted(f"Not looked for: {names}; {why}."))
    yield Block(lines=tuple(remarks))


def _summary(report: CheckReport) -> Line:
    looked = len(CHECKS) - len(report.ignored) - len(report.not_measured)
    found = len(report.findings)
    told = counted(found, "finding") if found else "Nothing found"
    return line(Span(told, "strong"), Span(f" in {counted(looked, 'check')}", "muted"))
