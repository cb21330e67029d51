"""The configuration of every kind of run, declared once.

A spec is a frozen value that survives JSON: forms, command line options, the
store and the jobs all read the same declaration. Fields are flat, so that
`--set epochs=20`, a form field and the stored JSON share their names.
"""

from engine.specs.base import MAX_SEED, Frozen, InvalidSpec
from engine.specs.baseline import BaselineSpec
from engine.specs.data import PENGUINS, DataSpec
from engine.specs.describe import DescribeSpec
from engine.specs.network import EarlyStopping, NetworkSpec
from engine.specs.parsing import assign, assign_vary, to_fields
from engine.specs.reproduce import ReproduceSpec
from engine.specs.run_spec import RunSpec
from engine.specs.schedules import CosineRestarts, planned_rates
from engine.specs.searches import GridSearchSpec, HyperbandSpec, RandomSearchSpec
from engine.specs.sweep import SweepSpec
from engine.specs.train import TrainSpec
from engine.specs.varied_settings import DERIVED, variable_settings, with_settings
from engine.specs.varying import VaryingSpec

__all__ = [
    "DERIVED",
    "MAX_SEED",
    "PENGUINS",
    "BaselineSpec",
    "CosineRestarts",
    "DataSpec",
    "DescribeSpec",
    "EarlyStopping",
    "Frozen",
    "GridSearchSpec",
    "HyperbandSpec",
    "InvalidSpec",
    "NetworkSpec",
    "RandomSearchSpec",
    "ReproduceSpec",
    "RunSpec",
    "SweepSpec",
    "TrainSpec",
    "VaryingSpec",
    "assign",
    "assign_vary",
    "planned_rates",
    "to_fields",
    "variable_settings",
    "with_settings",
]
