"""Duplicates in the catalogue: clusters of copies and versions, with their factors; a case for a reader, and no verdict."""

from __future__ import annotations

import json
import weakref
from itertools import combinations
from typing import Any

import msgspec
import numpy as np
import pytest
import soxr
from django.contrib.auth import get_user_model
from django.test import Client
from tests.unit.integrity.music import F32, RATE_HZ, song
from tests.unit.integrity.scenes import ACTOR, AT, TRUST, label, recording
from tests.unit.integrity.test_doors import caller

from accord.clearance import queries as clearance
from accord.cli.__main__ import run
from accord.engine.running import open_engine
from accord.integrity import actions, comparing, duplicates, found_alike, identify, queries
from accord.integrity.comparing import clusters_of, mix_finder, weighed, weigher
from accord.integrity.identify import KEPT_WINDOWS
from accord.integrity.index import build_segment, merge
from accord.integrity.peaks import FRAMES_PER_S, REFERENCE, Peaks, find_peaks
from accord.integrity.records import CaseKind, Cluster, Likeness, Outcome, Relation
from accord.integrity.sameness import heard_in, lift, liken
from accord.integrity.score import Heard, hear
from accord.journal.actions import rebuild
from accord.journal.queries import facts_of
from accord.parties import actions as parties

SONG = song(1, 16)


def never(*three: str) -> bool:
    """Nothing is a mix."""
    return False


def peaks_of(sound: F32) -> Any:
    """A recording's peaks as they come back from a segment."""
    return merge([build_segment([("R", find_peaks(np.ascontiguousarray(sound), REFERENCE))])]).stored(0)


@pytest.mark.parametrize(
    ("sound", "relation", "pitch", "tempo"),
    [
        (SONG, Relation.COPY, 1.0, 1.0),
        (SONG[RATE_HZ:], Relation.COPY, 1.0, 1.0),
        (SONG + 0.01 * np.random.default_rng(1).normal(size=len(SONG)).astype(np.float32), Relation.COPY, 1.0, 1.0),
        (soxr.resample(SONG, 1.04 * RATE_HZ, RATE_HZ), Relation.VERSION, 1 / 1.04, 1 / 1.04),
        (SONG[: 8 * RATE_HZ], Relation.PART, 1.0, 1.0),
        (np.concatenate([SONG, song(8, 16)]), Relation.PART, 1.0, 1.0),
    ],
    ids=["itself", "begun later", "noisy", "sped up", "half of it", "with another behind"],
)
def test_a_copy_a_version_and_a_part_are_told_apart(sound: F32, relation: Relation, pitch: float, tempo: float) -> None:
    """By how much of both is common, and at which pitch and speed; the factors are right to a thousandth."""
    found = liken(("one", "other"), peaks_of(SONG), peaks_of(sound), 10.0)
    assert found is not None and found.relation is relation
    assert found.match.pitch_factor == pytest.approx(pitch, abs=1e-3)
    assert found.match.tempo_factor == pytest.approx(tempo, abs=1e-3)
    back = found.seen_from("other")
    assert back.recording == "one" and back.pitch_factor == pytest.approx(1 / pitch, abs=1e-3)
    assert (back.query_start_s, back.ref_end_s) == (found.match.ref_start_s, found.match.query_end_s)


def test_other_music_is_not_alike() -> None:
    """Nothing is said of two songs, nor of two seconds."""
    assert liken(("one", "other"), peaks_of(SONG), peaks_of(song(2, 12)), 10.0) is None
    assert liken(("one", "other"), peaks_of(SONG), peaks_of(SONG[: 2 * RATE_HZ]), 10.0) is None


