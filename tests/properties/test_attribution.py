"""Laws of attribution.

| law | test |
|---|---|
| 7: a split sums to what was split | test_law_7_shares_sum_to_exactly_one |
| 8: every share carries its because | test_law_8_every_share_carries_its_because |
| exact lineage equals the moment-by-moment walk | test_lineage_equals_its_plain_twin |
| splitting or repeating a work changes nothing | test_dividing_a_work_does_not_change_its_cluster |
| co-creators of a remix of others' remixes equal the walk, and sum to one | test_law_7_the_makers_of_a_remix_of_remixes_sum_to_one_at_every_node |
| recordings and models’ pieces in a mix equal the walk, and sum to one | test_law_7_recordings_and_what_models_wrote_share_a_mix_moment_by_moment |
| 5: what is heard in a lineage is touched, and nothing else is | test_law_5_everything_reachable_in_a_lineage_is_touched_and_nothing_else_is |
| 5: a take touches everything that it was edited to | test_law_5_a_take_touches_everything_that_it_was_edited_to |
| w is never above what the calibration supports | test_w_is_never_above_what_the_calibration_supports |
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracle import attribution as plain

from accord.attribution import calibration, family, lineage, makers, measuring, mixing, passages, rules, similarity
from accord.attribution.lineage import Span
from accord.attribution.records import ShareKind
from accord.attribution.rules import Part
from accord.governance.records import Split
from accord.studio import descent
from accord.studio.records import SourceSpan, Take, TakeKind

assets = st.sampled_from(["rec_1", "rec_2", "rec_3"])
span_lists = st.lists(
    st.tuples(assets, st.integers(0, 30), st.integers(0, 30), st.integers(0, 9)).map(
        lambda s: (s[0], min(s[1], s[2]), max(s[1], s[2]), s[3])
    ),
    max_size=8,
)


def spans(told: list[tuple[str, int, int, int]]) -> list[Span]:
    return [Span(a, Fraction(b), Fraction(e), Fraction(g)) for a, b, e, g in told]


@st.composite
def splits(draw: st.DrawFn) -> Split:
    cuts = sorted((draw(st.integers(0, 1_000_000)), draw(st.integers(0, 1_000_000))))
    return Split(version=1, sources_ppm=cuts[0], model_ppm=cuts[1] - cuts[0], cocreator_ppm=1_000_000 - cuts[1])


@st.composite
def kinds(draw: st.DrawFn) -> dict[ShareKind, list[Part]]:
    weights = st.one_of(st.integers(0, 50).map(Fraction), st.fractions(0, 1, max_denominator=10**9))
    found = {}
    for kind in ShareKind:
        parts = draw(st.lists(weights, max_size=6))
        found[kind] = [Part(f"{kind}_{i}", weight, "method", f"because {i}") for i, weight in enumerate(parts)]
    return found


@given(span_lists)
def test_lineage_equals_its_plain_twin(told: list[tuple[str, int, int, int]]) -> None:
    """Shares from segments are exactly those of walking the creation moment by moment."""
    assert lineage.shares(spans(told)) == plain.shares(told, 30)


@given(span_lists)
def test_law_7_lineage_sums_to_one_or_to_nothing(told: list[tuple[str, int, int, int]]) -> None:
    """Law 7: whatever was mixed, the shares sum to exactly one, and there are none when nothing is heard."""
    found = lineage.shares(spans(told))
    assert sum(found.values()) == (1 if found else 0)
    assert bool(found) == any(e > b and g for _, b, e, g in told)


@given(kinds(), splits())
def test_law_7_shares_sum_to_exactly_one(parts: dict[ShareKind, list[Part]], split: Split) -> None:
    """Law 7: the units of the rows sum to the total, which fits a 64-bit integer a million times over."""
    try:
        total, rows = rules.combine(parts, split)
    except ValueError:
        return
    assert sum(row.units for row in rows) == total <= rules.MOST_UNITS
    assert all(row.units > 0 for row in rows)


@given(kinds(), splits())
def test_law_8_every_share_carries_its_because(parts: dict[ShareKind, list[Part]], split: Split) -> None:
    """Law 8: each row says by which method and because of what; a kind gets no more than its own subjects."""
    try:
        _, rows = rules.combine(parts, split)
    except ValueError:
        return
    assert all(row.method and row.because and row.subject.startswith(row.kind) for row in rows)


@given(kinds(), splits())
def test_kinds_share_by_the_published_split(parts: dict[ShareKind, list[Part]], split: Split) -> None:
    """Of the kinds that are there, each gets what the split gives it against the others, to a billionth a row."""
    try:
        total, rows = rules.combine(parts, split)
    except ValueError:
        return
    within = (split.sources_ppm, split.model_ppm, split.cocreator_ppm)
    # what an outside model made has no sources: what they and a model would have is its part
    published = dict(zip(ShareKind, (*within, split.sources_ppm + split.model_ppm), strict=True))
    there = {kind for kind, of in parts.items() if any(p.weight for p in of) and published[kind]}
    whole = sum(published[kind] for kind in there)
    for kind in there:
        got = Fraction(sum(row.units for row in rows if row.kind == kind), total)
        assert abs(got - Fraction(published[kind], whole)) <= Fraction(20, rules.MOST_UNITS)


@given(
    st.lists(st.lists(st.integers(0, 20), min_size=8, max_size=30), min_size=2, max_size=4),
    st.lists(st.integers(0, 20), min_size=8, max_size=30),
    st.integers(2, 10),
)
def test_dividing_a_work_does_not_change_its_cluster(corpus: list[list[int]], made: list[int], copies: int) -> None:
    """Registering a work ten times moves nothing: its cluster's similarity and everybody else's stay as they were."""
    works = {f"cluster:{i}": [np.asarray(ids, np.int64)] for i, ids in enumerate(corpus)}
    before = similarity.similarities(similarity.prepare(works), np.asarray(made, np.int64))
    works["cluster:0"] = works["cluster:0"] * copies
    after = similarity.similarities(similarity.prepare(works), np.asarray(made, np.int64))
    assert after == pytest.approx(before)


shares = st.dictionaries(st.sampled_from("abcd"), st.fractions(0, 1, max_denominator=10**6), min_size=1)
held = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 10**6), min_size=1)


@given(
    shares,
    st.dictionaries(
        st.sampled_from("abcd"), st.lists(st.integers(1, 99), min_size=1, max_size=5), min_size=4, max_size=4
    ),
)
def test_a_cluster_keeps_its_weight_however_divided(weights: dict[str, Fraction], notes: dict[str, list[int]]) -> None:
    """The weights of a cluster's members sum to the cluster's weight, whether it has one member or five."""
    members = {c: {f"{c}{i}": n for i, n in enumerate(of)} for c, of in notes.items()}
    shared = rules.within_clusters(weights, members)
    for cluster, value in weights.items():
        assert sum(w for _, c, w in shared if c == cluster) == value


@given(
    st.lists(st.tuples(*([st.integers(-50, 50)] * 2), st.integers(0, 50), st.integers(1, 400)), min_size=2, max_size=6),
    st.lists(st.integers(1, 90), min_size=1, max_size=10),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)
def test_a_work_registered_in_parts_earns_what_the_whole_would(
    works: list[tuple[int, int, int, int]], parts: list[int], part: float
) -> None:
    """By effect too: gradients and tokens of the parts add up to the whole's, and where they are as like the piece as it was,
    they have its share together, and every other work has its own."""
    choice = measuring.Choice(2, 0.1, part, level=0.01, slope=0.004)

    def paid(told: list[tuple[float, float, float, int]]) -> list[float]:
        one, other, like, tokens = (np.asarray(column, np.float64) for column in zip(*told, strict=True))
        sizes = tokens.astype(np.int64)
        scores = calibration.summed([one[None], other[None]], sizes)
        effects = choice.effects(calibration.combined(scores, like[None], part, sizes), sizes)[0]
        return [float(value) for value in effects / max(effects.sum(), 1e-300)]

    (one, other, like, _), rest = works[0], works[1:]
    size = sum(parts)
    whole = paid([(one, other, like, size), *rest])
    split = paid([*((one * p / size, other * p / size, like, p) for p in parts), *rest])
    assert sum(split[: len(parts)]) == pytest.approx(whole[0], abs=1e-9)
    assert split[len(parts) :] == pytest.approx(whole[1:], abs=1e-9)


@given(st.dictionaries(st.sampled_from("abcd"), st.floats(-1, 1)), held, st.integers(0, 1_000_000))
def test_law_7_what_follows_attribution_and_what_does_not_sum_to_one(
    effects: dict[str, float], tokens: dict[str, int], followed: int
) -> None:
    """Law 7: the parts of the set sum to exactly one; no work gets less than its tokens' part of what does not follow."""
    found = rules.mixed(effects, tokens, followed)
    assert sum(found.values()) == 1 and found.keys() == tokens.keys()
    by_tokens = {c: Fraction(n, sum(tokens.values())) for c, n in tokens.items()}
    assert all(found[c] >= (1 - Fraction(followed, 1_000_000)) * by_tokens[c] for c in tokens)
    if followed == 0 or all(effects.get(c, 0) <= 0 for c in tokens):
        assert found == by_tokens


