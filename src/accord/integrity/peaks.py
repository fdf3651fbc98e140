"""Spectral peaks: what of a sound survives codecs, noise, other music on top, and changes of pitch and tempo.

Sound (22,050 Hz mono) → power in 252 bands, 36 to the octave from 35 Hz (the two lowest octaves as `bass` has them, the
rest triangular bands of a short-time spectrum, Hann 2048, hop 512) → natural logarithm → saliency (level above the mean of
±24 bins × ±21 frames) → local maxima that are the most salient of their neighbourhood. On this map a pitch shift moves all
peaks by one number of bins and a tempo change scales their frames. Reference maps are sparse; query maps are denser nested
windows, so that the reference's peaks are nearly a subset of the query's. Levels are relative to full scale; digital
silence has no peaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from accord.integrity import bass
from accord.integrity.kernels import compiled
from accord.integrity.packing import U8

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
C64 = NDArray[np.complex64]
B8 = NDArray[np.bool_]

RATE_HZ, WINDOW, HOP = bass.RATE_HZ, bass.WINDOW, bass.HOP
FRAMES_PER_S = RATE_HZ / HOP
BINS_PER_OCTAVE, BASS_BINS = bass.BANDS_PER_OCTAVE, bass.BANDS
BINS = BASS_BINS + 180
TREBLE_HZ = bass.LOWEST_HZ * 2 ** (BASS_BINS // BINS_PER_OCTAVE)  # of the first band above the bass
SPREAD_BINS, SPREAD_FRAMES = 24, 21
SALIENCY_MIN = 0.5
SALIENCE_LEAST, STEP = -6.0, 1 / 16  # of the saliency that is kept of every place: up to 10 nats
LEVEL_MIN = -14.0
POWER_FLOOR = np.float32(1e-7)
PIECE_FRAMES, MARGIN_FRAMES = (
    8192,
    64,
)  # a peak depends on ±50 frames of the map, and those of the bass on 8 more of the sound
CACHED_FRAMES = 64  # spectra worked on at once: they stay in the processor's cache


@dataclass(frozen=True)
class Density:
    """Which maxima are kept: most salient within ±`reach` bins and frames (±`bass_reach` in the bass, where they are few), and
    fewer than `per_s` stronger within ±0.5 s; and whether the saliency of every place is kept too."""

    reach: int
    bass_reach: int
    per_s: int
    everywhere: bool = False


REFERENCE = Density(8, 6, 25)
QUERY = Density(4, 3, 70, everywhere=True)


_NOWHERE: U8 = np.zeros((0, BINS), np.uint8)


@dataclass(frozen=True)
class Peaks:
    """Peaks in frame order. `frames` and `bins` are refined below one cell; `rank` counts stronger peaks near by."""

    frames: F32
    bins: F32
    strength: F32
    rank: I32
    length: int  # frames of the whole map
    salience: U8 | None = None  # (frames, bins) → saliency in STEPs above SALIENCE_LEAST, where it is kept

    def __len__(self) -> int:
        return len(self.frames)

    def strongest(self, per_s: int) -> Peaks:
        """Only the peaks with fewer than `per_s` stronger ones within half a second."""
        keep = self.rank < per_s
        return Peaks(
            self.frames[keep], self.bins[keep], self.strength[keep], self.rank[keep], self.length, self.salience
        )

    def between(self, first: int, last: int) -> Peaks:
        """Peaks of frames first ≤ frame < last, moved so that `first` is frame 0."""
        a, b = np.searchsorted(self.frames, [first, last])
        return Peaks(
            self.frames[a:b] - np.float32(first),
            self.bins[a:b],
            self.strength[a:b],
            self.rank[a:b],
            min(last, self.length) - first,
            None if self.salience is None else self.salience[first:last],
        )


def find_peaks(samples: F32, density: Density) -> Peaks:
    """Peaks of mono samples at RATE_HZ."""
    return peaks_in([samples], density)


def peaks_in(blocks: Iterable[F32], density: Density) -> Peaks:
    """Peaks of mono sound at RATE_HZ that comes in blocks of any size: the same as of the whole, and only a piece of it
    is held at once, however long it is."""
    parts, waiting, size, first = [(np.zeros((0, 4), np.float32), _NOWHERE)], [np.zeros(0, np.float32)], 0, 0
    for block in blocks:
        waiting.append(block)
        size += len(block)
        while size >= (first + PIECE_FRAMES + MARGIN_FRAMES - _begin(first) - 1) * HOP + WINDOW:
            samples = waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
            parts.append(_piece(samples, first, first + PIECE_FRAMES + MARGIN_FRAMES, density))
            waiting = [samples[(_begin(first + PIECE_FRAMES) - _begin(first)) * HOP :]]
            size, first = len(waiting[0]), first + PIECE_FRAMES
    samples, held = np.concatenate(waiting), _begin(first)
    total = held + max(0, (size - WINDOW) // HOP + 1)
    for rest in range(first, total, PIECE_FRAMES):
        parts.append(_piece(samples[(_begin(rest) - held) * HOP :], rest, total, density))
    rows = np.concatenate([found for found, _ in parts])
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    everywhere = np.concatenate([salience for _, salience in parts]) if density.everywhere else None
    strength, rank = rows[:, 2].copy(), rows[:, 3].astype(np.int32)
    return Peaks(rows[:, 0].copy(), rows[:, 1].copy(), strength, rank, total, everywhere)


def _begin(first: int) -> int:
    """The frame from which sound is needed for the piece that begins at `first`."""
    return max(0, first - MARGIN_FRAMES)


def _piece(samples: F32, first: int, total: int, density: Density) -> tuple[F32, U8]:
    """Rows (frame, bin, saliency, rank) of the piece from `first` on, and the saliency of its places if that is kept; the
    samples begin with it, and go on to `total` at most."""
    begin, end = _begin(first), min(total, first + PIECE_FRAMES + MARGIN_FRAMES)
    level = log_spectrum(samples[: (end - 1 - begin) * HOP + WINDOW])
    salient = saliency(level)
    found = _pick(level, salient, density.reach, density.bass_reach, SALIENCY_MIN, LEVEL_MIN)
    found[:, 0] += begin
    rank = _rank(found[:, 0], found[:, 2], SPREAD_FRAMES).astype(np.float32)
    mine = (found[:, 3] + begin >= first) & (found[:, 3] + begin < first + PIECE_FRAMES) & (rank < density.per_s)
    rows = np.asarray(np.column_stack([found[:, :3], rank])[mine], np.float32)
    return rows, _stepped(salient[first - begin :][:PIECE_FRAMES]) if density.everywhere else _NOWHERE


def _stepped(salient: F32) -> U8:
    """Saliency in whole STEPs above SALIENCE_LEAST, as bytes."""
    return np.asarray(np.clip((salient - SALIENCE_LEAST) / STEP + 0.5, 0, 255), np.uint8)


def log_spectrum(samples: F32) -> F32:
    """Natural logarithm of band power, shape (frames, BINS); a full-scale sine is about 0."""
    frames = max(0, (len(samples) - WINDOW) // HOP + 1)
    low = bass.powers(samples, frames)
    level, sound = np.empty((frames, BINS), np.float32), np.empty((min(frames, CACHED_FRAMES), WINDOW), np.float32)
    for first in range(0, frames, CACHED_FRAMES):
        here = level[first : first + CACHED_FRAMES]
        some = sound[: len(here)]
        _windowed(samples, first * HOP, _window(), some)
        here[:, :BASS_BINS] = low[first : first + CACHED_FRAMES] + POWER_FLOOR
        _banded(rfft(some, axis=1), *_filter_bank(), here[:, BASS_BINS:])
        np.log(here, out=here)
    return level


def saliency(level: F32) -> F32:
    """Level above the mean of the surrounding ±SPREAD_BINS × ±SPREAD_FRAMES (of what of it lies on the map)."""
    return _salient(level, SPREAD_BINS, SPREAD_FRAMES)


@cache
def _window() -> F32:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW), np.float32)


@cache
def _filter_bank() -> tuple[F32, I64, I64]:
    """Weights of FFT bins in each log bin above the bass, shape (bins, FFT bins used), scaled so that a full-scale sine has power 1; and
    the first FFT bin that has any, and the one after the last."""
    step_hz = RATE_HZ / WINDOW
    centres = TREBLE_HZ * 2.0 ** (np.arange(BINS - BASS_BINS) / BINS_PER_OCTAVE)
    half_widths = np.maximum(centres * (2.0 ** (1 / BINS_PER_OCTAVE) - 1), step_hz)
    used = int(np.ceil((centres[-1] + half_widths[-1]) / step_hz)) + 1
    distance = np.abs(np.arange(used) * step_hz - centres[:, None]) / half_widths[:, None]
    bank = np.asarray(np.maximum(0.0, 1.0 - distance) * (4.0 / WINDOW) ** 2, np.float32)
    return bank, np.argmax(bank > 0, axis=1), used - np.argmax(bank[:, ::-1] > 0, axis=1)


@compiled
def _windowed(samples: F32, first: int, window: F32, out: F32) -> None:
    """Frames of sound every HOP samples from `first` on, each times the window."""
    for frame in range(len(out)):
        begin = first + frame * HOP
        here = samples[begin : begin + WINDOW]
        for n in range(WINDOW):
            out[frame, n] = here[n] * window[n]


@compiled
def _banded(spectrum: C64, bank: F32, begins: I64, ends: I64, out: F32) -> None:
    """Power of each log bin, on top of the least that is told from nothing. (As a product of matrices it would be some seventy
    times the work, nearly all of it with zeros, and would start threads.)"""
    power = np.empty(bank.shape[1], np.float32)
    for frame in range(len(out)):
        here = spectrum[frame]
        for k in range(len(power)):
            power[k] = here[k].real * here[k].real + here[k].imag * here[k].imag
        for b in range(len(bank)):
            total = POWER_FLOOR
            for k in range(begins[b], ends[b]):
                total += power[k] * bank[b, k]
            out[frame, b] = total


@compiled
def _salient(level: F32, reach_bins: int, reach_frames: int) -> F32:
    """Running sums of each frame's bins, then of each bin's means; of the latter only those in reach are held."""
    frames, bins = level.shape
    row, held = np.zeros(bins + 1), 2 * reach_frames + 2
    sums = np.zeros((held, bins))  # of the frames before frame t, in row t % held
    out = np.empty((frames, bins), np.float32)
    done = 0
    for t in range(frames):
        upper, lower = min(frames, t + reach_frames + 1), max(0, t - reach_frames)
        while done < upper:
            before, after = sums[done % held], sums[(done + 1) % held]
            for b in range(bins):
                row[b + 1] = row[b] + level[done, b]
            for b in range(bins):
                high, low = min(bins, b + reach_bins + 1), max(0, b - reach_bins)
                after[b] = before[b] + np.float32((row[high] - row[low]) / (high - low))
            done += 1
        first, last = sums[lower % held], sums[upper % held]
        for b in range(bins):
            out[t, b] = level[t, b] - np.float32((last[b] - first[b]) / (upper - lower))
    return out


@compiled
def _pick(level: F32, salient: F32, reach: int, bass_reach: int, saliency_min: float, level_min: float) -> F32:
    """Rows (frame, bin, saliency, whole frame) of local maxima that are the most salient of their neighbourhood."""
    frames, bins = level.shape
    out = np.empty((frames * 12 + 16, 4), np.float32)
    top, count = np.zeros(bins, np.bool_), 0
    for t in range(1, frames - 1):
        _tops(level[t - 1], level[t], level[t + 1], salient[t], saliency_min, level_min, top)
        for b in range(1, bins - 1):
            if not top[b] or count >= len(out) or not _most(salient, t, b, bass_reach if b < BASS_BINS else reach):
                continue
            here = level[t, b]
            bend_b = level[t, b - 1] - 2 * here + level[t, b + 1]
            bend_t = level[t - 1, b] - 2 * here + level[t + 1, b]
            db = 0.5 * (level[t, b - 1] - level[t, b + 1]) / bend_b if bend_b < 0 else 0.0
            dt = 0.5 * (level[t - 1, b] - level[t + 1, b]) / bend_t if bend_t < 0 else 0.0
            out[count, 0] = t + min(0.5, max(-0.5, dt))
            out[count, 1] = b + min(0.5, max(-0.5, db))
            out[count, 2] = salient[t, b]
            out[count, 3] = t
            count += 1
    return out[:count].copy()


@compiled
def _tops(before: F32, here: F32, after: F32, salient: F32, saliency_min: float, level_min: float, out: B8) -> None:
    """Which bins of a frame are a local maximum among their eight neighbours, salient and loud enough: without a branch,
    as any guess would often be wrong."""
    least, quiet = np.float32(saliency_min), np.float32(level_min)
    for b in range(1, len(here) - 1):
        enough = (salient[b] >= least) & (here[b] >= quiet)
        earlier = (here[b] >= before[b - 1]) & (here[b] >= before[b]) & (here[b] >= before[b + 1])
        later = (here[b] > after[b - 1]) & (here[b] > after[b]) & (here[b] > after[b + 1])
        out[b] = enough & earlier & later & (here[b] >= here[b - 1]) & (here[b] > here[b + 1])


@compiled
def _most(salient: F32, t: int, b: int, reach: int) -> bool:
    """Whether nothing within ±reach bins and frames is more salient."""
    frames, bins = salient.shape
    for u in range(max(0, t - reach), min(frames, t + reach + 1)):
        for c in range(max(0, b - reach), min(bins, b + reach + 1)):
            if salient[u, c] > salient[t, b]:
                return False
    return True


@compiled
def _rank(frames: F32, strength: F32, reach: int) -> I32:
    """For each peak, how many stronger ones lie within ±reach frames (frames nearly sorted: within one frame)."""
    rank = np.zeros(len(frames), np.int32)
    low = 0
    for i in range(len(frames)):
        while frames[low] < frames[i] - reach - 1:
            low += 1
        j = low
        while j < len(frames) and frames[j] <= frames[i] + reach + 1:
            if strength[j] > strength[i] and abs(frames[j] - frames[i]) <= reach:
                rank[i] += 1
            j += 1
    return rank