def test_a_long_recording_is_made_ready_only_where_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two hours with the song in their middle no more windows are heard than are asked and followed, and few are held."""
    inside, at = peaks_of(SONG), 155_000
    long = Peaks(inside.frames + np.float32(at), inside.bins, inside.strength, inside.rank, 2 * at + inside.length)
    heard: list[Any] = []

    def listened(peaks: Peaks) -> Heard:
        heard.append(found := hear(peaks))
        return found

    monkeypatch.setattr(identify, "hear", listened)
    whole = liken(("long", "song"), long, inside, 10.0)
    assert whole is not None and whole.match.query_start_s == pytest.approx(at / FRAMES_PER_S, abs=1.0)
    assert len(heard) < 12
    windows, held = identify.windows_of(long), []
    for window in windows[:100]:
        held.append(weakref.ref(window.heard))
        heard.clear()
    assert sum(each() is not None for each in held) == KEPT_WINDOWS < len(windows)
    assert windows[0].heard.peaks.length == windows[0].length and len(windows[0].heard.peaks) == windows[0].peaks


def test_of_many_copies_each_is_weighed_once() -> None:
    """Forty copies and a version of them: forty pairs are weighed, not eight hundred; everything hangs on the oldest."""
    names = [f"rec_{n:06d}" for n in range(41)]
    found = liken((names[0], names[1]), peaks_of(SONG), peaks_of(SONG), 10.0)
    asked = []

    def weigh(one: str, other: str) -> Likeness:
        asked.append((one, other))
        relation = Relation.VERSION if names[40] in (one, other) else Relation.COPY
        return msgspec.structs.replace(found, one=one, other=other, relation=relation)

    count, likenesses = weighed(list(combinations(names, 2)), weigh)
    assert count == len(likenesses) == 40 and {one for one, _ in asked} == {names[0]}
    with open_engine("duckdb") as engine:
        assert [c.recordings for c in clusters_of(engine, likenesses, never)] == [tuple(names)]


def laid_over(one: F32, other: F32, down_db: float) -> F32:
    """Two sounds at once, the other so much below the first."""
    return one + other * (10 ** (-down_db / 20) * np.sqrt((one**2).mean() / (other**2).mean()))


def clusters_in(sounds: dict[str, F32]) -> list[set[str]]:
    """The clusters of a catalogue of these recordings, by the doors of the bulk job."""
    index = merge(
        [build_segment([(name, find_peaks(np.ascontiguousarray(s), REFERENCE)) for name, s in sounds.items()])]
    )
    with open_engine("duckdb") as engine:
        _, likenesses = weighed(list(combinations(sounds, 2)), weigher(index))
        return [set(made.recordings) for made in clusters_of(engine, likenesses, mix_finder(index))]


def test_a_mix_does_not_join_what_it_is_made_of() -> None:
    """Two songs and mixes of both, at several levels and a copy of one: wherever the mixes stand, the songs stand apart, each
    with its own versions."""
    one, other = song(1, 16), song(2, 16)
    sounds = {
        "rec_1": one,
        "rec_2": other,
        "rec_3": soxr.resample(one, 1.04 * RATE_HZ, RATE_HZ),
        "rec_4": soxr.resample(other, RATE_HZ, 1.03 * RATE_HZ),
        "rec_5": laid_over(one, other, 3),
        "rec_6": laid_over(other, one, 3),
        "rec_7": laid_over(one, other, 0),
    }
    sounds["rec_8"] = sounds["rec_5"][RATE_HZ // 2 :]
    made = clusters_in(sounds)
    assert not any({"rec_1", "rec_2"} <= cluster for cluster in made)
    assert any({"rec_1", "rec_3"} <= cluster for cluster in made) and any({"rec_2", "rec_4"} <= c for c in made)
    assert any({"rec_5", "rec_8"} <= cluster for cluster in made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "ANOTHER", 0.0)
        assert any({"rec_1", "rec_2"} <= cluster for cluster in clusters_in(sounds))


def test_two_takes_of_one_recording_agree_with_the_same_peaks_and_two_recordings_with_others() -> None:
    """In a mix of two songs; a recording that is not heard in it says nothing."""
    mix = peaks_of(laid_over(SONG, song(2, 16), 3))
    fast = peaks_of(soxr.resample(SONG, 1.04 * RATE_HZ, RATE_HZ))
    own, sped, other = (heard_in(mix, each, 1.0) for each in (peaks_of(SONG), fast, peaks_of(song(2, 16))))
    assert own is not None and sped is not None and other is not None
    assert lift(own, sped) > 1.0 and lift(own, other) < 0.3
    assert heard_in(mix, peaks_of(song(5, 16)), 1.0) is None


def test_each_pair_goes_with_its_cluster_and_parts_between_with_none() -> None:
    """Two clusters of copies, the larger first, a part within one and one between them."""
    found = liken(("one", "other"), peaks_of(SONG), peaks_of(SONG), 10.0)
    a, b, c, d, e = (f"rec_{n:06d}" for n in range(5))
    copies, parts = [(a, c), (c, d), (b, e)], [(a, d), (a, b)]
    likenesses = [
        msgspec.structs.replace(found, one=one, other=other, relation=relation)
        for relation, pairs in ((Relation.COPY, copies), (Relation.PART, parts))
        for one, other in pairs
    ]
    with open_engine("duckdb") as engine:
        made = {c.recordings: [(p.one, p.other) for p in c.likenesses] for c in clusters_of(engine, likenesses, never)}
    assert list(made.items()) == [((a, c, d), [(a, c), (c, d), (a, d)]), ((b, e), [(b, e)])]


@pytest.mark.django_db
def test_what_another_reader_dismissed_a_moment_ago_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that open cases at once: what the first one opened, and a reader dismissed, the second one leaves."""
    found = liken(("one", "other"), peaks_of(SONG), peaks_of(SONG), 10.0)
    made = [recording(name, SONG, label(name)) for name in ("Marram", "Tern")]
    match = msgspec.structs.replace(found.match, recording=made[1])  # type: ignore[union-attr]
    alike = msgspec.structs.replace(found, one=made[0], other=made[1], match=match)
    clusters, plainly = [Cluster(id=made[0], recordings=tuple(made), likenesses=(alike,))], duplicates.writing

    def late(**said: Any) -> Any:
        monkeypatch.setattr(duplicates, "writing", plainly)
        (case,) = actions.open_cases(clusters, AT, ACTOR)
        actions.decide(case, Outcome.DISMISSED, "they license it", "acc_reader", AT, ACTOR)
        return plainly(**said)

    monkeypatch.setattr(duplicates, "writing", late)
    assert actions.open_cases(clusters, AT, ACTOR) == []


