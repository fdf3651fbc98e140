"""One rule, many machines: Spark gives every mask of the plain twin, on many small catalogues in one table."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.oracle import clearance as oracle
from tests.properties.catalogues import ASSETS, catalogues

from accord.clearance.index import Index
from accord.clearance.kernel import Layout
from accord.clearance.records import ClearanceState, Question
from accord.clearance.spread import masks_in, spread, table_of
from accord.terms.territory import WORLD, TerritorySet

CATALOGUES = 120


def made() -> list[tuple[ClearanceState, Question]]:
    """Catalogues as the property tests make them."""
    found: list[tuple[ClearanceState, Question]] = []

    @settings(
        max_examples=CATALOGUES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(catalogues())
    def draw(case: tuple[ClearanceState, Question]) -> None:
        found.append(case)

    draw()
    return found


def together(cases: list[tuple[ClearanceState, Question]]) -> tuple[list[str], Layout]:
    """All catalogues in one layout: each one's atoms after the last one's, and where it is offered as one atom more."""
    ids: list[str] = []
    one = Layout(WORLD.bits)
    for number, (state, question) in enumerate(cases):
        index = Index(state, question)
        its, first = index.layout, one.atoms
        for atom in range(its.atoms):
            one.add_atom(sum(int(word) << 64 * at for at, word in enumerate(its.met[atom])), 0)
        offered = one.add_atom(its.bits, 0)
        for asset in ASSETS:
            if asset in index.numbers:
                one.put([offered, *(first + atom for atom in its.rows_of(index.numbers[asset]))])
                ids.append(f"{number}/{asset}")
    return ids, one


def right(cases: list[tuple[ClearanceState, Question]], ids: list[str]) -> dict[str, set[str]]:
    """What the plain twin says of each."""
    asked = [(id, *id.split("/")) for id in ids]
    return {id: oracle.cleared(*cases[int(number)], asset) for id, number, asset in asked}


def answers(found: pa.Table) -> dict[str, set[str]]:
    """A table of masks as territories."""
    masks = [TerritorySet(int.from_bytes(mask, "little")) for mask in found["mask"].to_pylist()]
    return dict(zip(found["asset"].to_pylist(), map(set, masks), strict=True))


def test_laws_1_2_3_record_batches_give_the_masks_of_the_plain_twin() -> None:
    """Laws 1, 2, 3: batch by batch, however the table is cut, every mask is the plain twin's."""
    cases = made()
    ids, layout = together(cases)
    table = table_of(ids, layout)
    cut = [batch for at in (7, 100) for batch in table.slice(0, 300).to_batches(max_chunksize=at)]
    rest = table.slice(300).to_batches()
    found = pa.Table.from_batches([*masks_in(layout)([*cut, *rest])])
    assert answers(found) == right(cases, ids)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """PySpark on this machine, two workers."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("Java or PySpark is not there: PySpark was left out")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SPARK_CONNECT_MODE_ENABLED", "SPARK_REMOTE"):  # what a Connect session leaves behind
            patch.delenv(name, raising=False)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        yield spark
        spark.stop()


@pytest.mark.spark
def test_laws_1_2_3_spark_gives_the_masks_of_the_plain_twin(session: Any) -> None:
    """Laws 1, 2, 3: many small catalogues in one table, cleared by Spark, are cleared as the plain twin clears each."""
    cases = made()
    ids, layout = together(cases)
    found = spread(session, table_of(ids, layout), layout)
    assert answers(found) == right(cases, ids)
    assert found.num_rows == len(ids) == len(set(ids))
    assert np.array_equal(np.sort(found["asset"].to_numpy()), np.sort(np.array(ids, dtype=object)))
