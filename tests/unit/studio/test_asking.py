"""What people write is read or refused, and nothing that they wrote is left out silently."""

from __future__ import annotations

import pytest
from tests.unit.studio.scores import tune

from accord.studio import remix_form
from accord.studio.asking import metre, number, programs, request_of, whole
from accord.studio.records import RemixSource
from accord.terms.refusal import BadInput


def test_what_is_asked_for_goes_before_what_the_phrase_says() -> None:
    """Key, metre and tempo are the MIDI's own where nothing else is asked for, and the usual without MIDI."""
    midi = tune(110, "D major", bars=1).to_midi()
    assert (request_of({"key": None}, midi).key, request_of({"key": "E minor"}, midi).key) == ("D major", "E minor")
    assert request_of({"tempo_bpm": None}, midi).tempo_bpm == 110
    assert (request_of({}, None).key, request_of({}, None).metre, request_of({}, None).phrase) == (
        "C major",
        (4, 4),
        None,
    )


@pytest.mark.parametrize(
    ("read", "text", "found"),
    [(metre, "6/8", (6, 8)), (metre, "", None), (metre, None, None), (number, " 96.5 ", 96.5), (number, "", None),
     (whole, "-3", -3), (whole, "16", 16), (whole, None, None), (programs, ["73", " ", "128"], (73, 128))],
)  # fmt: skip
def test_what_is_well_written_is_read(read, text, found) -> None:  # type: ignore[no-untyped-def]
    """Numbers, metres and programs, with spaces around them; nothing is none."""
    assert read(text) == found


@pytest.mark.parametrize(
    ("read", "text"),
    [(metre, "6-8"), (metre, "six/8"), (metre, "6/8/2"), (number, "fast"), (number, "nan"), (number, "1e9"), (whole, "2.5"),
     (whole, "²"), (whole, "9" * 30), (programs, ["73", "flute"]), (programs, ["7.5"])],
)  # fmt: skip
def test_what_cannot_be_read_is_bad_input(read, text) -> None:  # type: ignore[no-untyped-def]
    """One sentence, with what was written in it."""
    with pytest.raises(BadInput, match="`"):
        read(text)


def test_what_a_remix_form_leaves_out_is_no_cut_and_no_wait() -> None:
    """A recording without its fields is taken from its beginning to its end, at once, at full level."""
    asked = remix_form.sources({"asset_a": "one", "asset_b": "two", "end_b": "5"})
    assert asked == (RemixSource(asset="one"), RemixSource(asset="two", end_s=5.0))
