"""Slots: the few words in which engines differ."""

from __future__ import annotations

from hashlib import sha256

import pytest

from accord.engine.dialect import Dialect, Rule, render
from accord.engine.running import open_engine, rule
from accord.terms.refusal import BadInput


def test_the_same_rule_speaks_both_dialects():
    """Wide integers and whole division are the engine's own words."""
    text = Rule("r/x", "SELECT CAST(a AS {i128}) {floordiv} b, a {mod} b FROM t")
    assert render(text, Dialect.DUCKDB) == "SELECT CAST(a AS HUGEINT) // b, a % b FROM t"
    assert render(text, Dialect.SPARK) == "SELECT CAST(a AS DECIMAL(38,0)) DIV b, a % b FROM t"


def test_a_slot_without_a_value_is_a_mistake():
    """Nothing runs half-filled."""
    with pytest.raises(ValueError, match="slots without a value: group"):
        render(Rule("r/x", "SELECT {group} FROM t"), Dialect.DUCKDB)


def test_a_slot_holds_names_and_commas_only():
    """No text can be smuggled into a rule."""
    with pytest.raises(ValueError, match="cannot hold"):
        render(Rule("r/x", "SELECT {group} FROM t"), Dialect.DUCKDB, {"group": "a; DROP TABLE t"})


def test_a_rules_hash_is_of_its_text_as_filed():
    """The fact of a run names the text that anybody can read, slots open, on every engine."""
    filed = rule("payouts/split", "first")
    assert "{i128}" in filed.text and filed.digest == "sha256:" + sha256(filed.text.encode()).hexdigest()


def test_an_unknown_engine_is_bad_input():
    """It says what engines there are."""
    with pytest.raises(BadInput, match="`mysql` is not an engine"), open_engine("mysql"):
        pass
