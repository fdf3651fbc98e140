"""A creator's MIDI is anything somebody chose to send: it is read, or it is bad input, and nothing else."""

from __future__ import annotations

import random

import pytest
from tests.unit.studio.scores import tune

from accord.catalog.score import from_midi
from accord.terms.refusal import BadInput

GOOD = tune(120, "C major", 1, bars=2).to_midi()


def damaged(seed: int) -> bytes:
    """A good file with a few bytes changed."""
    chance, data = random.Random(seed), bytearray(GOOD)
    for _ in range(chance.randrange(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("data", [b"", b"MThd", b"x" * 100, GOOD[:30], GOOD[:-20], b"RIFF" + GOOD], ids=range(6))
def test_what_is_no_midi_file_is_bad_input(data):
    """Empty, cut short or of another kind: one sentence."""
    with pytest.raises(BadInput):
        from_midi(data)


def test_a_damaged_file_is_read_or_is_bad_input():
    """Three hundred damaged files: a score with notes, or BadInput; never another error."""
    read = 0
    for seed in range(300):
        try:
            read += bool(from_midi(damaged(seed)).note_count)
        except BadInput:
            continue
    assert 0 < read < 300