@given(st.lists(st.lists(st.integers(3, 9), max_size=6), min_size=1, max_size=12), st.integers(1, 10), st.data())
def test_neither_copies_nor_parts_change_what_a_work_has(
    bars: list[list[int]], copies: int, data: st.DataObject
) -> None:
    """Registered ten times, or cut at any bar lines into parts, a work has the same sealed tokens."""
    whole = np.asarray([t for bar in bars for t in (2, *bar)], np.int64)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(bars)))))
    parts = [bars[a:b] for a, b in zip([0, *cuts], [*cuts, len(bars)], strict=True)]
    cut = [np.asarray([t for bar in part for t in (2, *bar)], np.int64) for part in parts if part]
    assert passages.tokens([whole] * copies, 2) == passages.tokens(cut, 2) == passages.tokens([whole], 2)
    assert passages.tokens([whole], 2) == sum(1 + len(bar) for bar in {tuple(bar) for bar in bars})


@given(
    *(st.tuples(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1)) for _ in range(3)),
    st.floats(0, 1),
)
def test_w_is_never_above_what_the_calibration_supports(
    score: tuple[float, float, float],
    inside: tuple[float, float, float],
    control: tuple[float, float, float],
    best: float,
) -> None:
    """w is at most each lower end and the part with the least error, and zero where an interval reaches a control."""
    one, other, third = (calibration.Interval(v, v - down, v + up) for v, down, up in (score, inside, control))
    found = calibration.weight_ppm(one, other, [third], best)
    assert 0 <= found <= 1_000_000 * max(0.0, min(one.low, other.low, best))
    assert found == 0 or (one.low > third.high and other.low > 0)


