"""The published schema of a usage event (JSON Schema 2020-12), made from the same constants as the checks (pure).

What it cannot say, the checks do: an instant from 2000 up to a day ahead, a territory that is one, a correction of an
event that was counted.
"""

from __future__ import annotations

from typing import Any

from accord.metering.events import KINDS, LONGEST_LISTEN_S, LONGEST_TEXT
from accord.metering.reading import TYPE_PREFIX

TEXT = {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"^[^\u0000-\u001f\u007f]*$"}
SOME = TEXT | {"minLength": 1}
WITHOUT_CREATION = ("train-run", "void")
INSTANT = {"type": "string", "format": "date-time", "description": "RFC 3339, with an offset"}
NAME = {
    "source": SOME
    | {"pattern": r"^[^\u0000-\u0020\u007f]*$", "description": "who sends; with `id` it names the event"},
    "id": SOME | {"description": "unique with `source`; ids in order of time are quickest"},
}
USE: dict[str, Any] = {
    "feature": SOME,
    "creation": TEXT | {"description": "what was used"},
    "user": TEXT | {"pattern": r"^[^\u0000-\u001f\u007f@]*$", "description": "a pseudonym"},
    "territory": SOME | {"pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"},
    "seconds": {"type": "integer", "minimum": 0, "maximum": LONGEST_LISTEN_S},
    "revenue_micros": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    "session": TEXT,
    "corrects": TEXT | {"description": "the id, of the same source, of a counted event that this one replaces"},
}


def event_schema() -> dict[str, Any]:
    """One event: flat, or as a CloudEvents 1.0 envelope with the use in `data`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A usage event",
        "oneOf": [_flat(), _enveloped()],
    }


def _flat() -> dict[str, Any]:
    return {
        "title": "flat",
        "type": "object",
        "properties": {**NAME, "kind": {"enum": list(KINDS)}, "at": INSTANT, **USE, "type": False, "data": False},
        "required": ["id", "kind", "feature", "territory", "at"],
        "allOf": [_needs("kind", list(WITHOUT_CREATION), ["void"], ())],
    }


def _enveloped() -> dict[str, Any]:
    types = {kind: TYPE_PREFIX + kind for kind in KINDS}
    inner = {"type": "object", "properties": USE, "required": ["feature", "territory"]}
    return {
        "title": "CloudEvents 1.0",
        "type": "object",
        "properties": {
            **NAME,
            "specversion": {"const": "1.0"},
            "type": {"enum": list(types.values())},
            "time": INSTANT,
            "data": inner,
        },
        "required": ["id", "source", "specversion", "type", "time", "data"],
        "allOf": [_needs("type", [types[kind] for kind in WITHOUT_CREATION], [types["void"]], ("data",))],
    }


def _needs(field: str, without: list[str], voids: list[str], inside: tuple[str, ...]) -> dict[str, Any]:
    """A use names its creation, a `void` what it takes back; `inside` is where these stand."""

    def required(name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"required": [name], "properties": {name: {"minLength": 1}}}
        for outer in reversed(inside):
            found = {"properties": {outer: found}}
        return found

    return {
        "if": {"properties": {field: {"enum": without}}},
        "then": {"if": {"properties": {field: {"enum": voids}}}, "then": required("corrects")},
        "else": required("creation"),
    }
