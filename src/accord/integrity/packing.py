"""Numbers as few bits: sorted postings and peak maps, packed so that any part can be read without the rest.

Bits fill little-endian 64-bit words from the least significant end. Gaps are Rice coded: a gap is its high part in unary
(zeros, then a one) and its low `k` bits as they are; k follows from how many numbers share how wide a range, and is not
stored. Counts are Elias gamma coded. What is packed begins on a whole byte and is found through a table of byte offsets:

- *postings* are (key, cell) in order, in groups of 2^spread neighbouring keys, one gap code a group;
- *peaks* are (frame, half bin, strength class) in order of frame, in blocks of BLOCK_FRAMES, about 14 bits a peak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled, inlined, zeros_below

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

KEY_BITS = 20
GROUP_POSTINGS = 128  # about so many share a group, and a table entry
MANY_POSTINGS, FEWER_POSTINGS = 1 << 21, 32  # of so many, fewer: less is read that was not asked for
BLOCK_FRAMES = 512
BIN_BITS, STRENGTH_BITS = 9, 3
FRAME_RICE = 1
SPARE_WORDS = 2  # a reader may look this far past the end
NOTHING, ONE, LAST = np.uint64(0), np.uint64(1), np.uint64(1 << 63)
SEEN = np.uint64(64)  # bits of one look
WORD_LOG2, WORD_REST = (
    np.uint64(6),
    np.uint64(63),
)  # readers count with unsigned numbers: an index that may be negative costs


@dataclass(frozen=True)
class Packed:
    """Packed groups one after another: where each begins (bytes; one more than groups), and their bits."""

    starts: U32
    words: U64

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.starts) - 1

    @property
    def numbers(self) -> int:
        """How many postings or peaks there are."""
        return int(_count(self.starts, self.words))

    @property
    def bytes(self) -> int:
        """Size of both arrays."""
        return int(self.starts.nbytes + self.words.nbytes)


def spread_for(postings: int) -> int:
    """How many low bits of the key a group spans, so that it holds about GROUP_POSTINGS, or FEWER_POSTINGS of MANY."""
    groups = max(1, postings // (FEWER_POSTINGS if postings >= MANY_POSTINGS else GROUP_POSTINGS))
    return max(0, KEY_BITS - (groups.bit_length() - 1))


def pack_postings(
    keys: I64, cells: I64, all_cells: int, spread: int, first: int = 0, last: int | None = None
) -> Packed:
    """Postings sorted by (key, cell), of the groups first ≤ group < last (all of them unless said)."""
    end = 1 << (KEY_BITS - spread) if last is None else last
    counts = np.bincount((keys >> spread) - first, minlength=end - first)
    return _trimmed(*_pack_groups(keys, cells, counts, all_cells, spread, first, _room(len(keys), end - first)))


def unpack_postings(
    packed: Packed, all_cells: int, spread: int, first: int = 0, last: int | None = None
) -> tuple[I64, I64]:
    """(keys, cells) of the groups first ≤ group < last of packed postings."""
    end = packed.groups if last is None else last
    return _unpack_groups(packed.starts, packed.words, all_cells, spread, first, end)


def pack_peaks(frames: I64, halves: I64, classes: I64, length: int) -> Packed:
    """Peaks sorted by frame, of a map of `length` frames."""
    blocks = -(-length // BLOCK_FRAMES)
    counts = np.bincount(frames // BLOCK_FRAMES, minlength=blocks)
    return _trimmed(*_pack_blocks(frames, halves, classes, counts, _room(len(frames), blocks)))


def unpack_peaks(packed: Packed, first: int, last: int) -> tuple[I64, I64, I64]:
    """(frames, half bins, strength classes) of the blocks first ≤ block < last."""
    whole = np.array([[first * BLOCK_FRAMES, last * BLOCK_FRAMES]], np.int64)
    return _unpack_spans(packed.starts, packed.words, whole, whole[:, 0])


def unpack_spans(packed: Packed, spans: I64, begins: I64) -> tuple[I64, I64, I64]:
    """(frames, half bins, strength classes) of the peaks in spans (rows first ≤ frame < last, within the map), each
    span's frames counted on from its begin."""
    return _unpack_spans(packed.starts, packed.words, spans, begins)


