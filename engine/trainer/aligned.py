"""Arrays that a compiled program reads where they lie.

XLA takes over an array whose first byte is a multiple of 64, in 3 µs whatever its size. Any other
is copied, and one above 100 kB by another thread, for which the program then waits.
"""

import functools
import itertools
import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_BOUNDARY: Final = 64


def empty(shape: tuple[int, ...], dtype: npt.DTypeLike = np.float32) -> np.ndarray[Any, Any]:
    """As `numpy.empty`. It is not to be changed any more once a program was given it."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    raw, start = _raw(size)
    return np.ndarray(shape, dtype, raw, start)


def filled(shapes: tuple[tuple[int, ...], ...], value: float) -> list[np.ndarray[Any, Any]]:
    """float32 arrays of `shapes` that hold `value` throughout, as `empty`.

    They lie in one piece of memory: a training needs dozens of them, and an allocation of its own
    for each takes longer than what is written.
    """
    *places, size = _places(shapes)
    raw, start = _raw(size)
    np.ndarray(size // 4, np.float32, raw, start).fill(value)
    return [
        np.ndarray(shape, np.float32, raw, start + place)
        for shape, place in zip(shapes, places, strict=True)
    ]


def _raw(size: int) -> tuple[np.ndarray[Any, Any], int]:
    """Memory for `size` bytes, and where in it a boundary is."""
    raw = np.empty(size + _BOUNDARY, np.uint8)
    return raw, -raw.ctypes.data % _BOUNDARY


@functools.lru_cache(256)
def _places(shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """Where arrays of `shapes` begin if each lies on a boundary, and where they all end; bytes."""
    sizes = (-(-math.prod(shape) * 4 // _BOUNDARY) * _BOUNDARY for shape in shapes)
    return tuple(itertools.accumulate(sizes, initial=0))
