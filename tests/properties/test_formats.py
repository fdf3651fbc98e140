"""Formats: what is written is read back, and a mistyped digit is seen.

| property | sentence |
|---|---|
| F1 | `read_ern(build_ern(m)) == m` for every ERN 4.3.2 message |
| F2 | `read_cwr(build_cwr(t)) == t` for every CWR 2.2 transmission |
| F3 | bytes from outside give a record or BadInput, never another error |
| F4 | each single wrong digit is caught where the check digit can catch it (all but the ISWC's and IPI base's even weights) |
| F5 | a normalised set of shares sums to one and keeps its proportions, or is what it was |
| F6 | shares of controllers over one hundred percent in any territory are refused, others read (law 2: complete sums are exact) |
"""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from fractions import Fraction
from types import ModuleType

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.catalog.cwr import build_cwr, claims, read_cwr
from accord.catalog.cwr import records as cwr
from accord.catalog.ern import build_ern, read_ern
from accord.catalog.ern import records as ern
from accord.terms import share
from accord.terms.identifiers import dpid, grid, icpn, ipi, isni, isrc, iswc
from accord.terms.refusal import BadInput
from accord.terms.territory import TERRITORIES, WORLD, TerritorySet

letters = st.characters(exclude_categories=("C", "Z"))
words = st.lists(st.text(letters, min_size=1, max_size=9), min_size=1, max_size=4).map(" ".join)
text = st.just("") | words
token = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=8)
reference = token.map(lambda t: f"P{t}")
hundredths = st.integers(0, 10_000).map(lambda n: Fraction(n, 10_000))
places = st.sets(st.sampled_from(TERRITORIES), min_size=1).map(lambda codes: TerritorySet.of(*codes)) | st.just(WORLD)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
optional_days = st.none() | days
both_days = st.tuples(days, days).map(sorted).map(lambda pair: {"start": pair[0], "end": pair[1]})
periods_of_days = both_days | days.map(lambda day: {"start": day}) | days.map(lambda day: {"end": day}) | st.just({})
flags = st.none() | st.booleans()
ai_use = st.none() | st.sampled_from(list(ern.AiUse))
isrcs = st.integers(0, 99_999).map(lambda n: isrc.mint("ZZDM1", 2026, n))
iswcs = st.integers(0, 10**9 - 1).map(iswc.with_check_digit)
ipis = st.integers(1, 10**9 - 1).map(ipi.with_check_digit)
proprietary = st.lists(st.builds(ern.Proprietary, words, words), max_size=2).map(tuple)


def many(strategy: st.SearchStrategy, most: int = 3) -> st.SearchStrategy:
    """Tuples of up to `most`."""
    return st.lists(strategy, max_size=most).map(tuple)


def listed(strategy: st.SearchStrategy, most: int = 3) -> st.SearchStrategy:
    """Tuples of up to `most`, each under a reference of its own."""
    return st.lists(strategy, max_size=most, unique_by=lambda part: part.reference).map(tuple)


def delegated(uses: st.SearchStrategy) -> st.SearchStrategy:
    """Delegations whose period does not end before it starts."""
    parts = st.tuples(uses, st.none() | places, periods_of_days)
    return parts.map(lambda part: ern.Delegation(uses=part[0], territories=part[1], **part[2]))


delegations = delegated(many(token).filter(bool))
work_places = delegated(st.just(())).filter(lambda d: d != ern.Delegation())


def controllers(most_delegations: st.SearchStrategy, part: st.SearchStrategy) -> st.SearchStrategy:
    """Rights controllers whose share comes from `part`."""
    return st.builds(
        ern.RightsController,
        party=reference,
        roles=many(st.sampled_from(["RightsController", "RightsHolder", "LocalPayee"]), 2),
        share=st.none() | part,
        delegations=most_delegations,
    )