@given(st.lists(st.tuples(st.fractions(0, 1), kinds(), st.fractions(0, 1, max_denominator=1000)), max_size=2), splits())
def test_law_7_layers_sum_to_one_and_own_notes_are_the_creators(
    told: list[tuple[Fraction, dict[ShareKind, list[Part]], Fraction]], split: Split
) -> None:
    """Law 7: recordings, a model's notes and a person's in one creation sum to one; what is wholly one's own is one's own."""
    author = Part("fan", Fraction(1), "own notes", "wrote them")
    try:
        total, rows = rules.layered([rules.Layer(w, parts, own, author) for w, parts, own in told], split)
    except ValueError:
        return
    assert sum(row.units for row in rows) == total <= rules.MOST_UNITS
    if all(own == 1 for _, _, own in told):
        assert {row.kind for row in rows} == {ShareKind.COCREATOR}


@st.composite
def mixes(draw: st.DrawFn) -> list[list[tuple[str, int, int, int, int]]]:
    """A remix of remixes: each of whole seconds, of recordings and of those before it; (source, from, to, gain, its second)."""
    made: list[list[tuple[str, int, int, int, int]]] = []
    for number in range(draw(st.integers(1, 4))):
        known = ["rec_1", "rec_2", "rec_3", *(f"tak_{i}" for i in range(number))]
        told = draw(st.lists(st.tuples(st.sampled_from(known), *([st.integers(0, 9)] * 4)), min_size=1, max_size=4))
        made.append([(s, min(a, b), max(a, b), gain, first) for s, a, b, gain, first in told if a != b])
    return made


@given(mixes())
def test_law_7_a_remix_of_remixes_flows_to_its_roots_and_sums_to_one_at_every_node(
    made: list[list[tuple[str, int, int, int, int]]],
) -> None:
    """Law 7: through any depth the shares are those of walking every mix moment by moment, and at every node they sum to one."""
    inside: dict[str, tuple[SourceSpan, ...]] = {}
    for number, told in enumerate(made):
        laid = [SourceSpan(s, float(a), float(b), float(g)) for s, a, b, g, _ in told if g]
        cuts = [(float(first), float(first + b - a)) for _, a, b, g, first in told if g]
        inside[f"tak_{number}"] = descent.expanded(laid, cuts, inside)
    walked = {f"tak_{number}": told for number, told in enumerate(made)}
    for name, found in inside.items():
        assert all(span.asset.startswith("rec") for span in found)
        exact = lineage.shares([lineage.span(s.asset, s.from_s, s.to_s, s.gain) for s in found])
        assert sum(exact.values()) == (1 if exact else 0)
        heard = [at for second in range(9) if (at := plain.walked(walked, name, second))]
        for asset in {a for at in heard for a in at} | set(exact):
            told_share = sum((at.get(asset, Fraction(0)) for at in heard), Fraction(0)) / len(heard)
            assert abs(exact.get(asset, Fraction(0)) - told_share) < Fraction(1, 100), (name, asset)


