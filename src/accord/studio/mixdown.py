"""Hearing a take otherwise: some of its stems, or all of it at another take's loudness; taking it away as files (shell)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import numpy as np

from accord.studio.loudness import limited
from accord.studio.records import Take
from accord.studio.rendering import decode, encode
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

#: The day in an archive's entries: the same take is the same file (the first one that ZIP can say).
NO_DAY = (1980, 1, 1, 0, 0, 0)


def stem(take: Take, number: int) -> bytes:
    """One stem of a take as WAV, as it was rendered. Raises: BadInput."""
    if not 0 <= number < len(take.stems):
        raise BadInput(f"take {take.id} has no stem {number}", do="stems are counted from 0; a remix has none")
    return vault.read(take.stems[number][1])


def of_stems(take: Take, numbers: Sequence[int]) -> bytes:
    """Some stems of a take, added up, as WAV: what is left out is muted. Raises: BadInput."""
    read = [decode(stem(take, number)) for number in dict.fromkeys(numbers)]
    if not read:
        raise BadInput(f"no stem of take {take.id} was asked for", do="name at least one")
    return encode(limited(np.sum([samples for samples, _ in read], axis=0, dtype=np.float32), read[0][1]), read[0][1])


def at_loudness(take: Take, lufs: float | None) -> bytes:
    """The take's sound as WAV, turned down to `lufs` where it is louder: two that are compared are equally loud."""
    sound = vault.read(take.audio)
    if lufs is None or take.figures is None or take.figures.loudness_lufs <= lufs:
        return sound
    samples, rate = decode(sound)
    return encode(samples * np.float32(10 ** ((max(lufs, -60.0) - take.figures.loudness_lufs) / 20)), rate)


def archive(take: Take, note: str) -> bytes:
    """Mix, stems and notes of a take in one ZIP file, with `note` on what it is and who agreed."""
    out = io.BytesIO()
    files = [("mix.wav", vault.read(take.audio))]
    files += [(f"stem {i} {_plain(name)}.wav", vault.read(digest)) for i, (name, digest) in enumerate(take.stems, 1)]
    files += [("notes.mid", vault.read(take.midi))] if take.midi else []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, data in [("READ ME.txt", note.encode()), *files]:
            packed.writestr(zipfile.ZipInfo(name, NO_DAY), data)
    return out.getvalue()


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in " -_" else "_" for c in name)[:60] or "voice"
