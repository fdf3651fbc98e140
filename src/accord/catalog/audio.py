"""Reading delivered audio without believing it: what a file claims is checked before memory is spent on it.

Formats are libsndfile's (WAV, FLAC, MP3, OGG, AIFF …). A file that is no audio, is longer, faster, wider or bigger than
`Limits` allows, ends before its header says, or holds samples that are not numbers, becomes one `BadInput` sentence.
Memory is bounded by what is really decoded, never by what a header claims.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from accord.catalog.chunks import overclaim
from accord.terms.refusal import BadInput

Samples = NDArray[np.float32]

BLOCK_FRAMES = 1 << 16
LOUDEST = 64.0  # +36 dBFS: float files may go over full scale, but not by this much
EXACT_FORMATS = frozenset({"WAV", "WAVEX", "FLAC", "AIFF", "RF64", "W64"})


@dataclass(frozen=True)
class Limits:
    """How much audio we are willing to read from one file."""

    bytes_max: int = 1 << 31
    duration_s_max: float = 2 * 3600.0
    rate_hz_min: int = 4_000
    rate_hz_max: int = 192_000
    channels_max: int = 8
    values_max: int = 160_000_000  # samples × channels held at once by `read`: 640 MB, half an hour of 44.1 kHz stereo


LIMITS = Limits()


@dataclass(frozen=True)
class AudioInfo:
    """What a header says, once it has been found believable."""

    rate_hz: int
    channels: int
    frames: int
    format: str
    subtype: str

    @property
    def duration_s(self) -> float:
        """Length in seconds, as claimed."""
        return self.frames / self.rate_hz


@dataclass(frozen=True)
class Audio:
    """Decoded samples, float32, shape (frames, channels), full scale ±1."""

    samples: Samples
    rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds, as decoded."""
        return len(self.samples) / self.rate_hz

    def mono(self) -> Samples:
        """The mean of the channels, shape (frames,)."""
        return mix_down(self.samples)


def mix_down(samples: Samples) -> Samples:
    """The mean of the channels of samples of shape (frames, channels): whole columns are added, since numpy's own mean
    takes each frame by itself."""
    mixed = np.array(samples[:, 0])
    for channel in range(1, samples.shape[1]):
        mixed += samples[:, channel]
    return mixed / np.float32(samples.shape[1]) if samples.shape[1] > 1 else mixed


def probe(source: Path | bytes, name: str = "", limits: Limits = LIMITS) -> AudioInfo:
    """Read and check the header of a file or of its bytes; `name` is what error sentences call it."""
    with _opened(source, name, limits) as (_, info):
        return info


def read(source: Path | bytes, name: str = "", limits: Limits = LIMITS) -> Audio:
    """Decode a whole file at its own rate and width. Raises BadInput for anything hostile or broken."""
    label = _label(source, name)
    with _opened(source, name, limits) as (file, info):
        if info.frames * info.channels > limits.values_max:
            raise _bad(
                label,
                f"holds {info.frames:,} frames of {info.channels} channels, more than is read at once",
                "cut it into shorter files",
            )
        blocks = list(_blocks(file, info, label))
    return Audio(np.concatenate(blocks), info.rate_hz)


def read_mono(source: Path | bytes, rate_hz: int, name: str = "", limits: Limits = LIMITS) -> Samples:
    """Decode, mix down and resample block by block to `rate_hz`; float32, shape (frames,)."""
    return np.concatenate([np.zeros(0, np.float32), *mono_blocks(source, rate_hz, name, limits)])


def mono_blocks(source: Path | bytes, rate_hz: int, name: str = "", limits: Limits = LIMITS) -> Iterator[Samples]:
    """What `read_mono` reads, one block after another: nothing else of it is held."""
    label = _label(source, name)
    with _opened(source, name, limits) as (file, info):
        mixed = (mix_down(block) for block in _blocks(file, info, label))
        if info.rate_hz == rate_hz:
            yield from mixed
            return
        stream = soxr.ResampleStream(info.rate_hz, rate_hz, 1, dtype="float32", quality="HQ")
        for block in mixed:
            yield stream.resample_chunk(block)
        yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


class _Held(io.BytesIO):
    """Bytes of a file. A seek before their start, which broken headers ask libsndfile for, leaves the place as it was."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The new place."""
        try:
            return super().seek(offset, whence)
        except ValueError:
            return self.tell()