contributors = st.builds(
    ern.Contributor,
    party=reference,
    roles=many(token, 2),
    instruments=many(token, 2),
    ai=ai_use,
    featured=flags,
    sequence=st.none() | st.integers(0, 99),
) | st.builds(ern.Contributor, special=st.sampled_from(["GenerativeAI", "UserDefined:Crowd"]), ai=ai_use)
editors = st.builds(ern.Contributor, party=reference, roles=many(token, 2), ai=ai_use, edition=st.just(True))
artists = st.builds(ern.Artist, party=reference, role=st.just("") | token, sequence=st.none() | st.integers(0, 99))
files = st.builds(ern.DeliveredFile, reference=token, uri=words, algorithm=st.just("SHA-256"), digest=token)
recordings = st.builds(
    ern.Resource,
    element=st.just("SoundRecording"),
    reference=token,
    type=st.sampled_from(["MusicalWorkSoundRecording", "AudioStem", "UserDefined:Loop"]),
    supplemental=st.booleans(),
    isrc=st.just("") | isrcs,
    proprietary=proprietary,
    works=many(st.builds(ern.WorkId, iswc=st.just("") | iswcs, opus=text, proprietary=proprietary), 2),
    title=text,
    subtitle=text,
    display_artist=text,
    artists=many(artists, 2),
    contributors=st.tuples(many(contributors), many(editors, 1)).map(lambda pair: pair[0] + pair[1]),
    rights=many(controllers(many(delegations, 2), st.integers(0, 3_333).map(lambda n: Fraction(n, 10_000)))),
    work_rights=many(controllers(many(work_places, 1), hundredths), 2),
    p_year=st.none() | st.integers(1877, 2100),
    p_line=text,
    duration_ms=st.none() | st.integers(0, 10**8),
    contains_ai=ai_use,
    instrumental=flags,
    language=st.just("") | st.just("en"),
    related=many(st.builds(ern.Related, relationship=st.just("IsPartOf"), resource=token), 1),
    files=many(files, 2),
)
releases = st.builds(
    ern.Release,
    element=st.just("Release"),
    reference=token,
    types=many(token, 2),
    grid=st.just("") | token.map(lambda t: f"A1{t}"),
    icpn=st.just("") | st.integers(0, 10**12 - 1).map(lambda n: icpn.with_check_digit(f"{n:012d}")),
    catalog_number=text,
    proprietary=proprietary,
    title=text,
    display_artist=text,
    artists=many(artists, 1),
    labels=many(reference, 2),
    p_year=st.none() | st.integers(1877, 2100),
    p_line=text,
    genre=text,
    release_date=st.just("") | days.map(date.isoformat),
    resources=st.lists(token, max_size=4, unique=True).map(tuple),
    contains_ai=ai_use,
)
periods = st.builds(ern.Period, start=days.map(date.isoformat), end=st.just("") | days.map(date.isoformat))
deals = st.builds(
    ern.Deal,
    releases=many(token).filter(bool),
    references=many(token, 2),
    territories=st.none() | places,
    periods=many(periods, 2),
    models=many(token, 2),
    uses=many(token),
    out_of_band=st.booleans(),
)
parties = st.builds(
    ern.Party,
    reference=reference,
    name=words,
    other_names=many(words, 2),
    dpid=st.just("") | token,
    isni=st.just("") | st.integers(0, 10**15 - 1).map(isni.with_check_digit),
    ipi=st.just("") | ipis,
    proprietary=proprietary,
)
messaging = st.builds(ern.MessagingParty, dpid=token, name=text)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))
messages = st.builds(
    ern.ErnMessage,
    version=st.just("4.3.2"),
    profile=st.just("") | token,
    avs_version=st.just("9"),
    language=st.just("en"),
    header=st.builds(
        ern.Header,
        message=words,
        thread=text,
        sender=messaging,
        on_behalf_of=st.none() | messaging,
        recipients=many(messaging, 2),
        created=instants,
        control=st.sampled_from(["", "LiveMessage", "TestMessage"]),
    ),
    parties=listed(parties).filter(bool),
    resources=listed(recordings),
    releases=listed(releases, 2),
    deals=many(deals, 2),
)


@settings(deadline=None, max_examples=80)
@given(messages)
def test_f1_an_ern_message_survives_the_wire(message: ern.ErnMessage) -> None:
    """F1: read(build(m)) == m."""
    assert read_ern(build_ern(message)) == message


ascii_words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'&.", min_size=1, max_size=14)
capitals = st.just("") | ascii_words
shares = st.builds(cwr.Shares, *[st.integers(0, 1000).map(lambda n: Fraction(n, 10_000))] * 3)
societies = st.builds(cwr.Societies, *[st.sampled_from(["", "052", "044"])] * 3)
marks = st.sampled_from(["", "Y", "U", "N"])
party_numbers = ascii_words.map(lambda t: t[:9])


@st.composite
def collections(draw: st.DrawFn) -> tuple[cwr.Collection, ...]:
    """Distinct territories, so that none is included twice."""
    codes = draw(st.lists(st.sampled_from(["250", "276", "392", "840", "076"]), unique=True, max_size=3))
    return tuple(
        cwr.Collection(tis=code, included=draw(st.booleans()), shares=draw(shares), changed=draw(st.booleans()))
        for code in codes
    )


