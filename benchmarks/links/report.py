"""What was measured of a link as rows of a table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.links import flow, keys
from benchmarks.pages import Row

# a change of screen
CHANGE_BYTES, CHANGE_SECONDS = 4000, 0.2
# more than `ssh true`, and how far what is drawn may be behind beyond the link's own time
PAINT_SECONDS, BEHIND_SECONDS = 1.0, 0.3


@dataclass(frozen=True)
class Measured:
    """Everything about one link: bytes a second, else seconds."""

    rate: float
    rtt: float
    signs: keys.Signs
    first_paint: float
    ssh_true: float
    changes: list[flow.Change]
    ages: list[float]
    outage: flow.Outage
    load: float


def rows_of(link: Measured, sign_seconds: float | None) -> list[Row]:
    """The rows of one link; `sign_seconds` is the target for the first sign of a key."""
    name = f"{link.rate / 1000:.0f} kB/s, {link.rtt * 1000:.0f} ms: "
    every = [taken for times in link.signs.values() for taken in times]
    rows = [_signs(f"{name}key to its first sign", every, sign_seconds)]
    rows += [_signs(f"… {kind}", times, sign_seconds) for kind, times in link.signs.items()]
    rows += [*_changes(name, link), _paint(name, link), *_live(name, link)]
    return rows


def _signs(what: str, times: Sequence[float], target: float | None) -> Row:
    most, worst = _percentile(times, 0.9), _percentile(times, 0.99)
    figure = (
        f"median {statistics.median(times) * 1000:.0f} ms, 90 % {most * 1000:.0f},"
        f" 99 % {worst * 1000:.0f}, most {max(times) * 1000:.0f}"
    )
    if target is None:
        return Row(f"{what} ({len(times)} keys)", figure)
    return Row(f"{what} ({len(times)} keys)", figure, f"99 % {target * 1000:.0f} ms",
               worst <= target)  # fmt: skip


def _percentile(times: Sequence[float], part: float) -> float:
    return sorted(times)[min(len(times) - 1, int(part * len(times)))]


def _changes(name: str, link: Measured) -> list[Row]:
    sizes = [change.size for change in link.changes]
    over = [change.seconds - link.rtt - change.size / link.rate for change in link.changes]
    return [
        Row(
            f"{name}a change of screen, visited before",
            f"{min(sizes) / 1000:.1f} to {max(sizes) / 1000:.1f} kB", "4 kB",
            max(sizes) < CHANGE_BYTES,
        ),
        Row(
            "… until it is whole: more than round trip and bytes at the link's rate",
            f"median {statistics.median(over) * 1000:.0f} ms, most {max(over) * 1000:.0f}",
            f"{CHANGE_SECONDS * 1000:.0f} ms", max(over) <= CHANGE_SECONDS,
        ),
    ]  # fmt: skip


def _paint(name: str, link: Measured) -> Row:
    more = link.first_paint - link.ssh_true
    return Row(
        f"{name}first paint; `ssh true` in turn with it",
        f"{link.first_paint:.1f} s; {link.ssh_true:.1f} s", f"{PAINT_SECONDS:.0f} s more",
        more <= PAINT_SECONDS,
    )  # fmt: skip


def _live(name: str, link: Measured) -> list[Row]:
    # the way there is the link's own time
    own = link.rtt / 2
    ages = [age - own for age in link.ages]
    worst = _percentile(ages, 0.99)
    behind = link.outage.behind - own
    return [
        Row(
            f"{name}what is drawn of a live run, behind what left the engine and the way there",
            f"median {statistics.median(ages) * 1000:.0f} ms, 99 % {worst * 1000:.0f}, "
            f"most {max(ages) * 1000:.0f}",
            f"{BEHIND_SECONDS * 1000:.0f} ms", worst <= BEHIND_SECONDS,
        ),
        Row(
            f"… {flow.DOWN:.0f} s without a link: what had waited for it; the first frame then",
            f"{link.outage.outdated / 1000:.1f} kB; after {link.outage.seconds:.1f} s, "
            f"{behind * 1000:.0f} ms behind",
            f"what is on the way in a round trip ({link.rate * link.rtt / 1000:.1f} kB); "
            f"{BEHIND_SECONDS * 1000:.0f} ms",
            link.outage.outdated <= link.rate * link.rtt and behind <= BEHIND_SECONDS,
        ),
    ]  # fmt: skip
