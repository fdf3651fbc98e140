"""The part of an audio file that is its sound: what a release names, and what signing must leave as it is.

Content credentials are written into a file's metadata, so a digest of the whole file cannot stand in a fact that the
credentials themselves carry. A digest of what makes the sound can: it is the same before and after signing.

- WAV (RIFF): the `fmt ` and `data` chunks.
- FLAC (RFC 9639): the STREAMINFO block and everything after the last metadata block.
- MP3 (ISO 11172-3): the frames, without ID3v2 tags before them and an ID3v1 tag after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from accord.terms.refusal import BadInput

MIME = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg"}


def form_of(data: bytes) -> str:
    """`wav`, `flac` or `mp3`, told by the bytes. Raises: BadInput for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    rest = data[_tag_end(data) :]
    if rest[:4] == b"fLaC":
        return "flac"
    if len(rest) > 2 and rest[0] == 0xFF and rest[1] & 0xE0 == 0xE0:
        return "mp3"
    raise BadInput("not a WAV, FLAC or MP3 file", do="Accord signs and verifies those three")


def digest(data: bytes) -> str:
    """`sha256:<hex>` of the sound in `data`, its format named first. Raises: BadInput when the file is broken."""
    form = form_of(data)
    running = sha256(form.encode())
    for part in {"wav": _wav, "flac": _flac, "mp3": _mp3}[form](data):
        running.update(len(part).to_bytes(8, "big"))
        running.update(part)
    return f"sha256:{running.hexdigest()}"


def _wav(data: bytes) -> Iterator[bytes]:
    place, found = 12, set()
    while place + 8 <= len(data):
        kind, size = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        if place + 8 + size > len(data):
            raise BadInput("the WAV file was cut short", do="get it again")
        if kind in (b"fmt ", b"data"):
            found.add(kind)
            yield kind + data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
    if found != {b"fmt ", b"data"}:
        raise BadInput("the WAV file holds no sound", do="get it again")


def _flac(data: bytes) -> Iterator[bytes]:
    place, last = _tag_end(data) + 4, False
    while not last:
        if place + 4 > len(data):
            raise BadInput("the FLAC file was cut short", do="get it again")
        last, kind = bool(data[place] & 0x80), data[place] & 0x7F
        size = int.from_bytes(data[place + 1 : place + 4], "big")
        if kind == 0:
            yield data[place + 4 : place + 4 + size]
        place += 4 + size
    yield data[place:]


def _mp3(data: bytes) -> Iterator[bytes]:
    end = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    yield data[_tag_end(data) : end]


def _tag_end(data: bytes) -> int:
    """Where the ID3v2 tags at the start end (ID3v2.4, section 3.1: a size of four 7-bit bytes, an optional footer)."""
    place = 0
    while data[place : place + 3] == b"ID3" and len(data) >= place + 10:
        size = 0
        for byte in data[place + 6 : place + 10]:
            size = size << 7 | byte & 0x7F
        place += 10 + size + (10 if data[place + 5] & 0x10 else 0)
    return place
