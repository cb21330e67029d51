"""The summary of a run: what it came to, what took effect, what was requested, provenance."""

from collections.abc import Iterator

from engine.runs.state import RunState
from engine.specs.fields import settings_of
from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, line, muted, pairs
from penguin_tui.presentation.kinds import view_of
from penguin_tui.presentation.results.network import effective_block
from penguin_tui.presentation.runs.cluster import cluster_rows
from penguin_tui.presentation.setting_text import (
    plain_value,
    range_text,
    requested_value,
    setting_label,
)
from penguin_tui.presentation.text import duration, when
from penguin_tui.presentation.words import protocol_text

# names of the file and of what was typed, which the other lines say
NOT_SHOWN = ("argv",)


def summary_blocks(record: RunRecord, state: RunState, now: float) -> list[Block]:
    """The whole summary as of `now`, in seconds since 1970."""
    return [
        *result_blocks(record, state),
        effective_block(state),
        settings_block(record),
        provenance_block(record, state, now),
    ]


def result_blocks(record: RunRecord, state: RunState) -> Iterator[Block]:
    """What the run came to, as far as it fits into a summary."""
    if state.result is not None:
        yield from view_of(record.kind).summary(record, state, state.result)
    elif record.live:
        yield Block(lines=(muted("The scores are shown when the run has finished."),))


def settings_block(record: RunRecord) -> Block:
    """What was requested beyond the defaults."""
    rows = changed_settings(record.spec)
    varied = to_fields(record.spec).get("vary", {})
    rows += [(f"search space: {setting_label(n)}", range_text(d)) for n, d in varied.items()]
    rest = "Other settings: default." if rows else "All settings: default."
    return pairs("Settings", rows, [muted(rest)])


def changed_settings(spec: RunSpec) -> list[tuple[str, str]]:
    """Names and values of the settings that are not at their default."""
    found = []
    for setting in settings_of(type(spec)):
        value = getattr(spec, setting.name)
        if value != setting.default and setting.name != "vary":
            found.append((setting_label(setting.name), requested_value(value)))
    return found


def provenance_block(record: RunRecord, state: RunState, now: float) -> Block:
    """From what and by what the run was made."""
    rows = [
        ("data", f"{record.data}, target {record.target}"),
        ("protocol", protocol_text(record)),
        ("started", when(record.started, now) if record.started else "not yet"),
        ("duration", duration(record.seconds(now))),
        ("data SHA-256", (record.data_sha256 or "")[:16]),
        ("test data SHA-256", (record.test_data_sha256 or "")[:16]),
        *(
            (setting_label(name), plain_value(value))
            for name, value in record.provenance.items()
            if name not in NOT_SHOWN
        ),
        *cluster_rows(state),
    ]
    notes = [line(f"note: {record.note}")] if record.note else []
    return pairs("Provenance", rows, notes)
