"""An ONNX graph as it grows: inputs, constants, nodes; each has a name of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Name = str
# what ONNX Runtime has had for years
OPSET: Final = 17
OPSET_ML: Final = 3
IR_VERSION: Final = 8
_TYPES: Final = {"float": "FLOAT", "double": "DOUBLE", "int64": "INT64", "string": "STRING"}


class Graph:
    """Nodes in the order in which they are computed. Needs the package onnx."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._count = 0

    def input(self, name: str, kind: str) -> Name:
        """A column [rows, 1] of that name, which is the graph's to choose no other by."""
        from onnx import helper

        self._inputs.append(helper.make_tensor_value_info(name, self._type(kind), ["rows", 1]))
        return name

    def constant(self, value: npt.ArrayLike) -> Name:
        """A number or an array."""
        from onnx import numpy_helper

        name = self._name("constant")
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator: str, *inputs: Name, domain: str = "", **attributes: Any) -> Name:
        """The output of a node."""
        from onnx import helper

        name = self._name(operator)
        self._nodes.append(
            helper.make_node(operator, list(inputs), [name], name, domain=domain, **attributes)
        )
        return name

    def cast(self, value: Name, kind: str) -> Name:
        """A value in another type."""
        return self.add("Cast", value, to=self._type(kind))

    def lookup(self, texts: Name, codes: Mapping[str, int], otherwise: int) -> Name:
        """The code of each text, int64."""
        return self.add(
            "LabelEncoder", texts, domain="ai.onnx.ml", keys_strings=list(codes),
            values_int64s=list(codes.values()), default_int64=otherwise,
        )  # fmt: skip

    def labels(self, codes: Name, names: Sequence[str]) -> Name:
        """The name of each code, string."""
        return self.add(
            "LabelEncoder", codes, domain="ai.onnx.ml", keys_int64s=list(range(len(names))),
            values_strings=list(names),
        )  # fmt: skip

    def output(self, name: str, value: Name, kind: str, width: int = 0) -> None:
        """Give a value out as `name`, [rows, width], or [rows] without a width."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [value], [name], f"output {name}"))
        shape: list[str | int | None] = ["rows", width] if width else ["rows"]
        self._outputs.append(helper.make_tensor_value_info(name, self._type(kind), shape))

    def to_bytes(self, name: str, producer: str) -> bytes:
        """The whole as a checked `.onnx` file."""
        import onnx
        from onnx import helper

        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", OPSET_ML)]
        model = helper.make_model(
            graph, producer_name=producer, opset_imports=opsets, ir_version=IR_VERSION
        )
        onnx.checker.check_model(model)
        body: bytes = model.SerializeToString()
        return body

    def _name(self, of: str) -> Name:
        self._count += 1
        # a column may be called like anything else
        return f"\N{MIDDLE DOT}{of} {self._count}"

    @staticmethod
    def _type(kind: str) -> int:
        from onnx import TensorProto

        found: int = getattr(TensorProto, _TYPES[kind])
        return found
