"""Tables of what was measured, in pages in docs/ of which several benchmarks write a section."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where there is no target."""

    what: str
    figure: str
    target: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        verdict = "" if self.met is None else "yes" if self.met else "**no**"
        return f"| {self.what} | {self.figure} | {self.target} | {verdict} |"


def write_section(page: Path, heading: str, text: str) -> None:
    """Put a text in place of the section below `heading` ("## …"), or at the end.

    An empty heading is what stands before the first section.
    """
    old = page.read_text("utf-8") if page.exists() else ""
    first, *sections = re.split(r"^(?=## )", old, flags=re.MULTILINE)
    if not heading:
        first = text
    else:
        own = f"{heading}\n\n{text}"
        found = [n for n, each in enumerate(sections) if each.split("\n", 1)[0] == heading]
        if found:
            sections[found[0]] = own
        else:
            sections.append(own)
    page.write_text("\n\n".join(part.strip() for part in (first, *sections)) + "\n", "utf-8")
