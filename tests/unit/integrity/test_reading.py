"""Hostile audio: each becomes one clear sentence, and none takes more memory than it holds."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accord.catalog import audio
from accord.terms.refusal import BadInput


def wav(samples: np.ndarray, rate_hz: int = 22_050, subtype: str = "PCM_16", kind: str = "WAV") -> bytes:
    """The bytes of a sound file."""
    out = io.BytesIO()
    soundfile.write(out, samples, rate_hz, subtype=subtype, format=kind)
    return out.getvalue()


def tone(seconds: float = 1.0, channels: int = 1, rate_hz: int = 22_050) -> np.ndarray:
    """A 440 Hz sine, shape (frames, channels)."""
    wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate_hz)) / rate_hz)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def sentence(source: bytes | Path, **kwargs: object) -> str:
    """The BadInput that reading this raises."""
    with pytest.raises(BadInput) as caught:
        audio.read(source, "x.wav", **kwargs)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        audio.read_mono(source, 22_050, "x.wav", **kwargs)  # type: ignore[arg-type]
    return caught.value.sentence()


def test_reads_what_is_there() -> None:
    """A good file comes back with its frames, rate and channels."""
    got = audio.read(wav(tone(1.0, 2)))
    assert got.samples.shape == (22_050, 2) and got.rate_hz == 22_050 and got.duration_s == 1.0


@pytest.mark.parametrize("kind, subtype", [("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
def test_reads_compressed(kind: str, subtype: str) -> None:
    """FLAC, OGG and MP3 are read whole."""
    assert abs(audio.read(wav(tone(2.0), 44_100, subtype, kind)).duration_s - 1.0) < 0.1


def test_resamples_in_blocks() -> None:
    """Reading as mono at another rate keeps the duration and the pitch."""
    mono = audio.read_mono(wav(tone(5.0, 2, 48_000), 48_000), 22_050)
    assert abs(len(mono) - 5 * 22_050) <= 2
    assert abs(np.argmax(np.abs(np.fft.rfft(mono[:22_050]))) - 440) <= 1


def test_zero_bytes() -> None:
    """A zero-byte file is named as empty."""
    assert sentence(b"").startswith("`x.wav` is empty")


def test_header_only() -> None:
    """A WAV with no sample holds no audio."""
    assert "holds no audio" in sentence(wav(tone(0.0)))


def test_not_audio() -> None:
    """Bytes that are no audio say so."""
    assert "is not audio that can be read" in sentence(b"<xml/>" * 100)


def test_gigabyte_claim() -> None:
    """A header claiming 1 GB over 44 kB of audio is refused before any memory is taken."""
    data = bytearray(wav(tone()))
    place = data.index(b"data")
    data[place + 4 : place + 8] = (1_000_000_000).to_bytes(4, "little")
    assert "claims 1,000,000,000 bytes" in sentence(bytes(data))


def test_truncated_flac() -> None:
    """A FLAC that stops half-way is refused, not read as half a recording."""
    data = wav(np.random.default_rng(1).normal(0, 0.1, 400_000).astype(np.float32), kind="FLAC")
    text = sentence(data[: len(data) // 2])
    assert "breaks off" in text or "and holds" in text


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_samples_that_are_no_numbers(value: float) -> None:
    """NaN, infinity and absurd levels are refused."""
    samples = tone()
    samples[500] = value
    text = sentence(wav(samples, subtype="FLOAT"))
    assert "not numbers" in text or "full scale" in text


@pytest.mark.parametrize("rate_hz", [1, 768_000])
def test_absurd_rates(rate_hz: int) -> None:
    """1 Hz and 768 kHz are refused."""
    assert "claims a rate" in sentence(wav(tone(), rate_hz))


def test_many_channels() -> None:
    """64 channels are refused."""
    assert "64 channels" in sentence(wav(tone(0.1, 64)))


def test_too_long() -> None:
    """More than the limit's hours is refused from the header alone."""
    assert "hours of audio" in sentence(wav(tone(8.0)), limits=audio.Limits(duration_s_max=5))


def test_a_file_on_disk(tmp_path: Path) -> None:
    """A path is called by its file name, never by where it lies."""
    path = tmp_path / "song.wav"
    path.write_bytes(b"")
    with pytest.raises(BadInput, match=r"^`song.wav` is empty"):
        audio.probe(path)
    with pytest.raises(BadInput, match="is not a file"):
        audio.probe(tmp_path / "absent.wav")
