"""The cells of a CSV file, parsed by pandas in steps between which a stop is heeded."""

import io
import warnings
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.errors import DtypeWarning

from engine.data.scan import Progress, ScannedFile

# columns that are parsed at a time: of 100,000 at once the parser makes nothing but columns for
# half a minute
PARSED_COLUMNS = 2_000


def parse(
    file: ScannedFile, texts: AbstractSet[str], columns: Sequence[str], progress: Progress
) -> pd.DataFrame:
    """These columns of the file, those of `texts` as texts, the others as pandas takes them.

    `progress` is called with the fraction done; what it raises ends the parsing. Raises what
    pandas raises.
    """
    if len(columns) <= PARSED_COLUMNS:
        return _parse(file, texts, columns, progress)
    found = []
    for start in range(0, len(columns), PARSED_COLUMNS):
        group = columns[start : start + PARSED_COLUMNS]

        def of_all(done: float, start: int = start, count: int = len(group)) -> None:
            progress((start + done * count) / len(columns))

        # a copy lies together: thousands of single columns are slow to work with
        found.append(_parse(file, texts & set(group), group, of_all).copy())
    return pd.concat(found, axis=1)


def _parse(
    file: ScannedFile, texts: AbstractSet[str], columns: Sequence[str], progress: Progress
) -> pd.DataFrame:
    facts, dialect = file.facts, file.facts.dialect
    options: dict[str, Any] = {"quotechar": dialect.quote} if dialect.quote else {"quoting": 3}
    with (
        warnings.catch_warnings(),
        _HeedingFile(facts.path, file.encoded.codec, progress) as opened,
    ):
        warnings.simplefilter("ignore", DtypeWarning)
        frame: pd.DataFrame = pd.read_csv(
            opened,
            sep=dialect.delimiter,
            skipinitialspace=dialect.skip_space,
            header=0 if facts.has_header else None,
            names=list(facts.columns),
            usecols=list(columns),
            index_col=False,
            decimal=facts.decimal,
            dtype=dict.fromkeys(texts, "str"),
            engine="c",
            **options,
        )
    return frame


class _HeedingFile(io.TextIOWrapper):
    """A file that says how far it has been read; what `progress` raises ends the reading."""

    def __init__(self, path: Path, encoding: str, progress: Progress) -> None:
        self._bytes, self._size = path.open("rb"), path.stat().st_size
        self._progress = progress
        super().__init__(self._bytes, encoding=encoding, newline="")

    def read(self, size: int | None = -1, /) -> str:
        """The next characters."""
        self._progress(min(1.0, self._bytes.tell() / max(1, self._size)))
        return super().read(size)
