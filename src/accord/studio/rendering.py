"""Scores to sound: one real stem per track, and a mix that is exactly their sum.

Each track is rendered alone by `midirenderer` (a SoundFont synthesiser; 48 kHz, 16 bit) from its own MIDI with the
score's tempo map, resampled to 44.1 kHz, and multiplied by one gain that is the same for all of them. The mix is the
sum of what came out, so removing a stem from the mix by subtraction is exact to float32 rounding.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import midirenderer
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from accord.catalog.score import Score
from accord.terms.refusal import BadInput

Samples = NDArray[np.float32]

RATE = 44_100
SYNTH_RATE = 48_000
PEAK_CEILING = 0.8
GAIN_LIMIT = 12.0
TAIL_S = 1.5
END_OF_TRACK = b"\xff\x2f\x00"
FORMATS = {"wav": ("WAV", "PCM_16"), "flac": ("FLAC", "PCM_16"), "mp3": ("MP3", "MPEG_LAYER_III")}


@dataclass(frozen=True)
class Rendering:
    """Sound of a score: `mix` and every stem are float32 of shape (frames, 2), `rate` in Hz, all of one length."""

    rate: int
    mix: Samples
    stems: dict[str, Samples]

    @property
    def duration_s(self) -> float:
        """Length of the mix in seconds."""
        return len(self.mix) / self.rate


@cache
def default_soundfont() -> bytes:
    """Bytes of TimGM6mb.sf2, the General MIDI SoundFont that pretty_midi ships. Raises: BadInput without the extra `[demo]`."""
    spec = find_spec("pretty_midi")
    if spec is None or spec.origin is None:
        raise BadInput("no SoundFont is installed", do="install the extra `[demo]`, whose pretty_midi ships one")
    return Path(spec.origin).with_name("TimGM6mb.sf2").read_bytes()


def render(score: Score, soundfont: bytes | None = None, tail_s: float = TAIL_S) -> Rendering:
    """Render every track of `score` by itself and add them up; `tail_s` seconds are left for the last notes to decay.

    Same score, same SoundFont: same samples. Tracks without notes are left out; two of one name are numbered.
    Raises: BadInput when nothing sounds at all.
    """
    font = soundfont or default_soundfont()
    raw: dict[str, Samples] = {}
    for track in score.tracks:
        if track.notes:
            alone = Score(score.title, score.tempo_bpm, score.metre, score.key, (track,))
            raw[_unused(track.name, raw)] = _synthesise(font, with_tail(alone.to_midi(), score.tempo_bpm, tail_s))
    if not raw:
        raise BadInput("there are no notes to render", do="keep at least one note")
    frames = max(len(stem) for stem in raw.values())
    padded = {name: np.pad(stem, ((0, frames - len(stem)), (0, 0))) for name, stem in raw.items()}
    gain = safe_gain(_sum(padded))
    stems = {name: stem * gain for name, stem in padded.items()}
    return Rendering(RATE, _sum(stems), stems)


def safe_gain(samples: Samples, ceiling: float = PEAK_CEILING) -> np.float32:
    """Factor that brings the highest sample to `ceiling`, never more than GAIN_LIMIT (silence stays silence)."""
    peak = float(np.abs(samples).max(initial=0.0))
    return np.float32(min(GAIN_LIMIT, ceiling / peak) if peak > 0 else 1.0)


def with_tail(midi: bytes, tempo_bpm: float, tail_s: float) -> bytes:
    """The same Standard MIDI File with its last track ending `tail_s` seconds later (SMF 1.0: chunks, End of Track).

    An empty text event takes the place of the end, and the end follows after the tail, so that the synthesiser
    goes on while the last notes decay. The file counts 480 ticks to a quarter note.
    """
    ticks = round(tail_s * tempo_bpm / 60 * 480)
    start = midi.rindex(b"MTrk")
    size = int.from_bytes(midi[start + 4 : start + 8], "big")
    body = midi[start + 8 : start + 8 + size].removesuffix(END_OF_TRACK)
    body += b"\xff\x01\x00" + _variable_length(ticks) + END_OF_TRACK
    return midi[:start] + b"MTrk" + len(body).to_bytes(4, "big") + body


def encode(samples: Samples, rate: int = RATE, form: str = "wav") -> bytes:
    """`samples` (frames, 2) as the bytes of a WAV or FLAC file of 16 bits, or of an MP3 file of about 175 kbit/s."""
    container, subtype = FORMATS[form]
    out = io.BytesIO()
    options: dict[str, object] = {"bitrate_mode": "VARIABLE", "compression_level": 0.2} if form == "mp3" else {}
    soundfile.write(out, samples, rate, format=container, subtype=subtype, **options)
    return out.getvalue()


def decode(data: bytes | Path) -> tuple[Samples, int]:
    """Samples as float32 (frames, channels made two) and their rate, from any file that libsndfile reads."""
    source = io.BytesIO(data) if isinstance(data, bytes) else str(data)
    samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
    if samples.shape[1] == 1:
        samples = np.repeat(samples, 2, axis=1)
    return np.ascontiguousarray(samples[:, :2]), int(rate)


def at_rate(samples: Samples, rate: int, wanted: int = RATE) -> Samples:
    """`samples` resampled to `wanted` Hz (soxr, high quality)."""
    if rate == wanted:
        return samples
    return np.asarray(soxr.resample(samples, rate, wanted, "HQ"), dtype=np.float32)


def write_wav(path: Path, samples: Samples, rate: int = RATE) -> None:
    """Write `samples` to `path` as WAV, 16 bits."""
    path.write_bytes(encode(samples, rate, "wav"))


def write_flac(path: Path, samples: Samples, rate: int = RATE) -> None:
    """Write `samples` to `path` as FLAC, 16 bits."""
    path.write_bytes(encode(samples, rate, "flac"))


def _synthesise(soundfont: bytes, midi: bytes) -> Samples:
    samples, rate = decode(bytes(midirenderer.render_wave_from(soundfont, midi)))
    return at_rate(samples, rate)


def _sum(stems: dict[str, Samples]) -> Samples:
    mix = np.zeros_like(next(iter(stems.values())))
    for stem in stems.values():
        mix += stem
    return mix


def _unused(name: str, taken: dict[str, Samples]) -> str:
    wanted, number = name or "track", 2
    while wanted in taken:
        wanted, number = f"{name or 'track'} {number}", number + 1
    return wanted


def _variable_length(value: int) -> bytes:
    """A number as SMF writes it: seven bits a byte, the high bit set on all but the last."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))