publishers = st.builds(
    cwr.Publisher,
    sequence=st.integers(1, 99),
    ip=party_numbers,
    name=ascii_words,
    type=st.sampled_from(["E", "AM", "SE"]),
    ipi=st.just("") | ipis,
    ipi_base=st.just("") | st.integers(1, 10**9 - 1).map(ipi.with_check_digit_base),
    agreement=capitals,
    societies=societies,
    ownership=shares,
    collections=collections(),
)
links = st.builds(cwr.PublisherOfWriter, publisher=party_numbers, name=capitals, sequence=st.integers(0, 99))
writers = st.builds(
    cwr.Writer,
    ip=party_numbers,
    last_name=ascii_words.filter(lambda name: name != cwr.PUBLIC_DOMAIN),
    first_name=capitals,
    designation=st.sampled_from(["C", "A", "CA", "AR"]),
    ipi=st.just("") | ipis,
    societies=societies,
    ownership=shares,
    collections=collections(),
    publishers=many(links, 2),
)


def uncontrolled(party: cwr.Publisher | cwr.Writer) -> cwr.Publisher | cwr.Writer:
    """The same party as one of somebody else's, of whom less need be said."""
    return msgspec.structs.replace(party, controlled=False, collections=(), ip="", unknown=len(party.ip) > 4)


works = st.builds(
    cwr.Work,
    title=ascii_words,
    number=capitals,
    iswc=st.just("") | iswcs,
    language=st.sampled_from(["", "EN"]),
    duration_s=st.integers(0, 86_399),
    recorded=st.sampled_from(["Y", "N", "U"]),
    version=st.sampled_from(["ORI", "MOD"]),
    contact_name=capitals,
    opus=capitals,
    publishers=st.tuples(many(publishers, 2), many(publishers.map(uncontrolled), 1)).map(lambda p: p[0] + p[1]),
    writers=st.tuples(many(writers, 2), many(writers.map(uncontrolled), 1)).map(lambda p: p[0] + p[1]),
    alternates=many(st.builds(cwr.AlternateTitle, title=ascii_words, type=st.just("AT")), 2),
    performers=many(st.builds(cwr.Performer, last_name=ascii_words, ipi=st.just("") | ipis), 1),
    recordings=many(st.builds(cwr.Recording, isrc=isrcs, validity=marks, title=capitals, released=optional_days), 2),
    others=many(st.builds(cwr.OtherRecord, st.sampled_from(["XRF", "VER", "INS"]), ascii_words), 1),
)
transmissions = st.builds(
    cwr.CwrTransmission,
    sender=st.integers(1, 9_999_999).map(ipi.with_check_digit),
    sender_name=capitals,
    created=instants.map(lambda at: at.replace(microsecond=0)),
    transmitted=days,
    software=capitals,
    groups=many(st.builds(cwr.Group, type=st.just("NWR"), works=many(works, 2)), 2),
)


@settings(deadline=None, max_examples=80)
@given(transmissions)
def test_f2_a_cwr_transmission_survives_the_wire(transmission: cwr.CwrTransmission) -> None:
    """F2: read(build(t)) == t, and what is claimed never passes one."""
    assert read_cwr(build_cwr(transmission)) == transmission
    for work in transmission.works:
        for code in ("FR", "JP", "US"):
            for right in ("pr", "mr", "sr"):
                held = [c.share for c in claims(work) if c.right == right and code in c.territories]
                assert sum(held) <= 1 + share.TOLERANCE


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")), st.data())
def test_f3_any_bytes_are_a_record_or_bad_input(data: bytes, draw: st.DataObject) -> None:
    """F3: garbage, and a good file with garbage inside, never raise anything else."""
    good_cwr = build_cwr(SMALL_CWR)
    good_ern = build_ern(SMALL_ERN)
    for read, good in ((read_ern, good_ern), (read_cwr, good_cwr)):
        start = draw.draw(st.integers(0, len(good)))
        end = draw.draw(st.integers(start, len(good)))
        for sent in (data, good[:start] + data + good[end:]):
            with contextlib.suppress(BadInput):
                read(sent)


