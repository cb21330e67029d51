"""The summary of a run: what it came to, what took effect, what was requested, provenance."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from engine.results.describe import DescribeResult
from engine.results.scores import Scored
from engine.results.search import ReproduceResult, SearchResult, SweepResult
from engine.runs.state import RunState
from engine.specs.fields import settings_of
from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from engine.specs.typed_text import show
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, line, muted, pairs
from penguin_tui.presentation.data_report import data_block
from penguin_tui.presentation.network import effective_block
from penguin_tui.presentation.scores import class_block, score_block
from penguin_tui.presentation.search import search_blocks
from penguin_tui.presentation.setting_text import range_text, setting_label
from penguin_tui.presentation.sweep import chosen_line, picture_of
from penguin_tui.presentation.text import duration, sanitize, when
from penguin_tui.presentation.words import protocol_text

# names of the file and of what was typed, which the other lines say
NOT_SHOWN = ("argv",)
# results that have blocks of their own
KNOWN = (Scored, DescribeResult, ReproduceResult)


def summary_blocks(record: RunRecord, state: RunState, now: float) -> list[Block]:
    """The whole summary as of `now`, in seconds since 1970."""
    return [
        *result_blocks(record, state),
        effective_block(state),
        settings_block(record),
        provenance_block(record, now),
    ]


def result_blocks(record: RunRecord, state: RunState) -> Iterator[Block]:
    """What the run came to, as far as it fits into a summary."""
    result = state.result
    if isinstance(result, SweepResult) and (picture := picture_of(record, state)):
        yield Block("Result of the sweep", (chosen_line(picture),))
    if isinstance(result, SearchResult):
        yield from search_blocks(record, result)
    if isinstance(result, Scored):
        yield score_block(record, result)
        yield class_block(result)
    if isinstance(result, DescribeResult):
        yield data_block(result)
    if isinstance(result, BaseModel) and not isinstance(result, KNOWN):
        yield _fields_block(result)
    if result is None and record.live:
        yield Block(lines=(muted("The scores are shown when the run has finished."),))


def _fields_block(result: BaseModel) -> Block:
    """A result of a kind that has no blocks of its own: its fields."""
    fields = result.model_dump(mode="json", exclude={"kind"})
    rows = ((setting_label(name), sanitize(_plain(value), 120)) for name, value in fields.items())
    return pairs("Result", rows)


def settings_block(record: RunRecord) -> Block:
    """What was requested beyond the defaults."""
    rows = changed_settings(record.spec)
    varied = to_fields(record.spec).get("vary", {})
    rows += [
        (f"search space: {setting_label(n)}", sanitize(range_text(d))) for n, d in varied.items()
    ]
    rest = "Other settings: default." if rows else "All settings: default."
    return pairs("Settings", rows, [muted(rest)])


def changed_settings(spec: RunSpec) -> list[tuple[str, str]]:
    """Names and values of the settings that are not at their default."""
    found = []
    for setting in settings_of(type(spec)):
        value = getattr(spec, setting.name)
        if value != setting.default and setting.name != "vary":
            found.append((setting_label(setting.name), sanitize(_value(value))))
    return found


def _value(value: Any) -> str:
    """A value of a spec; of a schedule or of early stopping its name and its own settings."""
    if not isinstance(value, BaseModel):
        return show(list(value) if isinstance(value, tuple) else value) or "none"
    fields = value.model_dump(mode="json")
    name = str(fields.pop("name", "on")).replace("_", " ")
    inner = ", ".join(f"{setting_label(key)} {show(item)}" for key, item in fields.items())
    return f"{name} ({inner})" if inner else name


def provenance_block(record: RunRecord, now: float) -> Block:
    """From what and by what the run was made."""
    rows = [
        ("data", f"{sanitize(record.data)}, target {sanitize(record.target)}"),
        ("protocol", protocol_text(record)),
        ("started", when(record.started, now) if record.started else "not yet"),
        ("duration", duration(record.seconds(now))),
        ("data SHA-256", (record.data_sha256 or "")[:16]),
        *(
            (setting_label(name), sanitize(_plain(value)))
            for name, value in record.provenance.items()
            if name not in NOT_SHOWN
        ),
    ]
    notes = [line(f"note: {sanitize(record.note)}")] if record.note else []
    return pairs("Provenance", rows, notes)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {text}" for name, text in value.items())
    return show(value)
