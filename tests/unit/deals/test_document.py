"""Terms as a document: one canonical form, and every fault named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from accord.deals import document
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet

TERMS: dict[str, Any] = {
    "licensor": "par_000001",
    "title": "Catalogue licence",
    "starts": "2026-06-01",
    "ends": "2027-06-01",
    "clauses": [
        {
            "number": "7",
            "uses": ["train"],
            "features": ["compose"],
            "territories": "WORLD-JP",
            "rights": ["master"],
            "exclusions": ["rec_9"],
            "conditions": {"credit_line": "with the artists of L"},
        }
    ],
    "remuneration": {"rate_ppm": 700000, "advance_micros": "9007199254740993", "parity": True},
}


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    """The terms with one place changed."""
    terms = copy.deepcopy(TERMS)
    at: Any = terms
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return terms


def test_a_document_survives_the_round_trip() -> None:
    """Reading the canonical text gives equal terms, amounts beyond 2⁵³ included."""
    terms = document.parse(TERMS)
    assert document.parse(document.canonical(terms)) == terms
    assert terms.remuneration.advance_micros == 9007199254740993
    assert terms.clauses[0].territories == TerritorySet.parse("WORLD-JP")


def test_the_hash_does_not_depend_on_how_it_was_written() -> None:
    """Key order, spaces and territory spelling change nothing; another rate does."""
    spelled = changed(["clauses", 0, "territories"], "worldwide - JP")
    assert document.digest(document.parse(json.dumps(spelled, indent=3))) == document.digest(document.parse(TERMS))
    other = changed(["remuneration", "rate_ppm"], 700001)
    assert document.digest(document.parse(other)) != document.digest(document.parse(TERMS))


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["exclusion"], [], "no field `exclusion`"),
        (["clauses", 0, "exclude"], [], "no field `exclude`"),
        (["clauses", 0, "conditions", "cap"], 3, "no field `cap`"),
        (["clauses", 0, "uses"], ["sing"], "invalid enum value 'sing'"),
        (["clauses", 0, "territories"], "Atlantis", "tlantis"),
        (["clauses", 0, "territories"], 7, "expected a text"),
        (["starts"], "June", "iso8601|RFC3339|date"),
        (["remuneration", "rate_ppm"], 0.7, "`0.7` is not a whole number"),
        (["remuneration"], {}, "rate_ppm"),
    ],
)
def test_a_fault_is_named(path: list[Any], value: Any, sentence: str) -> None:
    """What cannot be read is named with its place."""
    with pytest.raises(BadInput, match=sentence):
        document.parse(changed(path, value))


@pytest.mark.parametrize("text", ["", "{", "[1", b"\xff\xfe", "null", "[]", '"x"'])
def test_what_is_no_document_is_one_sentence(text: str | bytes) -> None:
    """Bytes that are no JSON object of terms raise BadInput and nothing else."""
    with pytest.raises(BadInput):
        document.parse(text)
