"""Containers whose chunks state their lengths: is the audio there that a header claims?

libsndfile clips a claim to what the file holds, so that a file cut short would pass for a shorter one. Walked are RIFF/WAVE,
RF64 and BW64 (EBU Tech 3306: the length stands in `ds64`), AIFF and AIFF-C, and Sony Wave64.
"""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

LENGTH_UNKNOWN = 0xFFFFFFFF  # what streaming WAV writers put where the length should be, and RF64 always
CHUNKS_MAX = 10_000


class Layout(NamedTuple):
    """Where the form and the chunks stand, the bytes of a chunk's name and length, and how lengths are counted."""

    form_at: int
    first: int
    name: int
    length: int
    big_endian: bool
    inclusive: bool  # the length counts the chunk's name and itself
    align: int  # to which chunks are padded
    forms: tuple[bytes, ...]
    audio: bytes


_RIFF = Layout(8, 12, 4, 4, False, False, 2, (b"WAVE",), b"data")
LAYOUTS = {
    b"RIFF": _RIFF,
    b"RF64": _RIFF,
    b"BW64": _RIFF,
    b"FORM": Layout(8, 12, 4, 4, True, False, 2, (b"AIFF", b"AIFC"), b"SSND"),
    b"riff": Layout(24, 40, 16, 8, False, True, 8, (b"wave",), b"data"),
}


def overclaim(file: BinaryIO, size: int) -> tuple[int, int] | None:
    """(claimed, held) bytes of audio where the header claims more than the file of `size` bytes holds, else None."""
    head = file.read(40)
    layout = LAYOUTS.get(head[:4])
    if layout is None or head[layout.form_at : layout.form_at + 4] not in layout.forms:
        return None
    place, long_claim = layout.first, 0
    for _ in range(CHUNKS_MAX):
        file.seek(place)
        chunk = file.read(layout.name + layout.length)
        if len(chunk) < layout.name + layout.length:
            return None
        claim = int.from_bytes(chunk[layout.name :], "big" if layout.big_endian else "little")
        claim = max(0, claim - len(chunk)) if layout.inclusive else claim
        if chunk[:4] == b"ds64":
            long_claim = int.from_bytes(file.read(16)[8:], "little")
        if chunk[:4] == layout.audio:
            claim = long_claim if claim == LENGTH_UNKNOWN else claim
            held = size - place - len(chunk)
            return (claim, held) if claim > held else None
        place += len(chunk) + claim + -claim % layout.align
    return None
