"""The kernels of fingerprints say what their plain twins say, whatever they are made to skip.

| property | test |
|---|---|
| a spectrum's bands are those of a plain Fourier transform | test_bands_are_those_of_a_plain_transform |
| peaks are what is higher than its neighbours and most salient within reach | test_peaks_are_those_of_plain_loops |
| pairs of stored peaks, and what of them votes, are those of plain loops | test_pairs_vote_as_in_plain_loops |
| the first tier counts every posting of every key that is not too common | test_the_first_tier_counts_as_plain_loops_do |
| the fullest places are those of a plain sort | test_the_fullest_places_are_those_of_a_plain_sort |
| the table of a query says of every place what the evidence of a peak there is | test_the_table_is_the_evidence_of_each_peak |
| the scan's sums are those of all stored peaks, at every place and at any shift | test_the_scan_sums_as_plain_loops_do |
| a candidate is settled where most pairs of peaks agree | test_a_candidate_is_settled_as_in_plain_loops |
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import fingerprints as oracle
from tests.oracle.integrity import Says

from accord.integrity import keys, scan, search, shortlist
from accord.integrity.packing import pack_postings, put_rice, running
from accord.integrity.pairs import BUCKETS, reference_pairs, voting_pairs
from accord.integrity.peaks import BASS_BINS, BINS, F32, HOP, WINDOW, Peaks, _pick, log_spectrum
from accord.integrity.score import SHARES, hear
from accord.integrity.voting import WEIGHED_HOURS, voted

SOME = settings(max_examples=20, deadline=None)
SEEDS = st.integers(0, 10_000)


def stored(chance: np.random.Generator, count: int, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Peaks as an index gives them: whole frames in order, half bins, classes."""
    frames = np.sort(chance.integers(0, length, count))
    return (
        frames,
        (chance.integers(0, 2 * BINS, count) / 2).astype(np.float32),
        chance.integers(0, 8, count).astype(np.int32),
    )


def heard(chance: np.random.Generator, count: int, length: int) -> Peaks:
    """A query's peaks, the strongest of them too."""
    frames = np.sort(chance.uniform(0, length - 1, count)).astype(np.float32)
    bins = chance.uniform(0, BINS - 1, count).astype(np.float32)
    return Peaks(frames, bins, chance.random(count).astype(np.float32), np.zeros(count, np.int32), length)


@SOME
@given(seed=SEEDS, frames=st.integers(1, 130))
def test_bands_are_those_of_a_plain_transform(seed: int, frames: int) -> None:
    """Noise of any length, over one block of frames or several: each band is a triangle over the power of its
    frame, or in the bass what a window of its own length says (the low pass before it may change that by a little)."""
    chance = np.random.default_rng(seed)
    samples = (0.1 * chance.normal(size=WINDOW + (frames - 1) * HOP + chance.integers(HOP))).astype(np.float32)
    found = log_spectrum(samples)
    assert found.shape == (frames, BINS)
    for frame, bin_ in zip(
        chance.integers(frames, size=3).tolist(), chance.integers(BINS, size=3).tolist(), strict=True
    ):
        assert found[frame, bin_] == pytest.approx(
            oracle.level(samples, frame, bin_), abs=3e-2 if bin_ < BASS_BINS else 2e-3
        )


@SOME
@given(seed=SEEDS, reach=st.integers(1, 8), bass_reach=st.integers(1, 8), steps=st.integers(2, 40))
def test_peaks_are_those_of_plain_loops(seed: int, reach: int, bass_reach: int, steps: int) -> None:
    """On maps with many equal levels too, in the bass and above it."""
    chance = np.random.default_rng(seed)
    level, salient = (chance.integers(0, steps, (25, BASS_BINS + 20)).astype(np.float32) / steps for _ in range(2))
    found: F32 = _pick(level, salient, reach, bass_reach, 0.3, 0.3)
    where = oracle.tops(level, salient, reach, bass_reach, 0.3, 0.3)
    assert found[:, 3].tolist() == [t for t, _ in where]
    assert (np.abs(found[:, 1] - [b for _, b in where]) <= 0.5).all()


