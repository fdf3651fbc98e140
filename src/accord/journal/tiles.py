"""Tiles of the journal's tree in the C2SP tlog-tiles layout.

A tile holds up to 256 stored hashes of one level (0, 8, 16 …) of the tree; `tile/L/N` is a full one, `tile/L/N.p/W` one
of width W. `tile/entries/N` holds the leaves themselves, each with its length in two bytes before it. Here a leaf is a
salted commitment, so the tiles can be public.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from accord.journal.tree import Reader, root_of

WIDTH = 256
HEIGHT = 8


def path(level: int | str, number: int, width: int = WIDTH) -> str:
    """`tile/1/x001/x234/067.p/8`: the index in groups of three digits, all but the last with an `x`."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def entries(leaves: Sequence[bytes]) -> bytes:
    """An entry bundle: each leaf's data with a big-endian 16-bit length before it."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def changed(old: int, new: int) -> list[tuple[int, int, int]]:
    """The hash tiles (level, number, width) that growing from `old` to `new` leaves writes, lowest level first."""
    found = []
    level = 0
    while (after := new >> (HEIGHT * level)) > 0:
        before = old >> (HEIGHT * level)
        for number in range(before // WIDTH, (after + WIDTH - 1) // WIDTH):
            width = min(WIDTH, after - number * WIDTH)
            if number * WIDTH + width > before:
                found.append((level, number, width))
        level += 1
    return found


def reader(size: int, read_tile: Callable[[str], bytes]) -> Reader:
    """A reader of stored hashes for the tree of `size` leaves over a function that fetches tiles by path."""

    def read(level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, HEIGHT)
        first = index << inner
        number = first // WIDTH
        width = min(WIDTH, (size >> (HEIGHT * tile_level)) - number * WIDTH)
        data = read_tile(path(tile_level, number, width))
        start = (first - number * WIDTH) * 32
        stop = start + (32 << inner)
        return root_of([data[at : at + 32] for at in range(start, stop, 32)])

    return read
