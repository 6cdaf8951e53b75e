"""Four numbers at a time: what the compiler does not find by itself in a recursion over time.

A step of a recursion waits for the step before it, so a loop over time cannot run on vectors; the
three axes can. Each axis has a lane of its own (the fourth idles), and every lane does exactly what
the scalar formula says. Three axes of six sections then take 2.2 instead of 6.7 ns per sample.

Compiled code takes lanes to be one value of the processor's vector type. Without the compiler they
are arrays of four, and the functions are those of the second half.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic, models, register_model
from numpy.typing import NDArray

Array = NDArray[np.float64]

LANES = 4
_IR: Any = ir  # has no types
_VECTOR = _IR.VectorType(_IR.DoubleType(), LANES)
_INDEX = _IR.IntType(32)
_ALIGNED = 8
"""Bytes: as a single number, wherever in an array the lanes begin."""


class _Lanes(types.Type):
    pass


_LANES: Any = _Lanes("Lanes")


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:  # pragma: no cover (run by the compiler)
        super().__init__(manager, kind, _VECTOR)  # type: ignore[no-untyped-call]  # has no types


def _place(  # pragma: no cover (run by the compiler)
    context: Any, builder: Any, kind: Any, values: Any, i: Any
) -> Any:
    first = context.make_array(kind)(context, builder, values).data
    return builder.bitcast(builder.gep(first, [i]), _VECTOR.as_pointer())


@intrinsic
def _load(_typing: Any, values: Any, i: Any) -> Any:  # pragma: no cover (run by the compiler)
    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature.args[0], *args), align=_ALIGNED)

    return _LANES(values, i), emit


@intrinsic
def _store(  # pragma: no cover (run by the compiler)
    _typing: Any, values: Any, i: Any, lanes: Any
) -> Any:
    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], *args[:2])
        builder.store(args[2], place, align=_ALIGNED)
        return context.get_dummy_value()

    return types.void(values, i, lanes), emit


@intrinsic
def _times(_typing: Any, a: Any, b: Any) -> Any:  # pragma: no cover (run by the compiler)
    return _LANES(a, b), lambda _context, builder, _signature, args: builder.fmul(*args)


@intrinsic
def _minus(_typing: Any, a: Any, b: Any) -> Any:  # pragma: no cover (run by the compiler)
    return _LANES(a, b), lambda _context, builder, _signature, args: builder.fsub(*args)


@intrinsic
def _larger(_typing: Any, a: Any, b: Any) -> Any:  # pragma: no cover (run by the compiler)
    def emit(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return _LANES(a, b), emit


@intrinsic
def _smaller(_typing: Any, a: Any, b: Any) -> Any:  # pragma: no cover (run by the compiler)
    def emit(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", *args), *args)

    return _LANES(a, b), emit


@intrinsic
def _highest(_typing: Any, a: Any) -> Any:  # pragma: no cover (run by the compiler)
    def emit(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        most, *others = (builder.extract_element(args[0], _INDEX(k)) for k in range(LANES))
        for each in others:
            most = builder.select(builder.fcmp_ordered(">", each, most), each, most)
        return most

    return types.float64(a), emit


@intrinsic
def _square(_typing: Any, a: Any) -> Any:  # pragma: no cover (run by the compiler)
    def emit(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        squares = builder.fmul(args[0], args[0])
        x, y, z = (builder.extract_element(squares, _INDEX(k)) for k in range(3))
        return builder.fadd(builder.fadd(x, y), z)

    return types.float64(a), emit


def _load_four(values: Array, i: int) -> Array:
    return values[i : i + LANES].copy()


def _store_four(values: Array, i: int, lanes: Array) -> None:
    values[i : i + LANES] = lanes


def _times_four(a: Array, b: Array) -> Array:
    return a * b


def _minus_four(a: Array, b: Array) -> Array:
    return a - b


def _larger_four(a: Array, b: Array) -> Array:
    return np.where(a > b, a, b)


def _smaller_four(a: Array, b: Array) -> Array:
    return np.where(a < b, a, b)


def _highest_of_four(a: Array) -> float:
    return float(a.max())


def _square_three(a: Array) -> float:
    return float((a[0] * a[0] + a[1] * a[1]) + a[2] * a[2])


_COMPILED = not vars(config)["DISABLE_JIT"]

load: Any = _load if _COMPILED else _load_four
"""``load(values, i)``: ``values[i : i + 4]`` of a contiguous array."""
store: Any = _store if _COMPILED else _store_four
"""``store(values, i, lanes)``: put lanes into ``values[i : i + 4]``."""
times: Any = _times if _COMPILED else _times_four
"""``times(a, b)``: ``a * b``."""
minus: Any = _minus if _COMPILED else _minus_four
"""``minus(a, b)``: ``a - b``."""
larger: Any = _larger if _COMPILED else _larger_four
"""``larger(a, b)``: of each lane the larger."""
smaller: Any = _smaller if _COMPILED else _smaller_four
"""``smaller(a, b)``: of each lane the smaller."""
highest: Any = _highest if _COMPILED else _highest_of_four
"""``highest(a)``: the largest of the four."""
square: Any = _square if _COMPILED else _square_three
"""``square(a)``: ``(x * x + y * y) + z * z`` of the first three lanes."""
