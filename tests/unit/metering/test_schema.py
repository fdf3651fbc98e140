"""The published schema says what the reader does."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.unit.metering.made import AT, event

from accord.metering.events import checks, reasons
from accord.metering.reading import read_lines
from accord.metering.schema import event_schema
from accord.terms.territory import TERRITORIES

VALID = Draft202012Validator(event_schema())
VALUES: dict[str, list[object]] = {
    "source": [None, "", "s", "a b", "x" * 201, 3],
    "id": [None, "", "1", "a\nb", "x" * 200, "x" * 201, 1],
    "kind": [None, "listen", "void", "train-run", "hum", 5],
    "feature": [None, "", "blend", ["blend"]],
    "creation": [None, "", "cre_1"],
    "user": [None, "u1", "ann@example.org"],
    "territory": [None, "DE", "de", "Germany"],
    "seconds": [None, 0, 86_400, 86_401, -1, 2**63, "30", 1.5],
    "revenue_micros": [None, 0, 2**63 - 1, 2**63, -1],
    "session": [None, "s\x00", "s1"],
    "corrects": [None, "", "e0"],
}


def enveloped(flat: dict) -> dict:
    """The same event in a CloudEvents envelope."""
    outer = {"specversion": "1.0", "type": f"org.accord.usage.{flat.get('kind')}", "time": flat["at"]}
    named = {name: flat[name] for name in ("source", "id") if name in flat}
    inner = {name: value for name, value in flat.items() if name not in ("source", "id", "kind", "at")}
    return outer | named | {"data": inner}


def taken(made: dict) -> bool:
    """Whether the reader and the checks take a line, of a sender that names no source of its own."""
    table, rejected = read_lines([json.dumps(made).encode()], "sender")
    return not rejected and not reasons(table, checks(frozenset(TERRITORIES), AT))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 9), max_size=3), st.booleans())
def test_the_schema_and_the_reader_agree(changes, envelope):
    """A good event with up to three of its fields changed, flat or enveloped: valid by one is taken by the other."""
    made = event("e1")
    for name, choice in changes.items():
        value = VALUES[name][choice % len(VALUES[name])]
        made = {key: old for key, old in made.items() if key != name} | ({} if value is None else {name: value})
    if made.get("corrects") == made.get("id"):
        return
    if envelope:
        made = enveloped(made)
    assert VALID.is_valid(made) == taken(made), json.dumps(made)


@pytest.mark.django_db
def test_the_schema_is_published():
    """By its own address, and in the API's description of the operation that takes events."""
    assert Client().get("/v1/usage/schema").json() == event_schema()
    api = Client().get("/v1/openapi.json").json()
    body = api["paths"]["/v1/usage"]["post"]["requestBody"]["content"]
    assert body["application/cloudevents-batch+json"]["schema"]["items"] == event_schema()
