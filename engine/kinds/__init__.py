"""The kinds of run and of query: a table of each, and what reads their values.

Nothing here imports the class of a kind before it is used.
"""

from importlib import import_module

from engine.environment.variables import TEST_KINDS
from engine.kinds.places import Libraries
from engine.kinds.queries import QUERIES, QueryKind
from engine.kinds.reading import load_spec, make_question, make_spec, read_result
from engine.kinds.runs import KINDS, Kind, label_of, varies

__all__ = [
    "KINDS", "QUERIES", "Kind", "Libraries", "QueryKind", "label_of", "load_spec",
    "make_question", "make_spec", "read_result", "varies",
]  # fmt: skip

# at the end: that module may import whatever imports this one
if _name := TEST_KINDS.value():
    _module = import_module(_name)
    KINDS.update(getattr(_module, "KINDS", {}))
    QUERIES.update(getattr(_module, "QUERIES", {}))
