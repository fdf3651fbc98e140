"""Sound that means harm, or was only broken: each ends in one sentence or in samples, in bounded time and memory."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.catalog import audio
from accord.terms.refusal import BadInput

RATE_HZ = 22_050
FORMS = ("WAV", "FLAC", "MP3", "OGG", "AIFF")


def wav(rate: int = 44_100, channels: int = 1, claimed: int | None = None) -> bytes:
    """A WAV file of a thousand frames of silence whose header says what it is told to say."""
    data = bytes(2_000 * channels)
    size = len(data) if claimed is None else claimed
    form = struct.pack("<IHHIIHH", 16, 1, channels, rate, (rate * channels * 2) & 0xFFFFFFFF, channels * 2, 16)
    return b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size) + data


def written(form: str, seconds: float = 0.5, one: float | None = None, rate: int = 44_100) -> bytes:
    """Half a second of noise in a format; `one` sample of another value, in floats."""
    samples = np.random.default_rng(1).normal(0, 0.1, int(seconds * rate)).astype(np.float32)
    if one is not None:
        samples[len(samples) // 2] = one
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=form, **({"subtype": "FLOAT"} if one is not None else {}))
    return out.getvalue()


def ten_hours() -> bytes:
    """A small FLAC file whose STREAMINFO (RFC 9639, 8.2) counts ten hours of samples."""
    data = bytearray(written("FLAC"))
    total = 10 * 3_600 * 44_100
    data[21] = (data[21] & 0xF0) | total >> 32
    data[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    return bytes(data)


def bomb() -> bytes:
    """An MP3 whose tag holds a compressed frame that would unfold to 50 MB."""
    packed = zlib.compress(bytes(50 << 20))
    frame = b"TXXX" + struct.pack(">I", len(packed) + 4) + b"\x00\x80" + struct.pack(">I", 50 << 20) + packed
    size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + frame + written("MP3")


@pytest.mark.parametrize(
    ("sound", "says"),
    [
        (wav(rate=1), "claims a rate of 1 Hz"),
        (wav(rate=768_000), "claims a rate of 768,000 Hz"),
        (wav(channels=64), "claims 64 channels"),
        (wav(claimed=0xFFFFFF00), "claims 4,294,967,040 bytes of audio in its header and holds 2,000"),
        (written("WAV", one=np.nan), "not numbers"),
        (written("WAV", one=np.inf), "not numbers"),
        (written("WAV", one=1e30), "far beyond full scale"),
        (written("FLAC")[:-9_000], "breaks off|cut short|claims"),
        (ten_hours(), "claims 10.0 hours of audio"),
        (b"hello", "is not audio that can be read"),
        (b"", "is empty"),
    ],
)
def test_each_hostile_file_gets_a_sentence(sound: bytes, says: str) -> None:
    """What cannot be, or is too much, is said in one line and costs next to nothing."""
    with pytest.raises(BadInput, match=says) as told:
        audio.read_mono(sound, RATE_HZ, "this.wav")
    assert "`this.wav`" in told.value.sentence() and "\n" not in told.value.sentence()


def test_a_tag_that_would_unfold_is_passed_over() -> None:
    """A bomb in a tag is never unfolded: the sound behind it is read."""
    assert abs(len(audio.read_mono(bomb(), RATE_HZ)) / RATE_HZ - 0.5) < 0.1


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(FORMS),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12),
    st.integers(0, 99),
)
def test_a_good_file_with_bytes_changed_is_sound_or_a_sentence(
    form: str, changes: list[tuple[int, int]], cut: int
) -> None:
    """Every format, bytes changed anywhere and the end cut off: samples that are numbers, or BadInput, and nothing else."""
    data = bytearray(GOOD[form])
    for place, value in changes:
        data[place % len(data)] = value
    try:
        samples = audio.read_mono(bytes(data[: len(data) - len(data) * cut // 200]), RATE_HZ)
    except BadInput as bad:
        assert "\n" not in bad.sentence()
    else:
        assert np.isfinite(samples).all() and len(samples) < 100 * RATE_HZ


GOOD = {form: written(form, 0.3) for form in FORMS}
