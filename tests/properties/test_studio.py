"""The studio: lineage is exactly what is heard; edits keep it so; its tables come out of the journal as they went in.

Properties: lineage covers what is heard · edits move lineage with the sound · keys and tempi meet · law 6 (rebuild).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.catalog.score import transposed_key
from accord.studio import edits, remix
from accord.studio.estimates import Key, Known, Tempo
from accord.studio.records import Deed, DeedKind, SourceSpan, TakeKind
from accord.terms.territory import TerritorySet

RATE = 8_000
keys = st.builds(transposed_key, st.sampled_from(["C major", "C minor"]), st.integers(0, 11))
clips = st.builds(
    lambda name, seconds, bpm, key, first, offset, gain, seed: remix.Clip(
        f"rec_{name}",
        np.random.default_rng(seed).uniform(-0.5, 0.5, (int(seconds * RATE), 2)).astype(np.float32),
        Tempo(bpm, first % (60 / bpm), Known.SCORE),
        Key(key, Known.SCORE),
        offset,
        gain,
    ),
    st.integers(1, 9),
    st.floats(0.6, 2.5),
    st.floats(55, 220),  # any two within a factor of four: others are refused
    keys,
    st.floats(0, 1),
    st.floats(0, 4),
    st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]),
    st.integers(0, 99),
)
spans = st.builds(
    lambda asset, start, length, gain, through: SourceSpan(asset, start, start + length, gain, through),
    st.sampled_from("abc"),
    st.floats(0, 20).map(lambda x: round(x, 3)),
    st.floats(0.1, 20).map(lambda x: round(x, 3)),
    st.sampled_from([0.25, 0.5, 1.0]),
    st.sampled_from([(), ("cre_1",), ("cre_1", "cre_2")]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(clips, min_size=1, max_size=3))
def test_the_lineage_covers_exactly_what_is_heard(found: list[remix.Clip]) -> None:
    """Every frame that sounds lies in a span, and every span sounds from its first frame to its last."""
    chosen = tuple(found)
    if not any(clip.gain > 0 for clip in chosen):
        return
    made = remix.mix(chosen, remix.plan(chosen, RATE), RATE)
    inside = np.zeros(len(made.samples), bool)
    for span in made.lineage:
        start, end = round(span.from_s * RATE), round(span.to_s * RATE)
        assert 0 <= start < end <= len(made.samples)
        inside[start:end] = True
        if len(made.lineage) == 1:
            heard = np.flatnonzero(np.abs(made.samples[start:end]).max(axis=1) > 1e-6)
            assert heard[0] < 0.03 * RATE and end - start - heard[-1] < 0.06 * RATE
    assert not np.abs(made.samples[~inside]).any()
    assert sorted(s.asset for s in made.lineage) == sorted(c.asset for c in chosen if c.gain > 0)


@given(st.lists(spans, max_size=5), st.floats(0, 20), st.floats(0.1, 20), st.floats(0, 1))
def test_trimming_leaves_each_moment_to_those_who_were_heard_in_it(
    lineage: list[SourceSpan], start: float, length: float, part: float
) -> None:
    """At any moment that is kept, the same sources sound at the same gains as before."""
    start, end = round(start, 3), round(start + length, 3)
    cut = edits.edited_lineage(tuple(lineage), edits.Edit("trim", (start, end)), None)
    moment = start + part * (end - start)

    def heard(spans: tuple[SourceSpan, ...], at: float) -> list[tuple[str, float, tuple[str, ...]]]:
        return sorted((s.asset, s.gain, s.through) for s in spans if s.from_s + 1e-6 < at < s.to_s - 1e-6)

    near_an_edge = any(abs(edge - moment) < 1e-5 for s in lineage for edge in (s.from_s, s.to_s, start, end))
    assert near_an_edge or heard(cut, moment - start) == heard(tuple(lineage), moment)
    assert all(0 <= s.from_s < s.to_s <= end - start + 1e-9 for s in cut)


@given(st.floats(30, 300), st.floats(30, 300))
def test_tempi_meet_by_the_least_change(bpm: float, target: float) -> None:
    """The stretched tempo is the target, its half or its double, and no other of the three is nearer."""
    ratio = remix.tempo_ratio(bpm, target)
    assert min(abs(bpm * ratio / target - f) for f in (0.5, 1, 2)) < 1e-9
    assert abs(np.log2(ratio)) <= min(abs(np.log2(target * f / bpm)) for f in (0.5, 1, 2)) + 1e-9


@given(keys, keys)
def test_keys_meet(key: str, target: str) -> None:
    """After the shift both keys have the same notes, and the shift is at most six semitones."""
    shift = remix.key_shift(key, target)
    assert remix.fifths_apart(transposed_key(key, shift), target) == 0
    assert -5 <= shift <= 6


acts = st.lists(
    st.tuples(
        st.sampled_from(["open", "make", "clear", "hold", "choose", "submit", "leave", "end"]), st.integers(0, 5)
    ),
    max_size=12,
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts)
def test_law_6_the_studio_is_rebuilt_row_for_row(chosen: list[tuple[str, int]]) -> None:
    """Whatever happened in the studio, its tables after a rebuild are its tables before it."""
    from accord.journal.actions import rebuild, writing
    from accord.journal.queries import table_digest
    from accord.studio import facts
    from accord.studio.queries import creations, takes

    at, takes_made, submitted, sessions, leaves = datetime(2026, 7, 1, tzinfo=UTC), [], set(), [], []
    for act, number in chosen:
        at += timedelta(minutes=1)
        with writing("acc_1", at) as journal:
            if act == "open" or not sessions:
                sessions.append(journal.mint("ses"))
                journal.append(facts.SessionOpened(session=sessions[-1], creator="pty_1", feature="blend"))
                continue
            if act == "make" or not takes_made:
                takes_made.append(journal.mint("tak"))
                journal.append(a_take(takes_made[-1], sessions[number % len(sessions)], at))
                continue
            take = takes_made[number % len(takes_made)]
            if act == "submit" and take not in submitted:
                submitted.add(take)
                journal.append(a_creation(journal.mint("cre"), take))
            elif act == "clear":
                journal.append(facts.TakeCleared(take=take))
            elif act == "hold":
                journal.append(facts.TakeHeld(take=take, case="case_1"))
            elif act == "leave":
                leaves.append(journal.mint("lea"))
                given = {"leave": leaves[-1], "creation": f"cre_{number}", "release": "rel_1", "maker": "pty_1"}
                journal.append(facts.RemixLeaveGiven(**given, feature="blend"))
            elif act == "end" and leaves:
                journal.append(facts.RemixLeaveEnded(leave=leaves[number % len(leaves)], because="taken back"))
            elif act == "choose":
                journal.append(facts.TakeChosen(take=take, session=sessions[0], by="pty_1"))
    before, seen = table_digest(), (takes(), creations())
    rebuild()
    assert table_digest() == before
    assert (takes(), creations()) == seen


def a_take(take: str, session: str, at: datetime):  # type: ignore[no-untyped-def]
    """A take's fact with something in every field."""
    from accord.studio.facts import TakeMade

    return TakeMade(
        take=take, session=session, feature="blend", creator="pty_1", kind=TakeKind.REMIX, audio="sha256:" + "a" * 64,
        duration_s=12.5, midi=None, stems=(("lead", "sha256:" + "b" * 64),), lineage=(SourceSpan("rec_1", 0.0, 12.5, 0.5, ("cre_1", "cre_2")),),
        model=None, parent=None, territories=TerritorySet.of("DE", "FR"), decisions=("dec_1",), deals=("dea_1",), analyses=(),
        figures=None, key="E minor", tempo_bpm=96.5, made_by=(Deed("pty_1", DeedKind.SELECTION, "rec_1", at),),
    )  # fmt: skip


def a_creation(creation: str, take: str):  # type: ignore[no-untyped-def]
    """A creation's fact."""
    from accord.studio.facts import CreationSubmitted

    return CreationSubmitted(
        creation=creation, take=take, creator="pty_1", title="An air", territories=TerritorySet.of("DE"),
        decisions=("dec_1",), deals=("dea_1",), made_by=(), demonstration=True,
    )  # fmt: skip
