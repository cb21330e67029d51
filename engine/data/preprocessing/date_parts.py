"""A moment as numbers to learn from: year, month, day, weekday, hour.

What comes round again (months, weekdays, hours) becomes a point on a circle, sine and cosine, so
that December stands beside January.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]
# part -> after how many it begins again; 0 where it does not
PARTS: Mapping[str, int] = {"year": 0, "month": 12, "day": 0, "weekday": 7, "hour": 24}


def parts_of(column: "pd.Series[Any]") -> pd.DataFrame:
    """The parts of a datetime64 column, [rows] float64 each, NaN where there is no moment.

    A part that begins again is two columns, such as "month sin" and "month cos". Minutes and
    seconds are fractions of an hour.
    """
    found: dict[str, Values] = {}
    for part, period in PARTS.items():
        values = _part(column, part)
        if period:
            turn = 2 * np.pi * values / period
            found |= {f"{part} sin": np.sin(turn), f"{part} cos": np.cos(turn)}
        else:
            found[part] = values
    return pd.DataFrame(found)


def varying_parts(column: "pd.Series[Any]") -> list[str]:
    """The parts that differ between rows; the year where none does."""
    moments = column.dropna()
    varying = {part: len(np.unique(_part(moments, part))) > 1 for part in PARTS}
    names = [
        name
        for part, period in PARTS.items()
        if varying[part]
        for name in ((f"{part} sin", f"{part} cos") if period else (part,))
    ]
    return names or ["year"]


def _part(column: "pd.Series[Any]", part: str) -> Values:
    moments = column.dt
    of_part = {
        "year": lambda: moments.year,
        "month": lambda: moments.month,
        "day": lambda: moments.day,
        "weekday": lambda: moments.day_of_week,
        "hour": lambda: moments.hour + moments.minute / 60 + moments.second / 3600,
    }
    values: Values = of_part[part]().to_numpy(np.float64)
    return values
