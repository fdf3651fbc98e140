"""The human share: stated parts that sum to it, never above one, and nothing for a prompt."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from accord.attribution import human
from accord.studio.records import Creation, Deed, DeedKind, Own

AT = datetime(2026, 7, 1, tzinfo=UTC)


def creation(own: Own | None = None, of_takes: int = 1, clips: int = 0, deeds: tuple[DeedKind, ...] = ()) -> Creation:
    """A creation of which this is known."""
    return Creation(
        id="c", take="t", feature="f", creator="fan", title="A", audio="a", duration_s=10.0, at=AT, own=own,
        of_takes=of_takes, clips=clips,
        made_by=tuple(Deed("fan", kind, "x", AT) for kind in deeds),
    )  # fmt: skip


def test_a_prompt_and_settings_make_nothing() -> None:
    """Who only asks has no human share; who chooses among four takes has 15 %."""
    assert human.share(creation(deeds=(DeedKind.PROMPT, DeedKind.SETTINGS))).ppm == 0
    assert human.share(creation(of_takes=4)).ppm == 150_000


def test_written_and_played_notes_count_in_full() -> None:
    """A quarter of the notes is 25 %, and says whether it was written or played."""
    wrote, played = (human.share(creation(Own("m", 5, 20, live))) for live in (False, True))
    assert (wrote.ppm, wrote.parts[0].did, played.parts[0].did) == (250_000, "wrote", "played")


@given(st.integers(0, 40), st.integers(1, 40), st.integers(1, 30), st.integers(0, 9), st.integers(0, 30))
def test_the_parts_sum_to_the_share_and_acts_are_at_most_half_of_the_rest(
    own: int, of: int, takes: int, clips: int, edits: int
) -> None:
    """Whatever was done: the parts are the whole, and acts never count for more than half of what was not written."""
    notes = Own("m", min(own, of), of) if own else None
    found = human.share(creation(notes, takes, clips, (DeedKind.EDIT,) * edits))
    assert found.ppm == sum(part.ppm for part in found.parts) <= human.PPM
    left = human.PPM - human.PPM * min(own, of) // of
    assert sum(part.ppm for part in found.parts if part.did not in ("wrote", "played")) <= left / 2 + 1
