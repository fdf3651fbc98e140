"""Properties of the rules that divide, at the edges of what 64 bits hold; the fifth division's beside the second's.

| law | property | test |
|---|---|---|
| 7 | a pool is split as the definition says, however large it and its weights are | test_law_7_a_pool_is_split_as_defined_whatever_it_holds |
| 7 | an attribution of any units is laid on one whole, rounded down | test_law_7_attributions_are_laid_exactly |
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.oracle import payouts as twin

from accord.engine.dialect import Rule
from accord.engine.running import Engine, open_engine
from accord.payouts.division import FIFTH
from accord.payouts.second.division import SECOND

MOST = 2**63 - 1
many = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
#: few different sizes, so that rests are often equal
sizes = st.sampled_from((1, 2, 3, 7, 1_000_003, 10**12, 2**53 + 1, MOST)) | st.integers(1, MOST)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One for all examples: tables of one replace those of the last."""
    with open_engine("duckdb") as found:
        yield found


@many
@given(
    st.lists(st.tuples(st.integers(0, 2), sizes | st.integers(2**63, 2**100)), min_size=1, max_size=12),
    st.lists(st.sampled_from((0, 1, 10)) | sizes, min_size=3, max_size=3),
)
def test_law_7_a_pool_is_split_as_defined_whatever_it_holds(engine, weighed, revenue):
    """Law 7: floors and the largest rests, by both divisions, for weights beyond 64 bits, alone and together, and pools up to 2⁶³."""
    names = ("pool", "place", "subject", "plays", "weight")
    rows = [(pool, 0, subject, 1, weight) for subject, (pool, weight) in enumerate(weighed)]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    columns["weight"] = pa.array(map(Decimal, columns["weight"]), pa.decimal128(38, 0))
    engine.table("told", pa.table(columns))
    engine.run(Rule("wide", "SELECT * EXCLUDE (weight), CAST(weight AS {i128}) AS weight FROM told"), "weighed")
    subjects = list(range(len(rows)))
    engine.table("answers", pa.table({"place": [0] * len(rows), "subject": subjects, "reading": subjects}))
    engine.table("pools", pa.table({"pool": [0, 1, 2], "revenue_micros": revenue}))
    expected = {}
    for pool, whole in enumerate(revenue):
        mine = [(subject, weight) for subject, (of, weight) in enumerate(weighed) if of == pool]
        divisor = sum(weight for _, weight in mine) // 2**62 + 1
        expected |= twin.divide(whole, [(subject, subject, weight // divisor) for subject, weight in mine])
    for steps in (SECOND, FIFTH):
        steps.run(engine, "floored")
        steps.run(engine, "placed", "earned")
        found = engine.fetch("earned", "reading").to_pylist()
        assert {row["reading"]: row["part_micros"] for row in found} == expected


@many
@given(
    st.lists(st.sampled_from((1, 2**31 - 2, 2**31)) | st.integers(1, 2**50), min_size=1, max_size=4),
    st.sampled_from((1, 12, 10**15)) | st.integers(1, 10**15),
)
def test_law_7_attributions_are_laid_exactly(engine, units, scale):
    """Law 7: units × scale ÷ whole, rounded down, whether it fits 64 bits on its way or not."""
    assets = [f"ast_{n}" for n in range(len(units))]
    kinds = ["source"] * len(units)
    engine.table(
        "attributions",
        pa.table({"creation": ["cre"] * len(units), "kind": kinds, "subject": assets, "units": units}),
    )
    engine.table("numbered", pa.table({"subject": list(range(len(units))), "kind": kinds, "id": assets}))
    engine.table("unnamed", pa.table({"creation": pa.array([], pa.string())}))
    FIFTH.run(engine, "wholes")
    for steps in (SECOND, FIFTH):
        steps.run(engine, "laid", slots={"scale": str(scale)})
        assert engine.fetch("laid", "subject")["units"].to_pylist() == [one * scale // sum(units) for one in units]