@pytest.mark.django_db
def test_a_search_names_what_it_searched(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """A segment that comes while pairs are weighed is not among those searched; in an empty index nothing is."""
    assert run(["fingerprint", "duplicates"]) == 2 and "nothing in the index" in capsys.readouterr().err
    actions.index_recordings([recording(name, SONG) for name in ("One", "Two")], AT, ACTOR)
    searched = queries.counting()
    late = recording("Late", song(3, 4))
    actions.search_duplicates(AT, ACTOR, lambda *_: actions.index_recordings([late], AT, ACTOR) and None)
    (entry,) = facts_of("integrity.duplicates-searched")
    assert entry.fact.segments == searched != queries.counting()  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_what_two_parties_delivered_is_a_case_and_no_verdict(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four recordings of one song, one sped up, of two labels; one case for each that the other label had first, and no
    hold. Dismissed, it is not opened again. All of it follows from the facts."""
    one, two = label("Marram"), label("Tern")
    first = recording("Hit", SONG, one)
    again = recording("Hit (radio)", SONG, one)
    copy = recording("Blow", SONG[RATE_HZ:], two)
    fast = recording("Quick", np.asarray(soxr.resample(SONG, 1.05 * RATE_HZ, RATE_HZ)), two)
    alone = recording("Alone", song(3, 12), two)
    actions.index_recordings([first, again, copy, fast, alone], AT, ACTOR)
    found = actions.search_duplicates(AT, ACTOR)
    assert [cluster.recordings for cluster in found] == [(first, again, copy, fast)]
    kinds = {(p.one, p.other): p.relation for p in found[0].likenesses}
    assert kinds[first, again] is Relation.COPY and kinds[first, copy] is Relation.COPY
    assert kinds[first, fast] is Relation.VERSION and found_alike.cluster_of(alone) is None
    cases = [queries.case(TRUST, case) for case in actions.open_cases(found, AT, ACTOR)]
    assert {(case.subject, case.maker, case.also) for case in cases} == {(copy, two, (one,)), (fast, two, (one,))}
    assert {case.kind for case in cases} == {CaseKind.SAME_SOUND} and clearance.holds() == []
    assert f"`{fast}` sounds as `{first}`" in next(case.because for case in cases if case.subject == fast)
    actions.decide(cases[0].id, Outcome.DISMISSED, "they license it", "acc_reader", AT, ACTOR)
    assert actions.open_cases(found, AT, ACTOR) == []
    assert run(["fingerprint", "duplicates", "--last", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["clusters"][0]["recordings"]
    assert shown == [first, again, copy, fast]
    before = found_alike.clusters()
    rebuild()
    assert found_alike.clusters() == before
    client = caller("trust")
    answer = client.get("/v1/duplicates").json()
    assert answer["clusters"][0]["recordings"] == shown and (answer["count"], answer["page"]) == (1, 1)
    answer = client.get("/v1/duplicates?page=2").json()
    assert answer["clusters"] == [] and answer["count"] == 1
    assert client.get(f"/v1/duplicates?asset={copy}").json()["clusters"][0]["id"] == first
    assert client.get(f"/v1/duplicates?asset={alone}").json()["clusters"] == []
    assert caller("creator").get("/v1/duplicates").status_code == 404
    account = parties.open_account("reader@alike.example", "correct horse battery staple", ("trust",), (), at=AT)
    browser = Client()
    browser.force_login(get_user_model().objects.get(username="reader@alike.example"))
    with monkeypatch.context() as patched:
        patched.setattr(found_alike, "PAGE_CLUSTERS", 0)
        page = browser.get("/cases/duplicates").content.decode()
        assert "And 1 more cluster, in the" in page and "and 3 more" not in page and "<strong>1</strong>" in page
    page = browser.get(f"/cases/duplicates?with={copy}").content.decode()
    assert "“Hit” and 3 more" in page and f"with={copy}&amp;format=csv" in page
    page = browser.get("/cases/duplicates?with=rec_none").content.decode()
    assert "is in no cluster of the last search" in page and "No two recordings" not in page and "Show all" in page
    page = browser.get("/cases/duplicates?several=1").content.decode()
    assert (
        account and "“Hit” and 3 more" in page and "Delivered by 2 parties" in page and f"/cases/{cases[0].id}" in page
    )
    actions.withdraw(first, "taken down", AT, ACTOR)
    assert run(["fingerprint", "duplicates"]) == 0
    assert "3 recordings with one sound" in (said := capsys.readouterr().out) and "Quick (from Tern)" in said
