"""Chapter 13: the six groups of figures."""

from __future__ import annotations

from accord.demo.stage import Stage, day
from accord.insights import queries as insights
from accord.insights.charts import said
from accord.parties.viewer import SYSTEM


def show(stage: Stage) -> None:
    """Every figure in one line."""
    found = insights.figures(SYSTEM, day("2026-10-21"))
    stage.kept["figures"] = found
    stage.table(["figure", "value", "out of"], [[f.title, said(f), f"{f.n:,}"] for f in found], {1, 2})
    stage.say("definitions and denominators: accord figures --json, and the page /figures")