@SOME
@given(seed=SEEDS, count=st.integers(0, 80), asked=st.integers(2, 60))
def test_pairs_vote_as_in_plain_loops(seed: int, count: int, asked: int) -> None:
    """Every pair votes for every probe of its own step and gap within reach of its bin; what weighs nothing is left out."""
    chance = np.random.default_rng(seed)
    frames, bins, classes = stored(chance, count, 200)
    buckets, anchors = reference_pairs(frames, bins, classes)
    assert list(zip(buckets.tolist(), anchors.tolist(), strict=True)) == oracle.pairs_of(frames, bins, classes)
    weights = [chance.integers(0, 3, BUCKETS).astype(np.uint16) for _ in range(2)]
    pairs = voting_pairs(buckets, anchors, frames, bins, *weights)
    voting = [n for n, bucket in enumerate(buckets.tolist()) if weights[0][bucket] or weights[1][bucket]]
    assert pairs[0].tolist() == buckets[voting].tolist() and pairs[2].tolist() == bins[anchors[voting]].tolist()
    query, pad = search.ask(heard(chance, asked, 200)), 300
    still = np.zeros((900 // search.STILL_UNIT, 1), np.uint16)
    shifted = np.zeros((900 // search.SHIFTED_UNIT, search.COLUMNS), np.uint16)
    search._vote(query.offsets, query.frames, query.places, *pairs, pad, still, shifted)
    rows = list(zip(*(part.tolist() for part in pairs[:3]), strict=True))
    votes = oracle.pair_votes(query, rows, (pairs[3].tolist(), pairs[4].tolist()), pad)
    assert +votes == {(at, -1): v for (at, _), v in np.ndenumerate(still) if v} | {
        (at, column - 1): v for (at, column), v in np.ndenumerate(shifted) if v
    }


@SOME
@given(seed=SEEDS, count=st.integers(0, 40), number=st.sampled_from([0, 1]), edge=st.sampled_from([0.0, 0.25]),
       doubt=st.sampled_from([0.0, 0.1, 0.29, 2.0]))  # fmt: skip
def test_keys_are_those_of_plain_loops(seed: int, count: int, number: int, edge: float, doubt: float) -> None:
    """Triples and quads of crowded peaks: all that a choice and its doubts allow, and nothing else, whatever is allowed."""
    chance, kind = np.random.default_rng(seed), keys.KINDS[number]
    frames = np.sort(chance.uniform(0, 60, count)).astype(np.float32)
    bins, strength = chance.uniform(40, 100, count).astype(np.float32), chance.permutation(count).astype(np.float32)
    query = Peaks(frames, bins, strength, np.zeros(count, np.int32), 100)
    found = keys._keys(frames, bins, strength, kind.targets, kind.asked_targets, kind.reach_frames, edge, doubt)
    assert {(int(k), float(at)) for k, at in zip(*found, strict=True)} == oracle.keys_of(
        query, kind, kind.asked_targets, edge, doubt
    )


@SOME
@given(
    seed=SEEDS,
    count=st.integers(0, 400),
    crowd=st.sampled_from([0, 64]),
    spread=st.sampled_from([0, 2, 12]),
    hours=st.sampled_from([1.0, 30.0, 300.0]),
    block=st.sampled_from([1, 7, 60, 1000]),
)
def test_the_first_tier_counts_as_plain_loops_do(
    seed: int, count: int, crowd: int, spread: int, hours: float, block: int
) -> None:
    """In groups of one key or of many, of a small index or a large one, with keys that are too common, in a cell that gets
    more votes than are counted, and in blocks of any size."""
    chance = np.random.default_rng(seed)
    keys, cells, before = chance.integers(0, 12, 4)[chance.integers(0, 4, count)], chance.integers(0, 60, count), 9
    rows = sorted([*zip(keys.tolist(), cells.tolist(), strict=True), *((16 + key, 30) for key in range(crowd))])
    asked = sorted({(int(key), int(cell)) for key, cell in chance.integers(0, (13, 8), (20, 2))})
    asked += [(16 + key, 2) for key in range(crowd)]
    length = round(hours / 8.67 * WEIGHED_HOURS * 3600 * 43.07)
    table = np.array(rows, np.int64).reshape(-1, 2)
    packed = pack_postings(table[:, 0], table[:, 1], 60, spread, 0, -(-80 >> spread))
    found = voted(packed, spread, *np.array(asked, np.int64).T, 60, length, before, block)
    assert {at: v for at, v in enumerate(found.tolist()) if v} == oracle.votes(rows, asked, length, before)


@SOME
@given(
    gaps=st.lists(
        st.builds(lambda bits, less: (1 << bits) - 1 >> less, st.integers(0, 31), st.integers(0, 2)), max_size=60
    ),
    low=st.one_of(st.integers(0, 30), st.sampled_from([19, 20, 21])),  # three of 21 bits are about a look
    beyond=st.one_of(st.integers(1, 1 << 37), st.just(1 << 40)),
    start=st.integers(0, 130),
)
def test_gaps_are_read_three_at_a_time_as_one_at_a_time(gaps: list[int], low: int, beyond: int, start: int) -> None:
    """Gaps of any size and code, from any bit on, also such as one look does not hold three of; none that is beyond is told."""
    gaps = [min(gap, 2000 << low) for gap in gaps]  # a code of two thousand zeros is long enough
    words, at = np.zeros(2100 * (len(gaps) + 1) // 64 + 8, np.uint64), start
    for gap in gaps:
        at = put_rice(words, at, gap, low)
    out = np.zeros(len(gaps), np.int64)
    found = running(words, start, low, len(gaps), beyond, out)
    assert out[:found].tolist() == [place for place in accumulate(gaps) if place < beyond]


@SOME
@given(seed=SEEDS, size=st.integers(3, 4000), full=st.sampled_from([1, 3, 255]), most=st.sampled_from([1, 5, 150]))
def test_the_fullest_places_are_those_of_a_plain_sort(seed: int, size: int, full: int, most: int) -> None:
    """With many places that are equally full, and with fewer than are asked for."""
    chance = np.random.default_rng(seed)
    counters = np.where(chance.random(size) < 0.2, chance.integers(0, full + 1, size), 0).astype(np.uint8)
    cells, votes = shortlist._fullest(counters, most)
    found = sorted(zip((-votes).tolist(), cells.tolist(), strict=True))
    assert found == oracle.fullest(counters.tolist(), most)


@SOME
@given(
    seed=SEEDS,
    shift=st.integers(-20, 20),
    begin=st.integers(-100, 250),
    wide=st.sampled_from([6, search.WIDE.window]),
    steps=st.sampled_from([0, 1, search.ALL_TEMPI]),
)
def test_a_candidate_is_settled_as_in_plain_loops(seed: int, shift: int, begin: int, wide: int, steps: int) -> None:
    """Any window, shift and range of tempi, the query partly outside the stored peaks."""
    chance = np.random.default_rng(seed)
    frames, bins, _ = stored(chance, 250, 400)
    query = heard(chance, 120, 150)
    rows = np.clip(np.rint(query.bins), 0, BINS - 1)
    by_row = np.argsort(rows, kind="stable")
    wanted = np.array([[begin, wide, shift]], np.float64)
    (found,) = search._hough(wanted, query.frames[by_row], query.bins[by_row], np.searchsorted(rows[by_row], np.arange(BINS + 1)),
                             query.length, frames, bins, search.TEMPO_STEP, steps).tolist()  # fmt: skip
    peaks = list(zip(query.frames.tolist(), query.bins.tolist(), strict=True))
    stored_peaks = list(zip(frames.tolist(), bins.tolist(), strict=True))
    expected = oracle.support((begin, wide, shift), peaks, query.length, stored_peaks, steps)
    assert found == pytest.approx(list(expected))


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, count=st.integers(2, 300), loud=st.booleans())
def test_the_table_is_the_evidence_of_each_peak(seed: int, count: int, loud: bool) -> None:
    """Hit, nearly hit, or missed where it is loud or quiet; on frames and bins of the edges too."""
    chance = np.random.default_rng(seed)
    query, cells = heard(chance, count, 60), set()
    unique = [not (at in cells or cells.add(at)) for at in zip(np.rint(query.frames), np.rint(query.bins), strict=True)]
    salience = chance.integers(0, 256, (60, BINS)).astype(np.uint8) if loud else None
    query = Peaks(query.frames[unique], query.bins[unique], query.strength[unique], query.rank[unique], 60, salience)
    worth, says = scan.table(hear(query)), Says(query)
    halves, frames = chance.integers(0, scan.HALVES, 300), chance.integers(0, 60, 300)
    near = zip(np.rint(2 * query.bins).astype(int).tolist(), np.rint(query.frames).astype(int).tolist(), strict=True)
    edges = [(half, t) for half in (0, scan.HALVES - 1) for t in (0, 59)]
    for half, t in [*zip(halves.tolist(), frames.tolist(), strict=True), *near, *edges]:
        assert worth[half, 59 - t] == oracle.steps_of(says.gain(t, half / 2, float(SHARES[scan.SHARE])))


@SOME
@given(seed=SEEDS, count=st.integers(0, 250), begin=st.integers(-60, 300), reach=st.sampled_from([0, 2]),
       step=st.sampled_from([1, 2]))  # fmt: skip
def test_the_scan_sums_as_plain_loops_do(seed: int, count: int, begin: int, reach: int, step: int) -> None:
    """At every place where a query touches the stored peaks; and near a window the best of its places and shifts."""
    chance = np.random.default_rng(seed)
    frames, bins, _ = stored(chance, count, 300)
    worth, rows = (
        chance.integers(-scan.MOST, scan.MOST + 1, (scan.HALVES, 50)).astype(np.int8),
        list(zip(frames.tolist(), bins.tolist(), strict=True)),
    )
    sums = scan.everywhere(worth, frames, bins, 300)
    assert sums[:349].tolist() == [oracle.summed(worth.tolist(), rows, last - 49, 0) for last in range(349)]
    best, at = scan._best(sums, 40)
    assert [(b, a) for b, a in zip(best.tolist(), at.tolist(), strict=True)] == [
        (max(part), k * 40 + part.index(max(part)))
        for k in range(len(sums) // 40)
        if (part := sums[40 * k : 40 * k + 40].tolist())
    ]
    shift = int(chance.integers(-60, 60))
    found = scan.within(worth, frames, bins, np.array([begin]), np.array([shift]), reach, 30, step)[0].tolist()
    some = [row for row in rows if row[0] >= begin][::step]
    every = [(oracle.summed(worth.tolist(), some, begin + k, shift + s), begin + k, shift + s)
             for s in range(-reach, reach + 1) for k in range(30)]  # fmt: skip
    assert tuple(found) == max(every, key=lambda one: one[0])


@SOME
@given(
    seed=SEEDS,
    rows=st.integers(1, 40),
    columns=st.sampled_from([1, 3, search.SHIFTS]),
    window=st.integers(1, 4),
    most=st.integers(1, 12),
)
def test_the_fullest_windows_are_those_of_plain_loops(
    seed: int, rows: int, columns: int, window: int, most: int
) -> None:
    """With many that are equally full: the earlier window, its first row, the last column; short rows added up read the same."""
    votes = np.zeros((rows, search.COLUMNS), np.uint16)
    votes[:, 1 : columns + 1] = np.random.default_rng(seed).integers(0, 3, (rows, columns))
    found = search._fullest(votes, 5 * window, most, 5, 7, 1)
    assert [tuple(row) for row in found.tolist()] == [
        (5.0 * at - 7, 5.0 * window, column - 1.0)
        for _, at, column in oracle.fullest_windows(votes.tolist(), window, most)
    ]
    assert search._together(votes, window).tolist() == [
        votes[r : r + window].sum(axis=0).tolist() for r in range(0, rows - window + 1, window)
    ]
