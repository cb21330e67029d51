"""Runs side by side for programs: one JSON object, and a table of the pairs."""

from typing import Any

from engine.comparison.comparison import Comparison
from engine.comparison.pairs import Pair
from engine.exports.csv_tables import Table
from engine.exports.run_json import run_row

# the numbers of rows, which no cell has room for
_LISTS = ("rows_only_a_right", "rows_only_b_right")


def comparison_object(found: Comparison) -> dict[str, Any]:
    """The rows of the runs, the `settings` that differ by run, and the `pairs`."""
    return {
        "runs": [run_row(one.record) for one in found.outcomes],
        "settings": {
            name: {str(run): value for run, value in values.items()}
            for name, values in found.settings.items()
        },
        "pairs": [_pair(one) for one in found.pairs],
    }


def pairs_table(found: Comparison) -> Table:
    """A line for every two runs: what `comparison_object` says of them, but for lists of rows."""
    pairs = [_pair(one) for one in found.pairs]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    head = [name for name in names if name not in _LISTS]
    return head, [[pair.get(name) for name in head] for pair in pairs]


def _pair(one: Pair) -> dict[str, Any]:
    """Counts of rows, and their numbers beside them; of runs that are not paired why not."""
    if one.why_not or one.difference is None:
        return {"a": one.a, "b": one.b, "why_not": one.why_not}
    only_a, only_b = one.only_a_right, one.only_b_right
    return {
        "a": one.a,
        "b": one.b,
        "rows": one.rows,
        "only_a_right": None if only_a is None else len(only_a),
        "only_b_right": None if only_b is None else len(only_b),
        "rows_only_a_right": only_a,
        "rows_only_b_right": only_b,
        "difference": one.difference.mean,
        "difference_low": one.difference.low,
        "difference_high": one.difference.high,
        "covers": one.difference.covers,
        "p": one.p,
        "holm_p": one.holm_p,
        "verdict": one.verdict,
    }
