"""From options to a spec: a file, then a preset, then what was typed, the last word winning."""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from engine.kinds import KINDS, make_spec
from engine.specs.fields import setting_at
from engine.specs.invalid import InvalidSpec, Problem
from engine.specs.parsing import assign, assign_vary, to_fields
from engine.specs.run_spec import RunSpec
from penguin_tui.cli.output.console import WrongUse

MAX_SPEC_BYTES = 10_000_000
# options whose text is taken as it is: a path or a column name may begin with a space
VERBATIM = ("data", "target")


@dataclass(frozen=True, slots=True)
class Typed:
    """What one option said, in the order of the command line."""

    option: str
    text: str


def build_spec(
    kind: str, typed: Iterable[Typed], preset: str | None = None, file: str | None = None
) -> RunSpec:
    """The spec of `kind`; raises `WrongUse` naming the field, the value and what is allowed."""
    try:
        fields = _from_file(kind, file) if file is not None else {}
        fields |= _from_preset(kind, preset) if preset is not None else {}
        off: set[str] = set()
        for item in typed:
            fields = _with(kind, fields, item, off)
        if KINDS[kind].varies and not fields.get("vary"):
            raise _refused("vary", "a search space is required, as in --vary epochs=1..30")
        return make_spec(kind, fields)
    except InvalidSpec as error:
        raise WrongUse(error.message, error.hint) from None


def _refused(field: str, message: str) -> InvalidSpec:
    return InvalidSpec((Problem(field, message),))


def _with(kind: str, fields: dict[str, Any], item: Typed, off: set[str]) -> dict[str, Any]:
    """The fields with what was typed; `off` collects what was typed to be none."""
    if item.option == "vary":
        if not KINDS[kind].varies:
            varying = [name for name, other in KINDS.items() if other.varies]
            raise _refused("vary", f"{kind} has no search space; {', '.join(varying)} have one")
        return assign_vary(fields, [_pair("vary", item.text, "setting=range")])
    if item.option == "set":
        name, value = _pair("set", item.text, "field=value")
        _refuse_homeless(kind, fields, name, off)
        assigned = assign(KINDS[kind].spec, fields, [(name, value)])
        off.discard(name)
        if assigned.get(name, "") is None:
            off.add(name)
        return assigned
    name = _seed_field(kind) if item.option == "seed" else item.option
    if name in VERBATIM:
        return {**fields, name: item.text}
    return assign(KINDS[kind].spec, fields, [(name, item.text)])


def _refuse_homeless(kind: str, fields: dict[str, Any], name: str, off: set[str]) -> None:
    """A setting of a schedule needs that schedule to be chosen before, and none has any."""
    head, _, inner = name.partition(".")
    if inner and head in off:
        raise _refused(name, f"{head} is none; choose {head}=on before it")
    setting = setting_at(KINDS[kind].spec, head)
    if not inner or setting is None or len(setting.variants) < 2:
        return
    owners = [v for v, members in setting.variants.items() if inner in {k.name for k in members}]
    chosen = fields.get(head)
    if isinstance(chosen, dict):
        chosen = chosen.get("name")
    if owners and chosen not in owners:
        choices = " or ".join(f"{head}={owner}" for owner in owners)
        raise _refused(name, f"choose {choices} before it")


def _pair(option: str, text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise WrongUse(f"--{option}: {text[:60]!r} is not of the form {form}.")
    return name.strip(), value


def _seed_field(kind: str) -> str:
    """Kinds without a network have no seed but that of the split."""
    return "seed" if "seed" in KINDS[kind].spec.model_fields else "split_seed"


def _from_preset(kind: str, preset: str) -> dict[str, Any]:
    known = KINDS[kind].presets
    if preset not in known:
        allowed = f"one of {', '.join(known)}" if known else f"{kind} has none"
        raise _refused("preset", f"{preset[:60]!r} is not known; {allowed}")
    return dict(known[preset])


def _from_file(kind: str, file: str) -> dict[str, Any]:
    """Fields from a JSON file: a spec, or what `show --json` and `run --json` print."""
    shown = "standard input" if file == "-" else file
    try:
        fields = json.loads(_read(file, shown))
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        if reason.startswith("Exceeds the limit"):
            reason = "it holds a number of more than 4,300 digits"
        raise WrongUse(f"spec: {shown} is not JSON: {reason}") from None
    if isinstance(fields, dict) and isinstance(fields.get("spec"), dict) and "run" in fields:
        fields = fields["spec"]
    if not isinstance(fields, dict):
        raise WrongUse(f'spec: {shown} holds no object with fields, such as {{"epochs": 20}}.')
    found = fields.pop("kind", kind)
    if found != kind:
        raise WrongUse(f"spec: {shown} is for a run of kind {found!r}, not {kind!r}.")
    return fields


def _read(file: str, shown: str) -> str:
    try:
        if file == "-":
            body = sys.stdin.buffer.read(MAX_SPEC_BYTES + 1)
        else:
            with Path(file).expanduser().open("rb") as source:
                body = source.read(MAX_SPEC_BYTES + 1)
    # the home folder of somebody who is not there is a RuntimeError
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WrongUse(f"spec: {shown} cannot be read: {reason}.") from None
    if len(body) > MAX_SPEC_BYTES:
        raise WrongUse(f"spec: {shown} is larger than 10 MB, which no spec is.")
    return body.decode("utf-8-sig")


def unusual(spec: RunSpec) -> list[str]:
    """A sentence for each value that is accepted and unusual, or without effect, as in a form."""
    from penguin_tui.forms.form import entries, filled

    found = filled(spec.kind, to_fields(spec)).read().warnings
    # the run itself warns of the protocol
    return [
        f"{entry.path}: {found[name]}"
        for name, entry in entries(spec.kind).items()
        if name in found and name != "protocol"
    ]


class OrderedCommand(click.Command):
    """A command that remembers in which order its options stood."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and keep the names of the options given, in order."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        ctx.meta["order"] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def in_order(ctx: click.Context, given: dict[str, tuple[str, ...]]) -> list[Typed]:
    """What the options of `given` said, in the order of the command line."""
    waiting = {name: list(texts) for name, texts in given.items()}
    return [Typed(name, waiting[name].pop(0)) for name in ctx.meta["order"] if waiting.get(name)]
