"""The container of a `.keras` file: a zip of JSON and HDF5, nothing pickled."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import h5py
import numpy as np

Array = np.ndarray[Any, Any]

# numbers of an array from which on compressing it wins more than it takes
_MANY = 256
# the first date that a zip can hold: the same network is the same bytes
_NO_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Variables:
    """The arrays of one layer or optimizer under its `path`, with the name that Keras shows.

    An array that is `number` everywhere is given by its shape: it takes no room.
    """

    path: str
    name: str
    arrays: Sequence[Array | tuple[int, ...]]
    number: float = 0.0


def packed(config: Mapping[str, Any], variables: Sequence[Variables]) -> bytes:
    """The file: equal arguments give equal bytes."""
    members: dict[str, str | bytes] = {
        "metadata.json": json.dumps({"keras_version": metadata.version("keras")}),
        "config.json": json.dumps(config),
        "model.weights.h5": _weights(variables),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), body, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def keras_object(module: str, class_name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """An object of Keras's as its configurations hold it."""
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def _weights(variables: Sequence[Variables]) -> bytes:
    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        for own in variables:
            group = file.create_group(f"{own.path}/vars")
            group.attrs["name"] = own.name
            for i, array in enumerate(own.arrays):
                if isinstance(array, tuple):
                    group.create_dataset(str(i), array, np.float32, fillvalue=own.number)
                else:
                    group.create_dataset(str(i), data=array, **_compression(array))
    return made.getvalue()


def _compression(array: Array) -> dict[str, Any]:
    """Bytes of equal weight together, which saves a twentieth; whatever reads HDF5 undoes it."""
    if array.size < _MANY:
        return {}
    return {"compression": 9, "shuffle": True, "chunks": array.shape}
