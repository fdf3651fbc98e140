"""Properties of integrity.

| law or property | test |
|---|---|
| silence and steady tones have no fingerprint and are never found | test_silence_is_nobodys |
| an index without a recording is the index it was before the recording came | test_adding_and_removing_leaves_no_trace |
| how recordings are spread over segments changes nothing | test_segments_do_not_matter |
| a segment's bytes are the segment | test_pack_and_unpack |
| what is packed is read back | test_what_is_packed_is_read_back |
| the kernels weigh as the plain twin does | test_the_score_is_that_of_its_plain_twin |
| loudness ranks a query's places within their bin and moment, as the plain twin does | test_loudness_is_that_of_its_plain_twin |
| a match's baseline is what its recording, played backwards, reaches | test_backwards_is_the_recording_turned_round |
| a likelihood claims no more than was measured, in words neither | test_a_likelihood_claims_no_more_than_was_measured |
| a case never skips a reader; the second is another than the first, neither acts for the maker or the label | test_a_case_never_skips_a_reader |
| 6 Facts are the truth: cases after any sequence of steps == cases after rebuild | test_law_6_any_sequence_of_steps_rebuilds |
| a name is found however it is disguised, and is never seen in text that lacks it | test_disguises, test_no_name_no_refusal |
| clusters are the connected groups of their links, and pairs worth weighing those of plain loops | test_the_bulk_rules_are_those_of_plain_loops |
| broken audio is one sentence, never another error | test_any_bytes_are_audio_or_one_sentence |
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.oracle import integrity as oracle

from accord.catalog import audio
from accord.engine.running import open_engine
from accord.integrity import actions, bulk, decide, queries, rules
from accord.integrity.boundaries import asked_for
from accord.integrity.identify import identify_peaks
from accord.integrity.index import Index, Segment, build_segment, merge, merge_segments, pack, unpack
from accord.integrity.lookalikes import OWN
from accord.integrity.loudness import LOUDS, loudness
from accord.integrity.packing import BLOCK_FRAMES, KEY_BITS, pack_peaks, pack_postings, unpack_peaks, unpack_postings
from accord.integrity.peaks import BINS, QUERY, RATE_HZ, REFERENCE, Peaks, find_peaks
from accord.integrity.records import Case, CaseKind, CaseState, Evidence, Match, Outcome, Reading
from accord.integrity.score import BACKWARD_FRAMES, backward, hear, weigh
from accord.integrity.search import Alignment
from accord.integrity.segment import CELL_FRAMES
from accord.integrity.weighing import OUTER_BINS, OUTER_FRAMES
from accord.journal.actions import rebuild
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import BadInput, Refusal, Refused

AT = datetime(2026, 7, 1, tzinfo=UTC)
SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def peaks_of(seed: int, seconds: int = 12, rate: float = 15.0) -> Peaks:
    """A made-up peak map: `rate` peaks a second anywhere."""
    chance = np.random.default_rng(seed)
    length = seconds * 43
    count = int(seconds * rate)
    frames = np.sort(chance.uniform(2, length - 2, count)).astype(np.float32)
    strength = chance.uniform(0.5, 4, count).astype(np.float32)
    return Peaks(
        frames, chance.uniform(1, BINS - 2, count).astype(np.float32), strength, np.zeros(count, np.int32), length
    )


def saliences(seed: int, length: int) -> NDArray[np.uint8]:
    """A made-up saliency of every place, with bins, frames and ties of its own."""
    chance = np.random.default_rng(seed)
    rows, columns = chance.integers(0, 40, length)[:, None], chance.integers(0, 40, BINS)
    return np.asarray(rows + columns + chance.integers(0, 30, (length, BINS)), np.uint8)


def same(one: Index, other: Index) -> bool:
    """Whether two indexes hold the same recordings with the same peaks and postings, wherever they lie."""
    return contents(one) == contents(other)


def contents(index: Index) -> dict[str, tuple[bytes, bytes, list[list[tuple[int, int]]]]]:
    """Recording → its peaks and its postings of each kind, relative to its start."""
    found = {}
    for number, name in enumerate(index.recordings):
        start, (frames, bins) = int(index.starts[number]), index.peaks_of(number)
        at = max(0, int(np.searchsorted(index.bases, start, side="right")) - 1)
        segment, base = index.segments[at], int(index.bases[at])
        first, last = (start - base) // CELL_FRAMES, (start - base + int(index.lengths[number])) // CELL_FRAMES
        lists = []
        for postings in segment.postings:
            keys, cells = unpack_postings(postings.packed, max(1, segment.length // CELL_FRAMES), postings.spread)
            mine = (cells >= first) & (cells <= last)
            lists.append(sorted(zip(keys[mine].tolist(), (cells[mine] - first).tolist(), strict=True)))
        found[name] = ((frames - start).tobytes(), bins.tobytes(), lists)
    return found


@SLOW
@given(level=st.sampled_from([0.0, 1e-6, 0.5]), seconds=st.integers(4, 20))
def test_silence_is_nobodys(level: float, seconds: int) -> None:
    """Silence and a constant have no peaks; indexed beside music they are never named."""
    still = np.full(seconds * RATE_HZ, level, np.float32)
    assert len(find_peaks(still, REFERENCE)) == 0
    index = merge([build_segment([("silence", find_peaks(still, REFERENCE)), ("music", peaks_of(1))])])
    assert identify_peaks(find_peaks(still, QUERY), index) == []
    assert {m.recording for m in identify_peaks(peaks_of(1), index)} <= {"music"}


@SLOW
@given(seeds=st.lists(st.integers(0, 50), min_size=1, max_size=5, unique=True), extra=st.integers(60, 90))
def test_adding_and_removing_leaves_no_trace(seeds: list[int], extra: int) -> None:
    """Index a recording and withdraw it: what is left is the index as it was."""
    before = build_segment((f"R{s}", peaks_of(s)) for s in seeds)
    added = build_segment([("extra", peaks_of(extra)), ("more", peaks_of(extra + 1))])
    whole = merge([before, added])
    assert set(whole.recordings) == {f"R{s}" for s in seeds} | {"extra", "more"}
    assert same(merge([before, added], frozenset({"extra", "more"})), merge([before]))
    assert same(merge([before, added, added]), whole)


@SLOW
@given(count=st.integers(1, 6), cuts=st.sets(st.integers(1, 5)))
def test_segments_do_not_matter(count: int, cuts: set[int]) -> None:
    """One segment or several: the same index."""
    songs = [(f"R{n}", peaks_of(n)) for n in range(count)]
    edges = [0, *sorted(c for c in cuts if c < count), count]
    parts = [build_segment(songs[a:b]) for a, b in pairwise(edges)]
    assert same(merge(parts), merge([build_segment(songs)]))
    assert same(
        merge([merge_segments(parts, [frozenset(p.recording for p in part.placed) for part in parts])]), merge(parts)
    )


@SLOW
@given(
    postings=st.lists(st.tuples(st.integers(0, (1 << KEY_BITS) - 1), st.integers(0, 99)), max_size=300),
    crowd=st.integers(0, 200),
    spread=st.integers(0, KEY_BITS),
)
def test_what_is_packed_is_read_back(postings: list[tuple[int, int]], crowd: int, spread: int) -> None:
    """Any postings, many of one key too, in groups of any size, come back as they were; so do any peaks."""
    rows = np.array(sorted([*postings, *[(7, 5)] * crowd]), np.int64).reshape(-1, 2)
    spread = max(spread, 8)  # a table of 2**20 groups is slow to make
    packed = pack_postings(rows[:, 0], rows[:, 1], 100, spread)
    keys, cells = unpack_postings(packed, 100, spread)
    assert np.array_equal(keys, rows[:, 0]) and np.array_equal(cells, rows[:, 1]) and packed.numbers == len(rows)
    frames = np.sort(rows[:, 0])
    again = unpack_peaks(pack_peaks(frames, cells, cells % 8, 1 << KEY_BITS), 0, (1 << KEY_BITS) // BLOCK_FRAMES)
    assert all(np.array_equal(a, b) for a, b in zip(again, (frames, cells, cells % 8), strict=True))


@SLOW
@given(seeds=st.lists(st.integers(0, 99), max_size=4, unique=True), junk=st.binary(max_size=40))
def test_pack_and_unpack(seeds: list[int], junk: bytes) -> None:
    """A segment read back is the one that was written; other bytes are refused."""
    segment = build_segment((f"R{s}", peaks_of(s)) for s in seeds)
    again = unpack(pack(segment))
    assert again.placed == segment.placed
    assert isinstance(again, Segment) and same(merge([again]), merge([segment]))
    with pytest.raises(ValueError):
        unpack(junk)
    if junk:
        with pytest.raises(ValueError):
            unpack(pack(segment) + junk)


@SLOW
@given(
    seed=st.integers(0, 30),
    kept=st.floats(0, 1),
    at=st.floats(200, 320),
    tempo=st.floats(0.85, 1.15),
    shift=st.floats(-12, 12),
)
def test_the_score_is_that_of_its_plain_twin(seed: int, kept: float, at: float, tempo: float, shift: float) -> None:
    """Any alignment of any query weighs what the twin, peak by peak, says."""
    song, noise = peaks_of(seed), peaks_of(seed + 100, rate=20)
    chosen = np.random.default_rng(seed).random(len(song)) < kept
    frames = np.concatenate([song.frames[chosen], noise.frames])
    order = np.argsort(frames, kind="stable")
    bins = np.concatenate([song.bins[chosen], noise.bins])[order]
    strength = np.random.default_rng(seed).integers(1, 9, len(order)).astype(np.float32)
    query = Peaks(frames[order], bins, strength, np.zeros(len(order), np.int32), song.length)
    cells = list(zip(np.rint(query.frames), np.rint(query.bins), strict=True))
    unique = np.array([cells.index(cell) == n for n, cell in enumerate(cells)])  # a map has one peak to a cell
    salience = None if seed % 3 == 0 else saliences(seed, query.length)
    query = Peaks(query.frames[unique], query.bins[unique], query.strength[unique], query.rank[unique], query.length,
                  salience)  # fmt: skip
    index = merge([build_segment([("song", song), ("noise", noise)])])
    for alignment in (Alignment(at, tempo, shift, 0.0), Alignment(0.5 * song.length, 1.0, 0.0, 0.0)):
        weighed = weigh(hear(query), index, alignment).nats
        assert weighed == pytest.approx(oracle.nats(query, index, alignment), rel=1e-6, abs=1e-6)


@settings(SLOW, max_examples=4)
@given(seed=st.integers(0, 1000), length=st.integers(1, 60), count=st.integers(0, 80), flat=st.booleans())
def test_loudness_is_that_of_its_plain_twin(seed: int, length: int, count: int, flat: bool) -> None:
    """Each place has the class that plain ranking gives it; without peaks, in a long query, about as many are of each class."""
    chance = np.random.default_rng(seed)
    frames = np.sort(chance.uniform(0, length - 1e-3, count)).astype(np.float32)
    bins, zeros = chance.uniform(0, BINS - 1, count).astype(np.float32), np.zeros(count, np.int32)
    salience = np.full((length, BINS), 96, np.uint8) if flat else saliences(seed, length)
    query = Peaks(frames, bins, zeros.astype(np.float32), zeros, length, salience)
    found = loudness(query, OUTER_FRAMES, OUTER_BINS)
    assert found.tolist() == oracle.loudness(query)
    if not (flat or count) and length >= 40:
        assert np.abs(np.bincount(found.ravel(), minlength=LOUDS) / found.size - 1 / LOUDS).max() < 0.5 / LOUDS


@settings(SLOW, max_examples=5)
@given(seed=st.integers(0, 30), at=st.integers(100, 400), tempo=st.floats(0.85, 1.15), shift=st.floats(-12, 12))
@example(seed=0, at=121, tempo=1.0, shift=5e-13)  # less than 32 bits can take from a bin
def test_backwards_is_the_recording_turned_round(seed: int, at: int, tempo: float, shift: float) -> None:
    """The baseline is the same when the turned recording is indexed and every place in it is weighed on its own."""
    song, heard = peaks_of(seed), hear(peaks_of(seed + 50, 5, 40))
    index = merge([build_segment([("song", song)])])
    frames, bins = index.peaks_of(0)
    turned = Peaks((song.length - frames[::-1]).astype(np.float32), bins[::-1], np.ones(len(bins), np.float32),
                   np.zeros(len(bins), np.int32), song.length)  # fmt: skip
    other = merge([build_segment([("turned", turned)])])
    reach, step = BACKWARD_FRAMES
    places = song.length - at + np.arange(-reach, reach + 1, step, dtype=float)
    places = places[(places >= 0) & (places < song.length)]
    weighed = [weigh(heard, other, Alignment(place, tempo, shift, 0.0)).nats for place in places.tolist()]
    expected = float(np.sqrt(np.mean(np.square(weighed))))
    assert backward(heard, index, Alignment(float(at), tempo, shift, 0.0)) == pytest.approx(
        expected, rel=1e-6, abs=1e-9
    )


@given(
    nats=st.floats(0, 1000),
    more=st.floats(0, 500),
    window=st.floats(3, 30),
    tries=st.integers(1, 400),
    hours=st.floats(0, 1e8),
)
def test_a_likelihood_claims_no_more_than_was_measured(
    nats: float, more: float, window: float, tries: int, hours: float
) -> None:
    """Where evidence was measured the odds keep to the rule of three; more evidence helps, more places and hours do not."""
    said = decide.probability(nats, window, tries, hours)
    tail = decide.tail_at(window)
    if nats <= tail.least:
        assert said / (1 - said) <= decide.PRIOR_COPY * tail.asked / 3 + 1e-9
    assert said <= decide.probability(nats + more, window, tries, hours)
    assert said >= decide.probability(nats, window, tries + 1, 2 * hours)
    words = Match(recording="r", query_start_s=0, query_end_s=1, ref_start_s=0, ref_end_s=1, pitch_factor=1,
                  tempo_factor=1, evidence=Evidence(nats=nats, hits=1, peaks=1, chance=0, share=1, expected_false=0),
                  probability=said).likelihood  # fmt: skip
    assert float(words.split()[-2]) <= 100 * said


READERS = ("acc_a", "acc_b", "acc_c", "acc_m", "acc_l", "pty_maker")
#: the accounts that act for whom the case is about: its maker, and the label of the recording
ACT_FOR = {"acc_m": frozenset({"pty_maker"}), "acc_l": frozenset({"pty_label"})}


def walk(case: Case, choices: list[tuple[str, str]]) -> tuple[list[str], Case]:
    """Try every choice on a case with the rules alone; returns the steps that were allowed, and the case."""
    taken: list[str] = []
    for step, who in choices:
        if step == "decide":
            state = rules.may_decide(case, who, ACT_FOR.get(who, frozenset()))
            name = "decide again" if case.state is CaseState.APPEALED else "decide"
        elif step == "appeal":
            state, name = rules.may_appeal(case, frozenset({who}), AT), "appeal"
        else:
            state, name = rules.after(case, "lapse"), "lapse"
        if isinstance(state, Refusal):
            continue
        taken.append(name)
        read = (Reading(reader=who, number=len(case.readings) + 1, outcome=Outcome.UPHELD, because="x", at=AT),)
        case = Case(
            id=case.id, kind=case.kind, subject=case.subject, maker=case.maker, because="x", state=state, opened_at=AT,
            also=case.also, readings=case.readings + (read if step == "decide" else ()), appealed_by=who if step == "appeal" else case.appealed_by,
        )  # fmt: skip
    return taken, case


@given(st.lists(st.tuples(st.sampled_from(["decide", "appeal", "lapse"]), st.sampled_from(READERS)), max_size=12))
def test_a_case_never_skips_a_reader(choices: list[tuple[str, str]]) -> None:
    """Whatever is tried in whatever order, a closed case was read; an appealed one by two people, never by its maker.

    Nor by whoever acts for the maker or for the recording's label.
    """
    case = Case(
        id="case_1",
        kind=CaseKind.COPY,
        subject="tak_1",
        maker="pty_maker",
        because="x",
        state=CaseState.OPEN,
        opened_at=AT,
        also=("pty_label",),
    )
    taken, case = walk(case, choices)
    readers = [reading.reader for reading in case.readings]
    assert not {"pty_maker", *ACT_FOR} & {*readers} and len(readers) == len(set(readers))
    if case.state is CaseState.CLOSED:
        assert tuple(taken) in oracle.ROADS
        assert len(readers) == (2 if "appeal" in taken else 1)


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 10_000))
def test_law_6_any_sequence_of_steps_rebuilds(seed: int) -> None:
    """Law 6: open, decide, appeal, lapse, in any order: the cases after a rebuild are the cases before it."""
    chance = random.Random(seed)
    mine: list[str] = []
    for number in range(8):
        at = AT + timedelta(days=3 * number)
        try:
            step = chance.choice(["open", "decide", "decide", "appeal", "lapse"])
            if step == "open" or not mine:
                kind = chance.choice([CaseKind.COPY, CaseKind.DUPLICATE, CaseKind.SPREE])
                mine.append(actions.open_case(kind, f"tak_{seed}_{number}", "pty_maker", "seen", at, "acc_a"))
            elif step == "decide":
                outcome = chance.choice(list(Outcome))
                reader = chance.choice(READERS)
                actions.decide(chance.choice(mine), outcome, "looked", reader, at, reader)
            elif step == "appeal":
                actions.appeal(chance.choice(mine), "no", "pty_maker", at, "acc_m")
            else:
                actions.lapse(at, "acc_a")
        except Refused:
            continue
    before = (queries.cases(SYSTEM), queries.violations())
    rebuild()
    assert (queries.cases(SYSTEM), queries.violations()) == before


TWINS = {v: k for k, v in OWN.items() if len(v) == 1}


@given(
    st.lists(st.sampled_from(["twin", "full", "accent", "case", "zero"]), min_size=0, max_size=8), st.integers(0, 99)
)
@example(["twin"] * 8, 1)
def test_disguises(how: list[str], seed: int) -> None:
    """Look-alikes, full-width letters, accents, capitals and invisible characters hide no name."""
    chance = random.Random(seed)
    letters = list("Nora Vale")
    for trick in how:
        at = chance.choice([n for n, c in enumerate(letters) if c != " "])
        c = letters[at]
        if trick == "twin":
            letters[at] = TWINS.get(c, c)
        elif trick == "full" and c.isascii() and c.isalpha() and len(c) == 1:
            letters[at] = chr(ord(c) + 0xFEE0)
        elif trick == "accent":
            letters[at] = normalize("NFC", c + "\u0301")
        elif trick == "case" and c.isascii():
            letters[at] = c.upper() if c.upper() not in {"H"} else c
        elif trick == "zero":
            letters[at] = c + "\u200b"
    text = f"a waltz by {''.join(letters)}, please"
    assert [hit.party for hit in asked_for(text, {"n": ("Nora Vale",)})] == ["n"], text


@given(st.text(alphabet="abcdefghij KLM,.’0123🎻é", max_size=60))
def test_no_name_no_refusal(text: str) -> None:
    """Text without the letters of a name never asks for it."""
    assert asked_for(text, {"n": ("Nora Vale",), "z": ("Tzu Tzu Wyx",)}) == []


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"fLaC", b"OggS", b"ID3\x03\x00", b"FORM"]),
)
def test_any_bytes_are_audio_or_one_sentence(data: bytes, head: bytes) -> None:
    """Whatever bytes come in, reading ends in samples or in BadInput, one line long."""
    try:
        assert len(audio.read_mono(head + data, RATE_HZ)) >= 0
    except BadInput as bad:
        assert "\n" not in bad.sentence()


NUMBER = st.integers(0, 7)


@pytest.fixture(scope="module")
def duck():
    """One engine for all examples."""
    with open_engine("duckdb") as engine:
        yield engine


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(st.integers(0, 5), NUMBER, st.integers(0, 6)), max_size=50),
    links=st.lists(st.tuples(NUMBER, NUMBER).filter(lambda pair: pair[0] != pair[1]), max_size=9),
    common=st.integers(1, 9),
    floor=st.integers(1, 5),
)
def test_the_bulk_rules_are_those_of_plain_loops(duck, rows, links, common, floor) -> None:
    """Any keys, any links: the SQL leaves the pairs and the groups that plain loops do."""
    columns = [pa.array(column, pa.int64()) for column in (zip(*rows, strict=True) if rows else [()] * 3)]
    table = pa.table(columns, ["key", "recording", "cell"])
    found = bulk.alike(duck, table, bulk.Limits(common=common, floor=floor))
    assert found == oracle.alike(rows, common, floor)
    assert bulk.gathered(duck, links) == oracle.gathered(links)