def join(parts: list[Packed]) -> Packed:
    """Packed runs of groups, one after another."""
    sizes = [int(part.starts[-1]) for part in parts]
    ends = np.cumsum([0, *sizes])
    if ends[-1] >= 1 << 32:
        raise ValueError(f"packed groups of {ends[-1]:,} bytes do not fit one file: split them over more segments")
    starts = [np.zeros(1, np.uint32)]
    out = np.zeros(-(-int(ends[-1]) // 8) + SPARE_WORDS, np.uint64)
    for part, at, size in zip(parts, ends, sizes, strict=False):
        starts.append((part.starts[1:].astype(np.int64) + at).astype(np.uint32))
        out.view(np.uint8)[at : at + size] = part.words.view(np.uint8)[:size]
    return Packed(np.concatenate(starts), out)


def part(packed: Packed, first: int, last: int) -> Packed:
    """The groups first ≤ group < last by themselves; `join` of all parts is the whole again."""
    begin, end = int(packed.starts[first]), int(packed.starts[last])
    starts = (packed.starts[first : last + 1].astype(np.int64) - begin).astype(np.uint32)
    words = np.zeros(-(-(end - begin) // 8) + SPARE_WORDS, np.uint64)
    words.view(np.uint8)[: end - begin] = np.asarray(packed.words).view(np.uint8)[begin:end]
    return Packed(starts, words)


def _room(numbers: int, groups: int) -> U64:
    return np.zeros((numbers * 48 + groups * 80) // 64 + 64, np.uint64)


def _trimmed(starts: I64, words: U64) -> Packed:
    return Packed(starts.astype(np.uint32), words[: -(-int(starts[-1]) // 8) + SPARE_WORDS].copy())


@compiled
def put_bits(words: U64, at: int, value: int, bits: int) -> int:
    """Write `bits` (below 64) of value at bit `at`; returns the bit after it."""
    if bits > 0:
        word, shift = at >> 6, np.uint64(at & 63)
        words[word] |= np.uint64(value) << shift
        if (at & 63) + bits > 64:
            words[word + 1] |= np.uint64(value) >> (np.uint64(64) - shift)
    return at + bits


@inlined
def get_bits(words: U64, at: int | np.uint64) -> np.uint64:
    """The 64 bits that begin at bit `at`, as an unsigned word."""
    word, shift = np.uint64(at) >> WORD_LOG2, np.uint64(at) & WORD_REST
    return (words[word] >> shift) | ((words[word + ONE] << ONE) << (WORD_REST - shift))  # type: ignore[no-any-return]


@inlined
def zeros_at(words: U64, at: int) -> int:
    """How many zeros stand at bit `at` before the next one."""
    count = 0
    here = get_bits(words, at)
    while here == NOTHING:
        count += 64
        here = get_bits(words, at + count)
    return count + np.int64(zeros_below(here))  # type: ignore[return-value]


@compiled
def put_gamma(words: U64, at: int, value: int) -> int:
    """Elias gamma code of value ≥ 0."""
    size = 0
    while (value + 1) >> (size + 1):
        size += 1
    at = put_bits(words, at + size, 1, 1)
    return put_bits(words, at, (value + 1) - (1 << size), size)


@compiled
def get_gamma(words: U64, at: int) -> tuple[int, int]:
    """(value, bit after it) of an Elias gamma code."""
    size = zeros_at(words, at)
    low = np.int64(get_bits(words, at + size + 1) & ((np.uint64(1) << np.uint64(size)) - np.uint64(1)))
    return (1 << size) + low - 1, at + 2 * size + 1  # type: ignore[return-value]


@compiled
def first_bit(starts: U32, group: int) -> int:
    """The bit at which a group begins. (A signed number: the kernels never mix signed with unsigned.)"""
    return np.int64(starts[group]) << 3  # type: ignore[return-value]


@compiled
def rice_bits(width: int, count: int) -> int:
    """How many low bits of a gap are kept as they are, when `count` numbers lie in a range of `width`."""
    mean, bits = (0.69 * width) / max(1, count), 0
    while mean >= 2.0:
        mean *= 0.5
        bits += 1
    return bits


@compiled
def put_rice(words: U64, at: int, value: int, low: int) -> int:
    """Rice code of value ≥ 0 with `low` plain bits."""
    at = put_bits(words, at + (value >> low), 1, 1)
    return put_bits(words, at, value & ((1 << low) - 1), low)


@inlined
def get_rice(words: U64, at: int, low: int) -> tuple[int, int]:
    """(value, bit after it) of a Rice code with `low` plain bits."""
    here = get_bits(words, at)
    high: int = np.int64(zeros_below(here | LAST))  # type: ignore[assignment]
    if high + low < 63:  # nearly always: all of it is in the word that was read
        rest = here >> np.uint64(high + 1)
    else:
        high = zeros_at(words, at)
        rest = get_bits(words, at + high + 1)
    plain = rest & ((ONE << np.uint64(low)) - ONE)
    return (high << low) + np.int64(plain), at + high + 1 + low  # type: ignore[return-value]


@inlined
def get_three(words: U64, at: np.uint64, low: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Three Rice coded gaps from bit `at` on, and how many bits they take; valid where those are SEEN at most. Where a gap begins
    is known only when the one before is read, so it is quicker to have three of one look at the words."""
    here, plain = get_bits(words, at), (ONE << low) - ONE
    first = zeros_below(here | LAST)
    here = (here >> first) >> ONE
    one = (first << low) + (here & plain)
    here >>= low
    second = zeros_below(here | LAST)
    here = (here >> second) >> ONE
    two = (second << low) + (here & plain)
    here >>= low
    third = zeros_below(here | LAST)
    here = (here >> third) >> ONE
    return one, two, (third << low) + (here & plain), first + second + third + np.uint64(3) * (low + ONE)


@compiled
def running(words: U64, at: int, low: int, count: int, beyond: int, out: I64) -> int:
    """The sums of `count` Rice coded gaps from bit `at` on, into `out`, up to the first that is `beyond` or more; returns how
    many are below it."""
    value, k = 0, 0
    while k < count and value < beyond:
        one, two, three, read = get_three(words, np.uint64(at), np.uint64(low))
        if read <= SEEN and k + 3 <= count:
            out[k] = value + np.int64(one)
            out[k + 1] = out[k] + np.int64(two)
            out[k + 2] = value = out[k + 1] + np.int64(three)
            at += np.int64(read)  # type: ignore[assignment]
            k += 3
        else:
            gap, at = get_rice(words, at, low)
            out[k] = value = value + gap
            k += 1
    while k and out[k - 1] >= beyond:
        k -= 1
    return k


@compiled
def _count(starts: U32, words: U64) -> int:
    total = 0
    for g in range(len(starts) - 1):
        total += get_gamma(words, first_bit(starts, g))[0]
    return total


@compiled
def _pack_groups(
    keys: I64, cells: I64, counts: I64, all_cells: int, spread: int, first: int, words: U64
) -> tuple[I64, U64]:
    starts = np.zeros(len(counts) + 1, np.int64)
    at, i = 0, 0
    for g in range(len(counts)):
        starts[g] = at >> 3
        at = put_gamma(words, at, counts[g])
        low = rice_bits(all_cells << spread, counts[g])
        before = 0
        for _ in range(counts[g]):
            value = (keys[i] - ((g + first) << spread)) * all_cells + cells[i]
            at = put_rice(words, at, value - before, low)
            before = value
            i += 1
        at = (at + 7) & ~7
    starts[len(counts)] = at >> 3
    return starts, words


@compiled
def _unpack_groups(starts: U32, words: U64, all_cells: int, spread: int, first: int, last: int) -> tuple[I64, I64]:
    total = 0
    for g in range(first, last):
        total += get_gamma(words, first_bit(starts, g))[0]
    keys, cells, i = np.empty(total, np.int64), np.empty(total, np.int64), 0
    for g in range(first, last):
        count, at = get_gamma(words, first_bit(starts, g))
        low = rice_bits(all_cells << spread, count)
        value = 0
        for _ in range(count):
            gap, at = get_rice(words, at, low)
            value += gap
            keys[i] = (g << spread) + value // all_cells
            cells[i] = value % all_cells
            i += 1
    return keys, cells


@compiled
def _pack_blocks(frames: I64, halves: I64, classes: I64, counts: I64, words: U64) -> tuple[I64, U64]:
    starts = np.zeros(len(counts) + 1, np.int64)
    at, i = 0, 0
    for b in range(len(counts)):
        starts[b] = at >> 3
        at = put_gamma(words, at, counts[b])
        before = b * BLOCK_FRAMES
        for _ in range(counts[b]):
            at = put_rice(words, at, frames[i] - before, FRAME_RICE)
            at = put_bits(words, at, halves[i], BIN_BITS)
            at = put_bits(words, at, classes[i], STRENGTH_BITS)
            before = frames[i]
            i += 1
        at = (at + 7) & ~7
    starts[len(counts)] = at >> 3
    return starts, words


@compiled
def _unpack_spans(starts: U32, words: U64, spans: I64, begins: I64) -> tuple[I64, I64, I64]:
    total = 0
    for s in range(len(spans)):
        for b in range(spans[s, 0] // BLOCK_FRAMES, (spans[s, 1] - 1) // BLOCK_FRAMES + 1):
            total += get_gamma(words, first_bit(starts, b))[0]
    frames, halves, classes = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.int64)
    i = 0
    for s in range(len(spans)):
        for b in range(spans[s, 0] // BLOCK_FRAMES, (spans[s, 1] - 1) // BLOCK_FRAMES + 1):
            count, at = get_gamma(words, first_bit(starts, b))
            frame = b * BLOCK_FRAMES
            for _ in range(count):
                gap, at = get_rice(words, at, FRAME_RICE)
                frame += gap
                if spans[s, 0] <= frame < spans[s, 1]:
                    rest = np.int64(get_bits(words, at))
                    frames[i] = frame - spans[s, 0] + begins[s]
                    halves[i] = rest & ((1 << BIN_BITS) - 1)
                    classes[i] = (rest >> BIN_BITS) & ((1 << STRENGTH_BITS) - 1)
                    i += 1
                at += BIN_BITS + STRENGTH_BITS
    return frames[:i].copy(), halves[:i].copy(), classes[:i].copy()
