"""The judge of waveforms: it looks where the query's sound really came from, whatever was done to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from eval import shared
from eval.conditions import MADE
from eval.queries import Music, Query, beside, given, middle_of, padded, place_of, sound_of
from tests.unit.integrity.music import RATE_HZ, song

TRACKS = {"one": 60, "two": 50, "laid": 45, "also": 40}


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Music:
    """Two indexed tracks a half and two that are not."""
    folder = tmp_path_factory.mktemp("music")
    paths: dict[str, Path] = {}
    for seed, (name, seconds) in enumerate(TRACKS.items()):
        for half in "ab":
            paths[f"{name}-{half}"] = folder / f"{name}-{half}.flac"
            soundfile.write(paths[f"{name}-{half}"], song(10 * seed + ord(half), seconds), RATE_HZ)
    references = {name: path for name, path in paths.items() if name.startswith(("one", "two"))}
    return Music(references, {name: path for name, path in paths.items() if name not in references}, [])


def asked(music: Music, condition: str, seconds: int = 5, number: int = 0, laid: str = "") -> dict[str, Any]:
    """The parts of an answer that the judge reads, to a query of the report half."""
    references, others = music.halves["report"]
    if condition:
        query = Query("report", condition, seconds, number, references[number % 2], place_of("report", number))
    else:
        query = Query("report", "", seconds, number, others[0], 0.4, laid)
    middle_s = middle_of(music, query.track, seconds, query.at)
    return {
        "key": query.key,
        "condition": condition,
        "seconds": seconds,
        "track": query.track,
        "middle_s": middle_s,
        "query": query,
    }


def test_a_plain_excerpt_is_what_lies_around_its_middle(music: Music) -> None:
    """Sample by sample, of the track and of what was laid over it."""
    answer = asked(music, "", laid="music")
    own, over = shared.sounded(music, answer)
    plain = sound_of(music, Query("report", "", 5, 0, own.track, 0.4))
    assert np.array_equal(plain, music.around(own.track, 5, own.middle_s))
    laid = given(music, answer["query"], 5).other
    there = music.around(over.track, 5, over.middle_s)
    assert over.track == beside(music, answer["query"]).other
    assert max(np.abs(there[d : len(there) - 2 + d] - laid[1:-1]).max() == 0 for d in range(3))


@pytest.mark.parametrize("condition", ["clean", "tempo +8 %", "pitch +2", "speed +4 %", "mash-up 0 dB", "white 0 dB"])
@pytest.mark.parametrize("number", [0, 1])
def test_the_true_recording_is_the_same_at_its_place_alone(music: Music, condition: str, number: int) -> None:
    """Named where it is, with the factors that were made, the truth agrees nearly wholly; half a second away much less, and
    another track less than that."""
    answer = asked(music, condition, number=number)
    pitch, tempo = MADE.get(condition, (1.0, 1.0))
    own, *over = shared.sounded(music, answer)
    where = middle_of(music, own.track, padded(5), place_of("report", number))
    named = {"recording": own.track, "at_s": where, "pitch": pitch, "tempo": tempo, "nats": 50.0}
    assert shared.alike(music, own, named).same and shared.alike(music, own, named).here > 0.9
    assert shared.alike(music, own, named | {"at_s": where + 0.5}).here < 0.7
    stranger = next(name for name in music.references if name != own.track)
    assert shared.alike(music, own, named | {"recording": stranger, "at_s": 20.0}).here < 0.5
    assert len(over) == ("mash-up" in condition)
    assert all(shared.alike(music, one, named).here < 0.5 for one in over)


def test_a_statement_is_brought_to_the_middle_of_the_query() -> None:
    """From its span and its tempo."""
    match = {"recording": "R", "nats": 30.0, "pitch": 1.0, "tempo": 1.1, "span": [1.0, 4.0, 20.0, 23.3]}
    assert shared.line_of({"seconds": 5}, match)["at_s"] == pytest.approx(20.0 + 1.1 * 1.5)
