"""Finding a released creation again by how it sounds, when its file lost its credentials (the fingerprints do the work)."""

from __future__ import annotations

import msgspec
import numpy as np
import soxr
from numpy.typing import NDArray

from accord.catalog import audio
from accord.integrity.identify import identify
from accord.integrity.peaks import RATE_HZ, REFERENCE, Peaks, find_peaks
from accord.provenance import found
from accord.provenance.queries import releases

#: Anybody may ask by sound, so what is listened to is bounded.
LIMITS = audio.Limits(bytes_max=256 << 20, duration_s_max=15 * 60.0)


class SoundMatch(msgspec.Struct, frozen=True):
    """A release that sounds like the file: for how many seconds, at which pitch and tempo, how probably."""

    release: str
    creation: str
    title: str
    label: str
    heard_s: float
    pitch_factor: float
    tempo_factor: float
    probability: float


def peaks_of(samples: NDArray[np.float32], rate: int) -> Peaks:
    """Reference peaks of (frames, 2) samples."""
    mono = samples.mean(axis=1, dtype=np.float32)
    return find_peaks(np.asarray(soxr.resample(mono, rate, RATE_HZ, quality="HQ"), np.float32), REFERENCE)


def find(data: bytes) -> list[SoundMatch]:
    """The releases heard in the file, the surest first; [] when none is. Raises: BadInput for a file that cannot be read."""
    sound = audio.read(data, "the file", LIMITS)
    matches = identify(sound.samples, sound.rate_hz, found.index())
    known = {release.id: release for release in releases(ids=[m.recording for m in matches])}
    return [
        SoundMatch(
            m.recording, known[m.recording].creation, known[m.recording].title, known[m.recording].label,
            round(m.seconds, 1), m.pitch_factor, m.tempo_factor, m.probability,
        )
        for m in matches
        if m.recording in known
    ]  # fmt: skip
