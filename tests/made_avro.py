"""Avro files made by another library, with the fields of real ones that matter here."""

from __future__ import annotations

import io

import fastavro
import made_recordings as made
import numpy as np

SYNC = bytes(range(0xE0, 0xF0))

_VERSION = {
    "type": "record",
    "name": "Version",
    "fields": [{"name": part, "type": "int"} for part in ("major", "minor", "patch")],
}
_IMU = {
    "type": "record",
    "name": "ImuParams",
    "fields": [
        *(
            {"name": name, "type": "int"}
            for name in ("physicalMin", "physicalMax", "digitalMin", "digitalMax")
        ),
        {"name": "conversionFactor", "type": "float"},
    ],
}
_MOTION = {
    "type": "record",
    "name": "InertialMeasurement",
    "fields": [
        {"name": "timestampStart", "type": "long"},
        {"name": "samplingFrequency", "type": "float"},
        {"name": "imuParams", "type": _IMU},
        *({"name": axis, "type": {"type": "array", "items": "int"}} for axis in "xyz"),
    ],
}
_TAGS = {
    "type": "record",
    "name": "Tags",
    "fields": [{"name": "tagsTimeMicros", "type": {"type": "array", "items": "long"}}],
}
EMBRACEPLUS = {
    "type": "record",
    "name": "Session",
    "namespace": "empatica.format.avro",
    "fields": [
        {"name": "schemaVersion", "type": _VERSION},
        {"name": "fwVersion", "type": "Version"},
        {"name": "timezone", "type": "int"},
        {
            "name": "enrollment",
            "type": {
                "type": "record",
                "name": "Enrollment",
                "fields": [{"name": "participantID", "type": "string"}],
            },
        },
        {"name": "deviceSn", "type": "string"},
        {
            "name": "rawData",
            "type": {
                "type": "record",
                "name": "RawData",
                "fields": [
                    {"name": "tags", "type": _TAGS},
                    {"name": "gyroscope", "type": _MOTION},
                    {"name": "accelerometer", "type": "InertialMeasurement"},
                ],
            },
        },
    ],
}
CENTREPOINT = {
    "type": "record",
    "name": "AccelerometerSensorDataRecord",
    "namespace": "ActiGraph.ProcessedEvents.Storage.Models",
    "fields": [
        {"name": name, "type": kind}
        for name, kind in (
            *((axis, "double") for axis in "XYZ"),
            ("IsLatched", "boolean"),
            ("SampleOrder", "int"),
            ("StudyId", "int"),
            ("SubjectId", "long"),
            ("MonitorSerial", "string"),
            ("Sensor", "string"),
            ("Timestamp", "long"),
        )
    ],
}


def container(schema, records, *, codec="deflate", block_bytes=16_000):
    """An Avro file; a block is closed when it has so many bytes."""
    memory = io.BytesIO()
    fastavro.writer(
        memory,
        schema,
        records,
        codec=codec,
        sync_interval=block_bytes,
        sync_marker=SYNC,
        validator=False,
    )
    return memory.getvalue()


def header_of(content):
    """What stands before the first block."""
    return content[: content.index(SYNC) + len(SYNC)]


def blocks_of(content):
    """The blocks of a file, each with the mark at its end."""
    return [block + SYNC for block in content.split(SYNC)[1:-1]]


def session(codes, *, rate_hz=64.0, start_ns=made.T0_NS, zone_s=0, range_g=128, **accelerometer):
    """A record of an EmbracePlus at the start of whose samples UTC is ``start_ns``."""
    ends = {"digitalMin": -32_768, "digitalMax": 32_768, "conversionFactor": 0.0}
    still = {
        "timestampStart": 0,
        "samplingFrequency": 0.0,
        "imuParams": dict.fromkeys((*ends, "physicalMin", "physicalMax"), 0),
        **{axis: [] for axis in "xyz"},
    }
    measured = {
        "timestampStart": start_ns // 1000,
        "samplingFrequency": rate_hz,
        "imuParams": {"physicalMin": -range_g, "physicalMax": range_g, **ends},
        **{axis: codes[:, k].tolist() for k, axis in enumerate("xyz")},
        **accelerometer,
    }
    version = {"major": 4, "minor": 41, "patch": 4}
    return {
        "schemaVersion": version,
        "fwVersion": version,
        "timezone": zone_s,
        "enrollment": {"participantID": "P 7"},
        "deviceSn": "3YK",
        "rawData": {
            "tags": {"tagsTimeMicros": [1, 2**50]},
            "gyroscope": still,
            "accelerometer": measured,
        },
    }


def embraceplus(codes, *, codec="deflate", **changes):
    """A file of one record."""
    return container(EMBRACEPLUS, [session(codes, **changes)], codec=codec)


def samples(accel_g, *, start_ns=made.T0_NS, held=()):
    """Records of CentrePoint, one per sample, of which some are marked as held."""
    first, rest = divmod(start_ns * 32, 10**9)
    assert rest == 0
    return [
        {
            **dict(zip("XYZ", row, strict=True)),
            "IsLatched": k in held,
            "SampleOrder": (first + k) % 32,
            "StudyId": 12,
            "SubjectId": 345,
            "MonitorSerial": "MOS2D",
            "Sensor": "ADXL",
            "Timestamp": (first + k) // 32,
        }
        for k, row in enumerate(np.asarray(accel_g).tolist())
    ]


def centrepoint(accel_g, *, codec="deflate", block_bytes=2000, **changes):
    """A file of a record per sample."""
    return container(CENTREPOINT, samples(accel_g, **changes), codec=codec, block_bytes=block_bytes)
