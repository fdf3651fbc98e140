"""A catalogue of melodies as one file that never changes, read where it lies.

Magic, one line of JSON that names the scores and the arrays, and the arrays of `melody_search.Catalogue`, each on an eighth byte,
little-endian; `load` maps it and copies nothing, so processes that have it open share its memory.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from accord.integrity.melody_search import Catalogue
from accord.integrity.melody_worth import TABLES

MAGIC = b"accord melodies 1\n"
KINDS = frozenset({"|i1", "<i2", "<i4", "<i8", "<u4", "<f4"})
ARRAYS = tuple(field.name for field in fields(Catalogue) if field.name not in ("works", "live", "counted"))


class Laid(msgspec.Struct, frozen=True):
    """What a file holds: of each melody the score and the digest of its notes; the journal's position they were read at, and the
    works that were withdrawn then."""

    known: int
    withdrawn: frozenset[str]
    scores: tuple[tuple[str, str], ...]
    catalogue: Catalogue


class _Head(msgspec.Struct, frozen=True):
    known: int
    withdrawn: tuple[str, ...]
    scores: tuple[tuple[str, str], ...]
    works: tuple[str, ...]
    arrays: tuple[tuple[str, int], ...]


def save(laid: Laid, out: BinaryIO) -> None:
    """Write it; all melodies count as live."""
    whole = [getattr(laid.catalogue, name) for name in ARRAYS] + list(laid.catalogue.counted)
    arrays = [array.astype(array.dtype.newbyteorder("<"), copy=False) for array in whole]
    said = tuple((array.dtype.str, len(array)) for array in arrays)
    head = msgspec.json.encode(
        _Head(laid.known, tuple(sorted(laid.withdrawn)), laid.scores, laid.catalogue.works, said)
    )
    size = out.write(MAGIC + f"{len(head)}\n".encode() + head)
    for array in arrays:
        size += out.write(b"\0" * (-size % 8))
        size += out.write(np.ascontiguousarray(array).data)


def load(path: Path) -> Laid:
    """What is in a file, mapped. Raises ValueError when it is none."""
    if path.stat().st_size < len(MAGIC):
        raise ValueError("not a file of melodies")
    head, arrays = _parts(np.memmap(path, np.uint8, "r"))
    catalogue = Catalogue(
        works=head.works,
        live=np.ones(len(head.works), bool),
        counted=tuple(arrays[len(ARRAYS) :]),
        **dict(zip(ARRAYS, arrays, strict=False)),
    )
    return Laid(head.known, frozenset(head.withdrawn), head.scores, catalogue)


def _parts(raw: NDArray[np.uint8]) -> tuple[_Head, list[NDArray[Any]]]:
    """The header, and the arrays that lie where it says and fill the file."""
    begin = len(MAGIC)
    said, _, _ = raw[begin : begin + 20].tobytes().partition(b"\n")
    if raw[:begin].tobytes() != MAGIC or not said.isdigit():
        raise ValueError("not a file of melodies")
    place = begin + len(said) + 1 + int(said)
    try:
        head = msgspec.json.decode(raw[place - int(said) : place].tobytes(), type=_Head)
    except msgspec.DecodeError as wrong:
        raise ValueError(f"a file of melodies with a broken header: {wrong}") from wrong
    if len(head.arrays) != len(ARRAYS) + len(TABLES) or len(head.scores) != len(head.works):
        raise ValueError("a file of melodies that holds something else")
    arrays: list[NDArray[Any]] = []
    for kind, count in head.arrays:
        place += -place % 8
        if kind not in KINDS or not 0 <= count * np.dtype(kind).itemsize <= len(raw) - place:
            raise ValueError("the file of melodies is shorter than its header says")
        arrays.append(np.frombuffer(raw, np.dtype(kind), count, place) if count else np.zeros(0, kind))
        place += arrays[-1].nbytes
    if place != len(raw):
        raise ValueError(f"the file of melodies holds {len(raw)} bytes where its header names {place}")
    return head, arrays
