"""The formats that need heavy libraries, by their option in `engine.exports.formats`."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.store.store import Store

Maker = Callable[[Store, ExportRequest], Iterator[Written]]
# a module of its own each, loaded when it is asked for: TensorFlow takes seconds
MAKERS: Final = {
    "bundle": "engine.portable.bundle",
    "onnx": "engine.portable.onnx_graph",
    "litert": "engine.portable.litert",
    "tensorboard": "engine.portable.tensorboard",
    "notebook": "engine.portable.notebook",
}


def write(request: ExportRequest) -> Iterator[Written]:
    """Steps, files and notes of an export; raises EngineError where it cannot be made."""
    maker: Maker = import_module(MAKERS[request.option]).write
    with Store.open(request.home) as store:
        yield from maker(store, request)