@st.composite
def chains(draw: st.DrawFn) -> list[list[tuple[str, int, int, int, int]]]:
    """Mixes as above, each of which begins with the one before it: remixes of remixes of remixes."""
    made = draw(mixes())
    laid = [draw(st.tuples(st.integers(1, 9), st.integers(1, 9))) for _ in made]
    return [
        told if not number else [(f"tak_{number - 1}", 0, laid[number][0], laid[number][1], 0), *told]
        for number, told in enumerate(made)
    ]


def called(take: str) -> str:
    """The creation that a take is handed in as: what others lay in."""
    return take.replace("tak", "cre")


def coming_in(
    inside: dict[str, tuple[SourceSpan, ...]], maker: dict[str, str], into: str
) -> dict[str, tuple[SourceSpan, ...]]:
    """The takes as the studio lays them into another: one's own named as takes, what somebody else made as a creation."""
    return {n: descent.came_with(found, n if maker[n] == maker[into] else called(n)) for n, found in inside.items()}


def mixed(
    names: list[str],
    made: list[list[tuple[str, int, int, int, int]]],
    maker: dict[str, str],
    written: dict[str, str] = MappingProxyType({}),  # type: ignore[assignment]
) -> dict[str, tuple[SourceSpan, ...]]:
    """The lineage of each mix, one laid into the other as the studio does; `written` says which model wrote which root."""
    inside: dict[str, tuple[SourceSpan, ...]] = {}
    for name, told in zip(names, made, strict=True):
        laid = [
            SourceSpan(written.get(s, s), float(a), float(b), float(g), piece=s if s in written else None)
            for s, a, b, g, _ in told
            if g
        ]
        cuts = [(float(first), float(first + b - a)) for _, a, b, g, first in told if g]
        inside[name] = descent.expanded(laid, cuts, coming_in(inside, maker, name))
    return inside


@given(chains(), st.lists(st.sampled_from(["ann", "bo", "cy"]), min_size=4, max_size=4))
def test_law_5_everything_reachable_in_a_lineage_is_touched_and_nothing_else_is(
    made: list[list[tuple[str, int, int, int, int]]], people: list[str]
) -> None:
    """Law 5: whatever is heard in a mix at any moment, by way of one's own mixes and of others', touches it; what was cut away,
    laid in silently or never laid in does not."""
    names = [f"tak_{number}" for number in range(len(made))]
    maker = dict(zip(names, people, strict=False))
    inside = mixed(names, made, maker)
    walked = dict(zip(names, made, strict=True))
    takes = {name: a_take(name, maker[name], found) for name, found in inside.items()}
    takes |= {called(name): take for name, take in takes.items()}
    for root in ("rec_1", "rec_2", "rec_3", *names):
        heard = tuple(n for n in names if n != root and any(root in plain.within(walked, n, at) for at in range(9)))
        for asked in (root, called(root)) if root in names else (root,):
            found = family.touched(takes, asked)
            assert tuple(n for n in found if n in names) == heard, asked
            assert {n for n in found if n not in names} - {called(root)} == {called(n) for n in heard}, asked


def a_take(name: str, maker: str, heard: tuple[SourceSpan, ...], parent: str | None = None) -> Take:
    """A take of the studio with nothing in it but its lineage."""
    return Take(
        id=name, session="ses_1", feature="blend", creator=maker, kind=TakeKind.REMIX, audio="", duration_s=9.0,
        at=datetime(2026, 1, 1, tzinfo=UTC), lineage=heard, parent=parent,
    )  # fmt: skip


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 6))
def test_law_5_a_take_touches_everything_that_it_was_edited_to(parents: list[int], at: int) -> None:
    """Law 5: through any tree of edits, all below a take is touched and nothing beside or above it."""
    above = [None, *(f"tak_{parent % number}" for number, parent in enumerate(parents, 1))]
    takes = {f"tak_{n}": a_take(f"tak_{n}", "ann", (), parent) for n, parent in enumerate(above)}
    root = f"tak_{at % len(takes)}"

    def below(name: str) -> bool:
        parent = takes[name].parent
        return parent is not None and (parent == root or below(parent))

    assert family.touched(takes, root) == tuple(name for name in takes if below(name))


