"""Avro files: sessions of an Empatica EmbracePlus, and exports of ActiGraph's CentrePoint.

Both are containers of records; which of the two a file is, its schema says.
"""

from __future__ import annotations

from ..model import Health, ReadOptions, RecordingError
from ..place import Place
from ..source import ByteSource
from .avro_centrepoint import CentrePointReader, open_centrepoint
from .avro_container import MARK, Container
from .avro_embraceplus import EmbracePlusReader, open_embraceplus
from .avro_schema import SchemaError

_REMEDY = (
    "readable are sessions of an Empatica EmbracePlus, and CentrePoint exports with a record per "
    "sample; export others as CSV"
)


def sniff(head: bytes) -> bool:
    """Whether the first bytes are those of an Avro container."""
    return head.startswith(MARK)


def open_reader(
    path: Place,
    options: ReadOptions,  # noqa: ARG001 (the file knows)
) -> EmbracePlusReader | CentrePointReader:
    """Read the schema and the first record.

    Raises
    ------
    RecordingError
        If the header is damaged, the schema is another one, or not one record can be read.
    """
    with ByteSource(path) as source:
        schema = Container(source, Health()).schema
    try:
        reader = open_embraceplus(path, schema) or open_centrepoint(path, schema)
    except SchemaError as error:
        raise RecordingError(
            path, f"has an Avro schema that {error}", offset=0, remedy=_REMEDY
        ) from error
    if reader is None:
        raise RecordingError(path, "is an Avro file of other records", offset=0, remedy=_REMEDY)
    return reader
