"""Near-duplicates: versions of a tune share a cluster, other tunes do not."""

from __future__ import annotations

from dataclasses import replace

from accord.catalog.score import Note, Score, Track
from accord.training import dedupe

FIRST = (60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 69, 67, 65, 64, 62, 60, 59)
SECOND = (72, 71, 72, 67, 69, 72, 71, 67, 64, 65, 67, 64, 60, 62, 64, 60, 67, 72, 76, 72)


def tune(pitches: tuple[int, ...], length: int = 240) -> Score:
    lead = Track("lead", 40, tuple(Note(i * length, length, p) for i, p in enumerate(pitches)))
    drone = Track("drone", 32, (Note(0, 4800, 36), Note(0, 4800, 43)))
    return Score("", 100.0, (4, 4), "C major", (drone, lead))


def test_versions_of_a_tune_are_one() -> None:
    """In another key, at another speed, with its end changed: one cluster; another tune: another."""
    works = {
        "a": tune(FIRST),
        "b": tune(FIRST, 480).transposed(5),
        "c": tune((*FIRST[:14], 60, 62, 60, 59, 57, 55)),
        "d": tune(SECOND),
    }
    found = dedupe.clusters({name: dedupe.runs(score) for name, score in works.items()})
    assert found == {"a": "cluster:a", "b": "cluster:a", "c": "cluster:a", "d": "cluster:d"}


def test_scores_of_one_work_are_one_whatever_they_hold() -> None:
    """Assets known to be of one tune share a cluster even when their notes differ or are missing."""
    melodies = {"a": dedupe.runs(tune(FIRST)), "d": dedupe.runs(tune(SECOND)), "e": frozenset()}
    assert set(dedupe.clusters(melodies, [("a", "d"), ("d", "e")]).values()) == {"cluster:a"}


def test_the_same_accompaniment_joins_nothing() -> None:
    """Two tunes over one long drone have nothing in common but the drone, which is not their melody."""
    assert dedupe.top_line(tune(FIRST)) == dedupe.top_line(replace(tune(FIRST), tracks=tune(FIRST).tracks[1:]))
    assert not dedupe.runs(tune(FIRST)) & dedupe.runs(tune(SECOND))


def test_tunes_too_short_to_compare_stay_apart() -> None:
    """Scores without a run of six steps are never joined by it."""
    short = dedupe.runs(tune(FIRST[:4]))
    assert dedupe.clusters({"a": short, "b": short}) == {"a": "cluster:a", "b": "cluster:b"}


def test_a_score_without_pitched_notes_has_no_melody() -> None:
    """Drums alone have no top line."""
    drums = Score("", 100.0, (4, 4), "C major", (Track("kit", 0, (Note(0, 10, 36),), drums=True),))
    assert dedupe.top_line(drums) == () and dedupe.runs(drums) == frozenset()
