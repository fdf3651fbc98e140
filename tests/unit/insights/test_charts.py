"""A chart is a picture with a name, a description and the page's colours; the table beside it says the same."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from accord.insights import charts
from accord.insights.records import Figure, Group, Part

SVG = "{http://www.w3.org/2000/svg}"


def figure(*parts: Part, unit: str = "share") -> Figure:
    """A figure with these parts."""
    return Figure(
        key="x",
        group=Group.REACH,
        title="Plays <by> feature",
        value=0.5,
        unit=unit,
        n=4,
        definition="",
        denominator="",
        parts=parts,
    )


PARTS = (Part(label="compose", value=0.425, n=40), Part(label='bl<end> & "co"', value=0.1, n=10))


def test_a_chart_is_named_and_described() -> None:
    """The SVG is well formed, is one image to a screen reader, and names and describes itself."""
    root = ElementTree.fromstring(charts.bars(figure(*PARTS)))
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img" and title is not None and described is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert "compose" in (described.text or "")


def test_a_chart_wears_the_pages_colours() -> None:
    """Every stand-in colour has become a variable of the page, and nothing is fetched or run."""
    svg = charts.bars(figure(*PARTS))
    assert "var(--" in svg and "#0a0b" not in svg
    assert "<script" not in svg and "<image" not in svg and "href=" not in svg


def test_a_chart_fits_a_phone_unscaled() -> None:
    """However long its labels, a chart is no wider than a card on a phone: 322 px of 390."""
    wordy = Part(label="prompts that were refused before anything was made of them", value=0.5, n=1)
    assert float(ElementTree.fromstring(charts.bars(figure(*PARTS, wordy))).get("width", "999")) <= 322


def test_the_longest_bar_is_the_largest_value() -> None:
    """Bars are as long as what they stand for: 42.5 % is 4.25 times 10 %."""
    root = ElementTree.fromstring(charts.bars(figure(*PARTS)))
    marks = [path for path in root.iter(f"{SVG}path") if path.get("aria-label") or "accent" in (path.get("fill") or "")]
    widths = [float(path.get("d", "").split("h")[1].split("a")[0].split("v")[0].split("h")[0]) for path in marks]
    assert len(widths) == 2
    assert abs(widths[0] / widths[1] - 4.25) < 0.001


def test_the_table_says_what_the_chart_shows() -> None:
    """The table has a row for each part, escaped, with the value in words and what it is out of."""
    table = charts.table(figure(*PARTS))
    assert table.count("<tr>") == 3
    assert "42.5 %" in table and "bl&lt;end&gt; &amp;" in table and "<td class='number'>40</td>" in table


def test_nothing_to_draw_is_no_picture() -> None:
    """A figure without values, or of nothing but zeros, draws nothing; the table says so."""
    empty = figure(Part(label="compose", value=None, n=0))
    assert charts.bars(empty) == ""
    assert charts.bars(figure(Part(label="compose", value=0, n=4))) == ""
    assert "nothing to count yet" in charts.table(empty)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.42549, "share", "42.5 %"),
        (1_204_499_999, "micros EUR", "1,204.50 EUR"),
        (-5_000_000, "micros EUR", "-5.00 EUR"),
        (1234, "people", "1,234"),
        (2.0, "per 1,000", "2.0 per 1,000"),
        (6.25, "days", "6.2 days"),
    ],
)
def test_values_are_said_in_words(value: float, unit: str, words: str) -> None:
    """Each unit has its way of being said."""
    assert charts.said(Part(label="", value=value, n=1), unit) == words
