"""Words, colours and names beside pictures: what templates rely on."""

from __future__ import annotations

from accord.parties.colour import COLOURS, colours, who_colour
from accord.parties.spreadsheet import as_csv
from accord.server.templatetags.accord_words import bound, quoted
from accord.server.waveform import Heard, figure


def test_colours_of_one_picture_differ() -> None:
    """Up to as many as there are, nobody shares a colour; the first keeps its own."""
    given = colours(f"rec_{number:06d}" for number in range(COLOURS))
    assert len(set(given.values())) == COLOURS
    assert given["rec_000000"] == who_colour("rec_000000")


def test_ids_in_a_sentence_become_names() -> None:
    """A title is said once, a common word is not quoted, an unknown id stays."""
    names = {"rec_000012": "Hit or Miss Reel", "mdl_000001": "the model"}
    assert bound("it is `rec_000012` under another name (`Hit or Miss Reel`)", names) == (
        "it is “Hit or Miss Reel” under another name"
    )
    assert bound("made by mdl_000001 from rec_000099", names) == "made by the model from rec_000099"


def test_what_somebody_entered_stands_in_quotation_marks() -> None:
    """Pages show no backticks."""
    assert quoted("`nonsense` is not an edit") == "“nonsense” is not an edit"


def test_the_names_beside_the_picture_say_when() -> None:
    """A name is listed once, with its stretches joined, and markup in it stays text."""
    spans = [Heard(0, 5, (("<R1>", "red", 1.0),)), Heard(5, 9, (("<R1>", "red", 0.5), ("", "grey", 0.5)))]
    drawn = figure([1.0], 10.0, spans, "a take")
    assert drawn.count("<li>") == 1
    assert "&lt;R1&gt;" in drawn and "<R1>" not in drawn
    assert "0:00–0:09" in drawn


def test_a_spreadsheet_runs_nothing_that_was_delivered() -> None:
    """A title that begins like a formula is disarmed; numbers stay numbers."""
    written = as_csv("titles", ("title", "length"), [("=1+1", -2)]).content.decode()
    assert written == "title,length\r\n'=1+1,-2\r\n"