SMALL_CWR = cwr.CwrTransmission(
    sender=ipi.with_check_digit(990_001),
    sender_name="SMALL",
    created=datetime(2026, 1, 1, tzinfo=UTC),
    transmitted=date(2026, 1, 1),
    groups=(
        cwr.Group(
            type="NWR",
            works=(
                cwr.Work(
                    title="ONE",
                    publishers=(cwr.Publisher(ip="P1", collections=(cwr.Collection(tis="2136"),)),),
                    writers=(cwr.Writer(ip="W1", publishers=(cwr.PublisherOfWriter(publisher="P1"),)),),
                ),
            ),
        ),
    ),
)
SMALL_ERN = ern.ErnMessage(
    version="4.3.2",
    header=ern.Header(message="M", sender=ern.MessagingParty(dpid="D"), created=datetime(2026, 1, 1, tzinfo=UTC)),
    resources=(
        ern.Resource(
            element="SoundRecording",
            reference="A1",
            isrc="ZZDM12600001",
            rights=(ern.RightsController(party="P1", share=Fraction(1, 2)),),
            duration_ms=1500,
        ),
    ),
    deals=(ern.Deal(releases=("R0",), territories=WORLD),),
)

CAUGHT = [
    (isni, st.integers(0, 10**15 - 1).map(isni.with_check_digit), range(16)),
    (ipi, st.integers(1, 10**9 - 1).map(ipi.with_check_digit), range(11)),
    (icpn, st.integers(0, 10**12 - 1).map(lambda n: icpn.with_check_digit(f"{n:012d}")), range(13)),
    (dpid, st.integers(0, 10**10 - 1).map(lambda n: dpid.with_check_digit(f"{n:010d}")), range(7, 18)),
    (grid, st.integers(0, 10**10 - 1).map(lambda n: grid.with_check_digit(f"A1DEMO1{n:010d}")), range(7, 18)),
    (iswc, st.integers(0, 10**9 - 1).map(iswc.with_check_digit), (1, 3, 7, 9, 10)),
]


@pytest.mark.parametrize(("module", "numbers", "positions"), CAUGHT)
@given(data=st.data())
def test_f4_one_wrong_digit_is_caught(
    module: ModuleType, numbers: st.SearchStrategy, positions: range, data: st.DataObject
) -> None:
    """F4: changing one digit of a valid number makes it invalid."""
    number = data.draw(numbers)
    assert module.is_valid(number)
    position = data.draw(st.sampled_from(list(positions)))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[position]]))
    assert not module.is_valid(number[:position] + digit + number[position + 1 :])


@given(st.integers(0, 10**9 - 1), st.integers(1, 9), st.integers(1, 9))
def test_f4_what_the_iswc_cannot_catch_is_what_its_docs_say(body: int, position: int, change: int) -> None:
    """F4: a wrong digit passes exactly when weight times change is a multiple of ten."""
    number = iswc.with_check_digit(body)
    digit = str((int(number[position]) + change) % 10)
    difference = int(digit) - int(number[position])
    wrong = number[:position] + digit + number[position + 1 :]
    assert iswc.is_valid(wrong) == (position * difference % 10 == 0)


@given(st.lists(hundredths, min_size=1, max_size=8).map(tuple))
def test_f5_normalised_shares_are_a_whole_or_untouched(given_shares: tuple[Fraction, ...]) -> None:
    """F5: the sum is exactly one and ratios stay, or nothing changed."""
    found = share.normalise(given_shares)
    if share.is_whole(given_shares):
        assert sum(found) == 1
        assert all(a * sum(given_shares) == b for a, b in zip(found, given_shares, strict=True))
    else:
        assert found == given_shares


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(hundredths, st.none() | places), min_size=1, max_size=4))
def test_f6_shares_are_refused_exactly_when_a_territory_is_over_full(
    held: list[tuple[Fraction, TerritorySet | None]],
) -> None:
    """F6: compared with a plain sum, territory by territory."""
    rights = tuple(
        ern.RightsController(
            party=f"P{i}",
            roles=("RightsController",),
            share=part,
            delegations=() if where is None else (ern.Delegation(uses=("OnDemandStream",), territories=where),),
        )
        for i, (part, where) in enumerate(held)
    )
    message = msgspec.structs.replace(
        SMALL_ERN, resources=(msgspec.structs.replace(SMALL_ERN.resources[0], rights=rights),)
    )
    fullest = max(sum(p for p, where in held if where is None or code in where) for code in TERRITORIES)
    if fullest > 1 + share.TOLERANCE:
        with pytest.raises(BadInput, match=f"sum to {share.percent(fullest)} %"):
            read_ern(build_ern(message))
    else:
        assert read_ern(build_ern(message)).resources[0].rights == rights