class _opened:
    """A checked, open sound file: (soundfile.SoundFile, AudioInfo). Closes it whatever happens."""

    def __init__(self, source: Path | bytes, name: str, limits: Limits) -> None:
        self.source, self.label, self.limits = source, _label(source, name), limits

    def __enter__(self) -> tuple[Any, AudioInfo]:
        size = _size(self.source, self.label)
        if size == 0:
            raise _bad(self.label, "is empty (0 bytes)", "deliver the audio file itself")
        if size > self.limits.bytes_max:
            raise _bad(self.label, f"is {size:,} bytes, more than the {self.limits.bytes_max:,} we read", "cut it")
        _check_claim(self.source, size, self.label)
        try:
            # a path as bytes: soundfile encodes a text strictly, and a name on the disk need not be UTF-8
            whole = _Held(self.source) if isinstance(self.source, bytes) else os.fsencode(self.source)
            self.file = soundfile.SoundFile(whole)
        except (soundfile.LibsndfileError, RuntimeError, TypeError, ValueError) as error:
            raise _bad(self.label, "is not audio that can be read", "deliver WAV, FLAC, MP3, OGG or AIFF") from error
        try:
            return self.file, _believable(self.file, self.label, self.limits)
        except BaseException:
            self.file.close()
            raise

    def __exit__(self, *exc: object) -> None:
        self.file.close()


def _believable(file: Any, label: str, limits: Limits) -> AudioInfo:
    info = AudioInfo(int(file.samplerate), int(file.channels), int(file.frames), str(file.format), str(file.subtype))
    if not limits.rate_hz_min <= info.rate_hz <= limits.rate_hz_max:
        raise _bad(
            label,
            f"claims a rate of {info.rate_hz:,} Hz, outside {limits.rate_hz_min:,} to {limits.rate_hz_max:,} Hz",
            "resample it",
        )
    if info.channels > limits.channels_max:
        raise _bad(label, f"claims {info.channels} channels, more than {limits.channels_max}", "mix it down")
    if info.frames <= 0:
        raise _bad(label, "holds no audio", "deliver the audio file itself")
    if info.duration_s > limits.duration_s_max:
        raise _bad(
            label,
            f"claims {info.duration_s / 3600:,.1f} hours of audio, more than {limits.duration_s_max / 3600:g}",
            "cut it into shorter files",
        )
    return info


def _blocks(file: Any, info: AudioInfo, label: str) -> Iterator[Samples]:
    """Decoded blocks, shape (frames, channels); stops one block past the claim, fails when the claim is not met."""
    seen = 0
    while seen <= info.frames:
        try:
            block: Samples = file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise _bad(label, f"breaks off after {seen / info.rate_hz:.1f} seconds", "deliver it again") from error
        if not len(block):
            break
        loudest = float(np.maximum(block.max(), -block.min()))  # not a number where a sample is none
        if not math.isfinite(loudest):
            raise _bad(label, "holds samples that are not numbers (NaN or infinity)", "export it again")
        if loudest > LOUDEST:
            raise _bad(label, "holds samples far beyond full scale", "export it again at a normal level")
        seen += len(block)
        yield block
    # lossy formats state their length loosely: encoder padding, a last page that says more than it holds
    if seen < info.frames - (0 if info.format in EXACT_FORMATS else info.rate_hz):
        raise _bad(
            label,
            f"claims {info.duration_s:.1f} seconds of audio and holds {seen / info.rate_hz:.1f}",
            "it was cut short: deliver it again",
        )


def _check_claim(source: Path | bytes, size: int, label: str) -> None:
    """Refuse a file whose header claims more bytes of audio than it has (libsndfile would quietly clip it)."""
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        found = overclaim(file, size)
    if found:
        raise _bad(
            label,
            f"claims {found[0]:,} bytes of audio in its header and holds {found[1]:,}",
            "it was cut short: deliver it again",
        )


def _size(source: Path | bytes, label: str) -> int:
    if isinstance(source, bytes):
        return len(source)
    if not source.is_file():
        raise _bad(label, "is not a file", "check the path")
    return source.stat().st_size


def _label(source: Path | bytes, name: str) -> str:
    return name or (source.name if isinstance(source, Path) else "audio")


def _bad(label: str, why: str, do: str) -> BadInput:
    return BadInput(f"`{label}` {why}", do=do)
