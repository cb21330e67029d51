"""How the cells of a table become preprocessed features, as NumPy code for scripts."""

from collections.abc import Mapping
from pprint import pformat
from typing import Any

from engine.data.preprocessing.preprocessor import CategoryColumn, DatetimeColumn, Preprocessor
from engine.portable.reading import Reading
from engine.specs.data import DataSpec


def features_code(fitted: Preprocessor, reading: Reading, *, marked: bool) -> str:
    """The columns as numbers: NaN where a number is missing, a feature for each category.

    `marked`: a number may stand for a missing value.
    """
    columns: dict[str, Any] = {}
    for column in fitted.columns:
        if isinstance(column, CategoryColumn):
            columns[column.name] = {
                "levels": list(column.levels),
                "missing": column.missing_code,
                "grouped": bool(column.grouped),
            }
        elif isinstance(column, DatetimeColumn):
            columns[column.name] = {
                "parts": [part.name for part in column.features],
                "formats": list(reading.datetimes.get(column.name, ())),
            }
        else:
            columns[column.name] = "number"
    encodings = [c.encoding for c in fitted.columns if isinstance(c, CategoryColumn)]
    dated = any(isinstance(column, DatetimeColumn) for column in fitted.columns)
    parts = [
        f"# how each column becomes features\nCOLUMNS = {as_code(columns)}\n"
        f"MISSING = {as_code(sorted(reading.missing_texts))}",
        _NUMBER.replace("DECIMAL", reading.style["decimal"]),
        *([_MOMENT] if dated else []),
        *([_ONE_HOT if "one_hot" in encodings else _ORDINAL] if encodings else []),
        *([_KNOWN] if marked else []),
        _COLUMN.replace("SCALED", str("one_hot" not in encodings)).replace(
            "KNOWN", "known" if marked else ""
        ),
        _ALL,
    ]
    return "\n\n\n".join(parts)


_NUMBER = '''\
def number(cell):
    """NaN where a cell holds no number."""
    text = re.sub("[\u2212\u2013\u2012\uff0d]", "-", cell.strip())
    found = re.search(r"[DECIMAL]?[0-9][0-9.,' \u00a0\u2009\u202f\u2019]*([eE][+-]?[0-9]+)?", text)
    if cell in MISSING or not found:
        return math.nan
    # what stands between thousands is left out; a currency or per cent stands around the digits
    digits = re.sub(r"[^0-9eEDECIMAL+-]", "", found[0]).replace("DECIMAL", ".")
    around = text[: found.start()] + text[found.end() :]
    try:
        return -float(digits) if "-" in around or "(" in around else float(digits)
    except ValueError:
        return math.nan'''
_KNOWN = '''\
def known(numbers):
    """Without a lowest number such as -999 that stands for a missing value."""
    marked = numbers == np.nanmin(numbers)
    lowest, others = numbers[marked][0], numbers[~marked & ~np.isnan(numbers)]
    if lowest in (-99, -999, -9999, -99999, -99.9, -999.9, -9999.9) and marked.sum() > 1:
        if len(others) and others.min() >= lowest / 10:
            numbers[marked] = np.nan
    return numbers'''
_CODES = """\
    codes = {level: code for code, level in enumerate(levels)}
    unknown = len(levels) if grouped else -1
    found = [missing if cell in MISSING else codes.get(cell, unknown) for cell in cells]"""
_ONE_HOT = f'''\
def categories(cells, levels, missing, grouped):
    """A feature for each category."""
{_CODES}
    return np.array(found)[:, None] == np.arange(len(levels) + grouped)'''
_ORDINAL = f'''\
def categories(cells, levels, missing, grouped):
    """The codes of categories."""
{_CODES}
    return np.array(found, float)[:, None]'''
_COLUMN = '''\
def features(name, how):
    """The features of a column [rows, features], and whether they are scaled."""
    cells = [row[place[name]] for row in rows]
    if how == "number":
        return KNOWN(np.array([number(cell) for cell in cells]))[:, None], True
    if "parts" in how:
        return np.array([parts(cell, how["parts"], how["formats"]) for cell in cells]), True
    return categories(cells, **how), SCALED'''
_ALL = """\
found = [features(name, how) for name, how in COLUMNS.items()]
x = np.hstack([values.astype(float) for values, _ in found])
scaled = np.hstack([np.full(values.shape[1], scales) for values, scales in found])"""
_MOMENT = '''\
def parts(cell, names, formats):
    """Year, month, day, weekday and hour of a moment; what comes round again on a circle."""
    moment = None
    for form in formats:
        try:
            moment = (
                datetime.fromisoformat(cell.strip())
                if form == "ISO8601"
                else datetime.strptime(cell.strip(), form)
            )
            break
        except ValueError:
            continue
    if moment is None:
        return [math.nan] * len(names)
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    found = {"year": moment.year, "day": moment.day}
    turns = {"month": moment.month / 12, "weekday": moment.weekday() / 7, "hour": hour / 24}
    for name, turn in turns.items():
        found[f"{name} sin"] = math.sin(2 * math.pi * turn)
        found[f"{name} cos"] = math.cos(2 * math.pi * turn)
    return [found[name] for name in names]'''


def preprocessing_code(spec: DataSpec) -> str:
    """Filling and scaling, learnt from the training rows; as published from all of them."""
    if spec.protocol == "as_published":
        return """\
# as published: means over all rows, and each set scaled by its own range (data leakage)
x = np.where(np.isnan(x), np.nanmean(x[y >= 0], axis=0), x)
for rows_of_set in (train, test):
    low, high = x[rows_of_set].min(axis=0), x[rows_of_set].max(axis=0)
    x[rows_of_set] = (x[rows_of_set] - low) / np.where(high > low, high - low, 1)
x = x.astype("float32")"""
    fill = {"mean": "np.nanmean", "median": "np.nanmedian"}[spec.imputation]
    scale = {
        "standard": """
shift, scale = x[train].mean(axis=0), x[train].std(axis=0)""",
        "min_max": """
shift, scale = x[train].min(axis=0), np.ptp(x[train], axis=0)""",
        "none": """
shift, scale = np.zeros(x.shape[1]), np.ones(x.shape[1])""",
    }[spec.scaling]
    return f"""\
# learnt from the training rows alone
known = ~np.isnan(x[train]).all(axis=0)
fill = np.zeros(x.shape[1])
fill[known] = {fill}(x[train][:, known], axis=0)
x = np.where(np.isnan(x), fill, x){scale}
shift[~scaled], scale[~scaled] = 0, 1
x = ((x - shift) / np.where(scale > 0, scale, 1)).astype("float32")"""


def as_code(value: Mapping[str, Any] | list[Any]) -> str:
    """A value of several lines as Python writes it."""
    return pformat(value, width=92, sort_dicts=False)
