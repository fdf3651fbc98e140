"""The credited waveform."""

from __future__ import annotations

from xml.etree import ElementTree

from accord.server.waveform import Heard, draw


def test_each_second_has_the_colour_of_who_is_heard() -> None:
    """Story 7: R1 alone, both, R2 alone."""
    spans = [
        Heard(0, 10, (("R1", "red", 1.0),)),
        Heard(10, 20, (("R1", "red", 0.5), ("R2", "blue", 0.5))),
        Heard(20, 30, (("R2", "blue", 1.0),)),
    ]
    drawing = ElementTree.fromstring(draw([1.0] * 30, 30.0, spans, "a mash-up"))
    bars = [(float(r.get("x")), r.get("fill")) for r in drawing.iter("{http://www.w3.org/2000/svg}rect")] or [
        (float(r.get("x")), r.get("fill")) for r in drawing.iter("rect")
    ]
    colours = {third: {fill for x, fill in bars if third * 334 <= x < third * 334 + 300} for third in range(3)}
    assert colours == {0: {"red"}, 1: {"red", "blue"}, 2: {"blue"}}


def test_names_cannot_break_out_of_the_picture() -> None:
    """A title with markup stays text."""
    drawing = ElementTree.fromstring(draw([0.5], 1.0, [], '"><script>'))
    assert drawing.get("aria-label") == '"><script>'
