"""A quick, bounded look at a CSV file: its columns, and how it is written.

Without any heavy library, so that a form can offer the columns and a run can be
refused before the engine has loaded anything.
"""

from engine.sources.encoding import Encoded, locate, shown
from engine.sources.inspect import MAX_BYTES, CsvFacts, check_column, peek
from engine.sources.sniff import Dialect

__all__ = ["MAX_BYTES", "CsvFacts", "Dialect", "Encoded", "check_column", "locate", "peek", "shown"]
