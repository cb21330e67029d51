"""The command that starts a run, as it is copied from a run that there has been."""

import shlex

from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from engine.specs.search_space import show_dimension
from penguin_tui.forms.form import entries, filled

# options of their own, whose text is taken as it is
_OPTIONS = ("data", "target")


def run_command(spec: RunSpec) -> str:
    """What a shell runs to repeat these settings; those at their default are left out."""
    fields = to_fields(spec)
    sheet, plain = filled(spec.kind, fields), filled(spec.kind, {})
    words = ["penguin-tui", "run", spec.kind]
    for entry in entries(spec.kind).values():
        text = sheet.texts[entry.id]
        if not sheet.shown(entry) or text == plain.texts[entry.id]:
            continue
        words += (
            [f"--{entry.id}", text] if entry.id in _OPTIONS else ["--set", f"{entry.path}={text}"]
        )
    for name, dimension in (fields.get("vary") or {}).items():
        words += ["--vary", f"{name}={show_dimension(dimension)}"]
    return shlex.join(words)
