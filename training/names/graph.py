"""The network as an ONNX graph, written node by node, with int8 weights.

Inputs: `ids`, `shapes` (int64) and `mask` (int32, 1 where there is a piece), all (batch, length);
output: `chances`, float32 (batch, length, CLASSES). Weights are int8 with one scale a column (a
row in the word embedding). Activations are uint8 with scales that were fixed beforehand: scales
found on the way would be one for the whole tensor, and what is found in a text would depend on
the texts beside it. Operators of onnxruntime's own set stand for what it would otherwise fuse.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

Array = NDArray[np.float32]
LAYERS, HEADS, EPSILON = 6, 12, 1e-12
_OWN = "com.microsoft"

Range = tuple[float, float]  # lowest and highest value of an activation
Whole = tuple[str, str, str]  # a uint8 tensor, its scale and its zero point


class Graph:
    """Collects nodes and constants; every `node` returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def node(
        self, kind: str, *inputs: str, domain: str = "", outputs: int = 1, **how: object
    ) -> str:
        base = f"n{len(self.nodes)}"
        names = [base] + [f"{base}_{extra}" for extra in range(1, outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **how))
        return base

    def constant(self, value: NDArray[np.generic]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def whole(self, x: str, span: Range) -> Whole:
        """x as uint8 over the range of values that was seen."""
        low, high = min(span[0], 0.0), max(span[1], 1e-6)
        scale = (high - low) / 255
        fixed = self.constant(np.float32(scale)), self.constant(np.uint8(round(-low / scale)))
        return self.node("QuantizeLinear", x, *fixed), *fixed

    def linear(self, x: Whole, weight: Array, bias: Array) -> str:
        """x @ weight.T + bias as float32; torch keeps weights as (out, in)."""
        number, scale = quantised(weight)
        return self.node(
            "MatMulIntegerToFloat",
            x[0],
            self.constant(number.T),
            x[1],
            self.constant(scale),
            x[2],
            self.constant(np.zeros(len(scale), np.int8)),
            self.constant(bias),
            domain=_OWN,
        )

    def added_norm(self, x: str, more: str, gamma: Array, beta: Array) -> str:
        constants = self.constant(gamma), self.constant(beta)
        return self.node(
            "SkipLayerNormalization", x, more, *constants, domain=_OWN, epsilon=EPSILON
        )


def quantised(weight: Array) -> tuple[NDArray[np.int8], Array]:
    """Rows as int8 and the scale of each row."""
    scale = np.maximum(np.abs(weight).max(1), 1e-8) / 127
    return np.round(weight / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def build(weights: Mapping[str, Array], ranges: Mapping[str, Range], longest: int) -> ModelProto:
    """The graph for windows of at most `longest` pieces.

    `ranges`: of what goes into each linear map, by its name ("layers.0.qkv").
    """
    g = Graph()
    x = _embedded(g, weights, longest)
    for number in range(LAYERS):
        x = _layer(g, x, weights, ranges, f"layers.{number}.")
    head = g.node("MatMul", x, g.constant(weights["head.weight"].T))
    scores = g.node("Add", head, g.constant(weights["head.bias"]))
    g.nodes.append(helper.make_node("Softmax", [scores], ["chances"], axis=-1))
    return _model(g, weights["head.bias"].shape[0])


def _embedded(g: Graph, weights: Mapping[str, Array], longest: int) -> str:
    table, scale = quantised(weights["words.weight"])
    rows = g.node("Cast", g.node("Gather", g.constant(table), "ids"), to=TensorProto.FLOAT)
    scales = g.node("Gather", g.constant(scale.astype(np.float16)[:, None]), "ids")
    words = g.node("Mul", rows, g.node("Cast", scales, to=TensorProto.FLOAT))
    shapes = g.node("Gather", g.constant(weights["shapes.weight"]), "shapes")
    zero, one = g.constant(np.array([0], np.int64)), g.constant(np.array([1], np.int64))
    length = g.node("Slice", g.node("Shape", "ids"), one, g.constant(np.array([2], np.int64)))
    places = g.node("Slice", g.constant(weights["places.weight"][:longest]), zero, length)
    total = g.node("Add", g.node("Add", words, shapes), places)
    gamma, beta = g.constant(weights["norm.weight"]), g.constant(weights["norm.bias"])
    return g.node("LayerNormalization", total, gamma, beta, axis=-1, epsilon=EPSILON)


def _layer(g: Graph, x: str, w: Mapping[str, Array], ranges: Mapping[str, Range], name: str) -> str:
    def linear(value: str, part: str) -> str:
        whole = g.whole(value, ranges[name + part])
        return g.linear(whole, w[f"{name}{part}.weight"], w[f"{name}{part}.bias"])

    def norm(value: str, part: str) -> str:
        return g.added_norm(x, value, w[f"{name}{part}.weight"], w[f"{name}{part}.bias"])

    qkv = g.node("Split", linear(x, "qkv"), axis=-1, outputs=3)
    heads = g.node(
        "MultiHeadAttention", qkv, f"{qkv}_1", f"{qkv}_2", "", "mask", domain=_OWN, num_heads=HEADS
    )
    x = norm(linear(heads, "out"), "norm1")
    up = g.node("Gelu", linear(x, "up"), domain=_OWN)
    return norm(linear(up, "down"), "norm2")


def _model(g: Graph, classes: int) -> ModelProto:
    kinds = {"ids": TensorProto.INT64, "shapes": TensorProto.INT64, "mask": TensorProto.INT32}
    integers = [
        helper.make_tensor_value_info(name, kind, ["batch", "length"])
        for name, kind in kinds.items()
    ]
    chances = helper.make_tensor_value_info(
        "chances", TensorProto.FLOAT, ["batch", "length", classes]
    )
    graph = helper.make_graph(g.nodes, "names", integers, [chances], g.constants)
    sets = [helper.make_opsetid("", 17), helper.make_opsetid(_OWN, 1)]
    model = helper.make_model(graph, opset_imports=sets, ir_version=9)
    checker.check_model(model)
    return model
