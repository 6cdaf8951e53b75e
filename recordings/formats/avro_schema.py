"""From the schema of an Avro file to a program that walks its records.

See :mod:`recordings.kernels.avro` for the operations. Named types are written out wherever they are
used, so a schema that contains itself has no program; none of the formats that are read has one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..kernels import avro

MOST_TYPES = 4096
"""Written out; the schemas that are read have some hundred."""

Kind = Literal["number", "text", "integers"]

_FIXED = {
    "float": (avro.FLOAT, 4),
    "double": (avro.DOUBLE, 8),
    "boolean": (avro.BOOLEAN, 1),
}
_SIMPLE = (avro.INT, avro.FLOAT, avro.DOUBLE, avro.BOOLEAN, avro.SKIP)


class SchemaError(ValueError):
    """A schema that is none, or that has no program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How to walk the records of a schema, and where the wanted values go."""

    name: str
    """Of the record."""
    rows: NDArray[np.int64]
    slots: Mapping[str, tuple[Kind, int]]
    """Kind and first column of those wanted fields that the schema has, by their dotted path."""
    width: int
    """Columns."""

    def has(self, fields: Mapping[str, Kind]) -> bool:
        """Whether all these fields are there, and of these kinds."""
        return all(path in self.slots and self.slots[path][0] == k for path, k in fields.items())

    def number(self, values: NDArray[np.float64], path: str) -> float:
        """Return a number of a record, NaN if the record does not have it."""
        kind, column = self.slots.get(path, ("", 0))
        return float(values[column]) if kind == "number" else np.nan

    def text(self, values: NDArray[np.float64], path: str, data: NDArray[np.uint8]) -> str:
        """Return a text of a record that was walked in ``data``, empty if it does not have it."""
        kind, column = self.slots.get(path, ("", 0))
        if kind != "text" or not 0 <= values[column] <= len(data):
            return ""
        start, length = values[column : column + 2].astype(np.int64)
        return data[start : start + length].tobytes().decode("utf-8", "replace")


@lru_cache(maxsize=8)
def compile_schema(text: bytes, wanted: frozenset[str]) -> Program:
    """Make the program for a schema.

    Parameters
    ----------
    text
        The schema as JSON.
    wanted
        Dotted paths of fields, such as ``rawData.accelerometer.x``. A path leads through records
        and, as if they were not there, through unions.

    Raises
    ------
    SchemaError
        If the text is no schema of a record, or too long or nested too deep, or contains itself.
    """
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemaError("is no JSON") from error
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise SchemaError("is not that of a record")
    compiler = _Compiler(wanted)
    try:
        compiler.add(schema, "", ())
    except RecursionError as error:
        raise SchemaError("is nested too deep") from error
    compiler.row(avro.END)
    return Program(
        name=str(schema.get("name")),
        rows=np.array(compiler.rows, np.int64),
        slots=compiler.slots,
        width=compiler.width,
    )


@dataclass(slots=True)
class _Compiler:
    wanted: Collection[str]
    rows: list[list[int]] = field(default_factory=list)
    slots: dict[str, tuple[Kind, int]] = field(default_factory=dict)
    width: int = 0
    _named: dict[str, dict[str, Any]] = field(default_factory=dict)
    _around: list[str] = field(default_factory=list)
    """Names of the records around the present place."""
    _loops: int = 0
    """Arrays and maps around it."""
    _types: int = 0

    def row(self, operation: int, argument: int = 0, slot: int = -1) -> list[int]:
        """Append a row; its argument may be filled in later."""
        self.rows.append([operation, argument, slot])
        return self.rows[-1]

    def add(self, schema: object, space: str, path: tuple[str, ...]) -> None:
        """Append what walks a value of a type.

        ``space`` is the namespace in which its names are to be understood.
        """
        self._types += 1
        if self._types > MOST_TYPES:
            raise SchemaError("is too long")
        if isinstance(schema, list):
            self._union(schema, space, path)
        elif isinstance(schema, dict):
            self._complex(schema, space, path)
        elif schema in ("int", "long"):
            self.row(avro.INT, 0, self._slot("number", path))
        elif schema in ("string", "bytes"):
            self.row(avro.BYTES, 0, self._slot("text", path))
        elif isinstance(schema, str) and schema in _FIXED:
            self.row(*_FIXED[schema], self._slot("number", path))
        elif schema != "null":
            self._complex(self._known(schema, space), space, path)

    def _complex(self, schema: Mapping[str, Any], space: str, path: tuple[str, ...]) -> None:
        kind = schema.get("type")
        if kind in ("record", "enum", "fixed"):
            full = _full_name(schema, space)
            self._named[full] = {**schema, "name": full, "namespace": ""}
            if kind == "record":
                self._record(schema, full, path)
            elif kind == "enum":
                self.row(avro.INT)
            elif size := _whole(schema.get("size")):
                self.row(avro.SKIP, size)
        elif kind == "array":
            self._array([schema.get("items")], space, path)
        elif kind == "map":
            self._array(["string", schema.get("values")], space, path)
        else:
            self.add(kind, space, path)

    def _record(self, schema: Mapping[str, Any], full: str, path: tuple[str, ...]) -> None:
        if full in self._around:
            raise SchemaError(f"contains {full!r} in itself")
        self._around.append(full)
        for name, kind in _fields(schema):
            self.add(kind, full.rpartition(".")[0], (*path, name))
        self._around.pop()

    def _union(self, branches: list[object], space: str, path: tuple[str, ...]) -> None:
        self.row(avro.UNION, len(branches))
        starts = [self.row(avro.JUMP) for _ in branches]
        ends = []
        for start, branch in zip(starts, branches, strict=True):
            start[1] = len(self.rows)
            self.add(branch, space, path)
            ends.append(self.row(avro.JUMP))
        for end in ends:
            end[1] = len(self.rows)

    def _array(self, parts: list[object], space: str, path: tuple[str, ...]) -> None:
        """Append an array whose items consist of parts; simple items have operations of their own.

        A loop whose items take no bytes would never end.
        """
        self._loops += 1
        if self._loops > avro.DEEPEST:
            raise SchemaError("is nested too deep")
        first = len(self.rows)
        self.row(avro.LOOP)
        following = self.row(avro.NEXT)
        for part in parts:
            self.add(part, space, (*path, "[]"))
        self._loops -= 1
        items = self.rows[first + 2 :]
        if len(items) > 1 or (items and items[0][0] not in _SIMPLE):
            self.row(avro.JUMP, first + 1)
            following[1] = len(self.rows)
            return
        del self.rows[first:]
        if items and items[0][0] == avro.INT:
            self.row(avro.INTS, 0, self._slot("integers", path))
        else:
            self.row(avro.ITEMS, items[0][1] if items else 0)

    def _slot(self, kind: Kind, path: tuple[str, ...]) -> int:
        """Return the column for a field, -1 if it is not wanted."""
        dotted = ".".join(path)
        if dotted not in self.wanted:
            return -1
        if dotted not in self.slots:
            self.slots[dotted] = kind, self.width
            self.width += 1 if kind == "number" else 2
        known, slot = self.slots[dotted]
        return slot if kind == known else -1

    def _known(self, name: object, space: str) -> dict[str, Any]:
        """Return the type that was given a name before."""
        for full in (f"{space}.{name}", name):
            if isinstance(full, str) and full in self._named:
                return self._named[full]
        raise SchemaError(f"does not say what {name!r} is")


def _full_name(schema: Mapping[str, Any], space: str) -> str:
    name, stated = schema.get("name"), schema.get("namespace", space)
    if not isinstance(name, str) or not isinstance(stated, str):
        raise SchemaError("has a type without a name")
    return name if "." in name or not stated else f"{stated}.{name}"


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield name and type of the fields of a record."""
    fields = schema.get("fields")
    for each in fields if isinstance(fields, list) else [None]:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise SchemaError("has a record without fields")
        yield each["name"], each.get("type")


def _whole(size: object) -> int:
    """Return the size of a fixed type."""
    if not isinstance(size, int) or not 0 <= size < avro.LARGEST:
        raise SchemaError(f"has a size of {size!r}")
    return size
