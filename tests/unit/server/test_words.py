"""Words, colours and names beside pictures: what templates rely on."""

from __future__ import annotations

from datetime import date

from accord.parties.colour import COLOURS, colours, who_colour
from accord.parties.spreadsheet import as_csv
from accord.server.templatetags.accord_words import bound, last_day, micros, month, percent_column, quoted, scheme
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


def test_a_deal_is_shown_with_the_last_day_that_is_in_it() -> None:
    """Terms end on the first day after; people read the last day."""
    assert last_day(date(2028, 6, 1)).split() == ["31", "May", "2028"] == last_day("2028-06-01").split()
    assert last_day(None) == "open end"


def test_figures_in_a_column_have_as_many_decimals_as_each_other() -> None:
    """Amounts with six, shares with two."""
    assert [micros(887_390), micros(1_386_977)] == ["0.887390", "1.386977"]
    assert percent_column(0.017).startswith("1.70") and percent_column(0.2).startswith("20.00")


def test_periods_and_work_numbers_are_in_words() -> None:
    """A month by its name, another period as it is; a publisher's own number by the publisher's name."""
    assert month("2026-08") == "August 2026" and month("2026-Q3") == "2026-Q3"
    assert scheme("cwr-pty_000009", {"pty_000009": "Larkspur Songs"}) == "Work number at Larkspur Songs"
    assert scheme("isrc", {}) == "ISRC"
