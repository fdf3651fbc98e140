"""Figures through their doors: the public sees its groups, the platform's people see all, CSV has a line for each part."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client

from accord.insights import queries
from accord.insights.records import Figure, Group, Part
from accord.parties.viewer import ANYONE, SYSTEM, Role, Viewer
from accord.terms.refusal import NotThere

AT = datetime(2026, 10, 1, tzinfo=UTC)
database = pytest.mark.django_db


@database
def test_all_six_groups_answer_before_anything_happened() -> None:
    """On an empty instance every figure is there, with its definition, and says that there is nothing to count."""
    found = queries.figures(SYSTEM, AT)
    assert {figure.group for figure in found} == set(Group)
    assert len(found) == len({figure.key for figure in found}) == 15
    assert all(figure.value is None and figure.definition and figure.denominator for figure in found)


@database
def test_the_public_sees_what_is_public() -> None:
    """Somebody without an account, or with a party's, sees participation, reach and safety; money is not there."""
    label = Viewer("acc_1", frozenset({"par_1"}), frozenset({Role.RIGHTSHOLDER}))
    for viewer in (ANYONE, label):
        assert {figure.group for figure in queries.figures(viewer, AT)} == queries.PUBLIC_GROUPS
        with pytest.raises(NotThere):
            queries.figure(viewer, "artist_revenue_paid_direct", AT)
    assert queries.figure(Viewer("acc_2", frozenset(), frozenset({Role.FINANCE})), "artist_revenue_paid_direct", AT)


@database
def test_figures_answer_over_http() -> None:
    """JSON, CSV and one figure by key answer to anybody; a figure of money is 404 for them."""
    client = Client()
    assert {one["group"] for one in client.get("/v1/figures").json()} == {"participation", "reach", "safety"}
    assert client.get("/v1/figures.csv").content.decode().startswith("group,figure,part,value")
    assert client.get("/v1/figures/play_share").json()["unit"] == "share"
    assert client.get("/v1/figures/licensing_cycle").status_code == 404


def test_csv_has_a_line_for_each_figure_and_part() -> None:
    """Headlines have an empty part, missing values an empty cell, and commas survive."""
    figure = Figure(
        key="x",
        group=Group.REACH,
        title="Plays, all",
        value=0.5,
        unit="share",
        n=2,
        definition="",
        denominator="d",
        parts=(Part(label="compose", value=None, n=0),),
    )
    rows = list(csv.DictReader(io.StringIO(queries.as_csv([figure]))))
    assert [(row["part"], row["value"], row["title"]) for row in rows] == [
        ("", "0.5", "Plays, all"),
        ("compose", "", "Plays, all"),
    ]