@given(chains(), st.lists(st.sampled_from(["ann", "bo", "cy"]), min_size=4, max_size=4))
def test_law_7_the_makers_of_a_remix_of_remixes_sum_to_one_at_every_node(
    made: list[list[tuple[str, int, int, int, int]]], people: list[str]
) -> None:
    """Law 7: whoever made what is inside, the makers' parts are those of the moment-by-moment walk and sum to one at every node;
    laid into one more mix of one's own, they stay as they are."""
    names = [f"tak_{number}" for number in range(len(made))]
    maker = dict(zip(names, people, strict=False))
    inside = mixed(names, made, maker)
    walked = dict(zip(names, made, strict=True))
    maker |= {called(n): person for n, person in maker.items()}
    for name, found in inside.items():
        exact = makers.shares(found, maker[name], maker)
        assert sum(exact.values()) == 1 and min(exact.values()) > 0
        told_shares = plain.made(walked, maker, name, 9)
        for person in exact.keys() | told_shares.keys():
            assert abs(exact.get(person, Fraction(0)) - told_shares.get(person, Fraction(0))) < Fraction(1, 100), person
        again = descent.expanded([SourceSpan(name, 0.0, 9.0)], [(0.0, 9.0)], {name: found})
        through_one_more = makers.shares(again, maker[name], maker)
        assert all(abs(through_one_more[person] - part) < Fraction(1, 100) for person, part in exact.items())
        assert {s.asset for s in found if s.through} <= {"rec_1", "rec_2", "rec_3"}


@given(
    chains(),
    st.lists(st.sampled_from(["ann", "bo", "cy"]), min_size=4, max_size=4),
    st.tuples(*([st.integers(1, 9)] * 3)),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_law_7_recordings_and_what_models_wrote_share_a_mix_moment_by_moment(
    made: list[list[tuple[str, int, int, int, int]]],
    people: list[str],
    tenths: tuple[int, int, int],
    own: tuple[int, int],
) -> None:
    """Law 7: recordings, a model's set, the model, whoever brought notes and whoever mixed: at every node of a mix of mixes their
    shares are those of walking it moment by moment, and sum to one."""
    names = [f"tak_{number}" for number in range(len(made))]
    maker = dict(zip(names, people, strict=False))
    written = {"rec_2": "mdl_1", "rec_3": "mdl_2"}
    inside, walked = mixed(names, made, maker, written), dict(zip(names, made, strict=True))
    maker |= {called(n): person for n, person in maker.items()}
    learned = {"scr_1": Fraction(1, 3), "scr_2": Fraction(2, 3)}
    told = {n: (Fraction(o, 9), "dee", learned) for n, o in zip(written, own, strict=True)}
    split = Split(version=1, sources_ppm=tenths[0] * 1000, model_ppm=tenths[1] * 1000, cocreator_ppm=tenths[2] * 1000)
    pieces = {
        n: rules.Layer(Fraction(1), of_a_model(n, part), part, Part("dee", Fraction(1), "own", ""))
        for n, (part, _, _) in told.items()
    }
    for name, found in inside.items():
        exact = plain.divided(walked, maker, name, 9, told, tenths)
        assert {span.asset for span in found} <= {"rec_1", "mdl_1", "mdl_2"}
        if not exact:
            continue
        by = {
            piece: [Part(party, part, "made", "") for party, part in of.items()]
            for piece, of in makers.pieces(found, maker[name], maker).items()
        }
        total, rows = rules.layered(mixing.layers(found, pieces, by), split)
        assert sum(row.units for row in rows) == total
        shared: dict[tuple[str, str], Fraction] = {}
        for row in rows:
            who = (str(row.kind), row.subject)
            shared[who] = shared.get(who, Fraction(0)) + Fraction(row.units, total)
        for who in shared.keys() | exact.keys():
            assert abs(shared.get(who, Fraction(0)) - exact.get(who, Fraction(0))) < Fraction(1, 100), who


def of_a_model(piece: str, own: Fraction) -> dict[ShareKind, list[Part]]:
    """Whom a piece goes to alone: the model, and two works that it learned from, unless every note is the person's own."""
    sources = [Part("scr_1", Fraction(1), "tokens", ""), Part("scr_2", Fraction(2), "tokens", "")]
    return {ShareKind.MODEL: [Part(piece, Fraction(1), "split", "wrote it")]} | (
        {ShareKind.SOURCE: sources} if own < 1 else {}
    )
