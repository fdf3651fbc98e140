"""Bad ERN input: one clear sentence each, and nothing expanded, fetched or half-read."""

from __future__ import annotations

import re
import time
from fractions import Fraction

import pytest
from tests.unit.catalog.ern.made_ern import message, recording

from accord.catalog.ern import build_ern, read_ern
from accord.catalog.ern.records import Delegation, RightsController
from accord.catalog.ern.xml import MAX_DEPTH
from accord.terms.refusal import BadInput

GOOD = build_ern(message())
BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><lolz>&d;</lolz>"""
FETCHING = b"""<?xml version="1.0"?><!DOCTYPE n SYSTEM "http://example.invalid/x.dtd"><n/>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE n [<!ENTITY x SYSTEM "file:///etc/passwd">]><n>&x;</n>"""
OTHER = b"""<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>news</title></feed>"""


def refusal(data: bytes) -> str:
    """The sentence that refuses `data`."""
    with pytest.raises(BadInput) as refused:
        read_ern(data)
    sentence = str(refused.value)
    assert "\n" not in sentence and len(sentence) < 400 and (sentence[0].islower() or sentence[0] == "`")
    return sentence


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "this ERN message is empty"),
        (b"  \n ", "this ERN message is empty"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "not XML, at line 1"),
        (b"just text", "it begins with `just text`"),
        (OTHER, "another XML than an ERN message, at line 2 (feed): its root is `feed`"),
        (b"<NewReleaseMessage/>", "without a namespace"),
        (b'<e:NewReleaseMessage xmlns:e="http://ddex.net/xml/ern/32"/>', "version `32`, which is not read here"),
        (b'<e:PurgeReleaseMessage xmlns:e="http://ddex.net/xml/ern/432"/>', "root is `PurgeReleaseMessage`"),
        (BOMB, "document type declaration"),
        (BOMB.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16"), "document type"),
        (FETCHING, "document type declaration"),
        (FILE, "document type declaration"),
        (b"<a>" * (MAX_DEPTH + 1), "nested too deeply"),
        (b"\xff\xfe\xfd", "not XML"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "encoding"),
        (b"\n" + GOOD, "XML or text declaration not at start"),
        (GOOD.replace(b"UTF-8", b"UTF-7"), "multi-byte encodings are not supported"),
        (GOOD.decode().encode("utf-16"), "encoding specified in XML declaration is incorrect"),
    ],
)
def test_what_is_no_ern_message_is_refused(data: bytes, says: str) -> None:
    """Each says what it is instead, where and what to do."""
    assert says in refusal(data)


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    """A billion laughs costs milliseconds, not memory."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 12))
    bomb = b'<!DOCTYPE x [<!ENTITY e0 "ha">' + entities + b"]><x>&e11;</x>"
    start = time.process_time()
    assert "document type" in refusal(bomb)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.999])
def test_a_truncated_message_says_where_it_breaks_off(part: float) -> None:
    """Cut anywhere, it is refused as not whole, with the line."""
    sentence = refusal(GOOD[: int(len(GOOD) * part)])
    assert re.search(r"not whole, at line \d+: it breaks off inside `\w+", sentence), sentence


def test_every_cut_of_a_message_is_refused() -> None:
    """No prefix of a message passes for a message (sampled at every 37th byte)."""
    for end in range(0, len(GOOD.rstrip()) - 1, 37):
        refusal(GOOD[:end])


def test_an_isrc_with_a_letter_too_many_says_so_with_its_line() -> None:
    """13 characters where 12 belong."""
    sentence = refusal(GOOD.replace(b"ZZDM12600001</ISRC>", b"ZZDM126000011</ISRC>"))
    assert re.match(r"`ZZDM126000011` is not an ISRC, at line \d+ \(ISRC\): it has 13 characters", sentence)


def test_a_word_about_ai_that_is_none_is_refused() -> None:
    """`Some` is not in the allowed value set, and is not taken for anything."""
    assert "`Some` says nothing about AI" in refusal(GOOD.replace(b"Partly", b"Some"))


@pytest.mark.parametrize(
    ("written", "says"),
    [(b"137.5", "between 0 and 100 %"), (b"-1", "0 and 100"), (b"1/2", "percentage"), (b"1e999999999", "percentage")],
)
def test_a_share_that_is_none_is_refused(written: bytes, says: str) -> None:
    """A single share over 100 %, below 0 or not a decimal."""
    assert says in refusal(GOOD.replace(b">37.5<", b">" + written + b"<"))


@pytest.mark.parametrize(
    ("place", "written", "says"),
    [
        (b"PT0M31.25S", b"PT" + b"9" * 5000 + b"S", "is not a duration"),
        (b"2026-04-20T09:30:00Z", b"0001-01-01T00:00:00+14:00", "is not an instant"),
        (b"2026-04-20T09:30:00Z", b"9999-12-31T23:59:59-14:00", "is not an instant"),
        (b">2026<", b">20261<", "is not a year"),
        (b'SequenceNumber="1"', b'SequenceNumber="' + b"1" * 5000 + b'"', "is not a whole number"),
        (b">2026-06-01</StartDate>", b">2026-06-01</StartDate><EndDate>2026-05-31</EndDate>", "ends before it starts"),
    ],
)
def test_a_number_no_calendar_holds_is_refused(place: bytes, written: bytes, says: str) -> None:
    """Out of every range, and never an error of ours."""
    assert place in GOOD and says in refusal(GOOD.replace(place, written))


@pytest.mark.parametrize(
    ("listed", "reference", "other"),
    [
        ("ResourceList", b"<ResourceReference>A2<", b"<ResourceReference>A1<"),
        ("PartyList", b"<PartyReference>PLabel<", b"<PartyReference>PNadia<"),
    ],
)
def test_a_reference_names_one_part(listed: str, reference: bytes, other: bytes) -> None:
    """Given twice or not at all, nobody can say whose claims and files are whose."""
    assert "is given twice" in refusal(GOOD.replace(reference, other))
    name, _, own = reference.rpartition(b">")
    assert f"a part of the `{listed}` has no reference" in refusal(GOOD.replace(name + b">" + own, name + b"> <"))


@pytest.mark.parametrize(
    ("said", "again", "what"),
    [
        (b"<ContainsAI>Partly</ContainsAI>", b"<ContainsAI>None</ContainsAI>", "ContainsAI"),
        (
            b"<RightSharePercentage>37.5</RightSharePercentage>",
            b"<RightSharePercentage>1</RightSharePercentage>",
            "RightSharePercentage",
        ),
        (b"<ISRC>ZZDM12600001</ISRC>", b"<ISRC>ZZDM12600002</ISRC>", "ISRC"),
        (b"<ReleaseList>", b"<ResourceList/>", "ResourceList"),
        (b"<MessageSender>", b"<MessageSender/>", "MessageSender"),
        (b"<ReleaseList>", b"<PartyList/>", "PartyList"),
    ],
)
def test_what_has_one_answer_is_not_answered_twice(said: bytes, again: bytes, what: str) -> None:
    """A second answer is never passed over: whoever reads the other one reads another message."""
    assert said in GOOD
    assert f"{what}` is said twice" in refusal(GOOD.replace(said, again + said, 1))


def test_a_share_is_not_known_and_unknown_at_once() -> None:
    """The schema has one or the other; whichever were taken would be a guess."""
    stated = b"<RightSharePercentage>37.5</RightSharePercentage>"
    both = refusal(GOOD.replace(stated, b"<RightShareUnknown>true</RightShareUnknown>" + stated))
    assert "known and unknown at once" in both and "37.5 %" in both


def test_a_flag_is_true_or_false() -> None:
    """`perhaps` is not false."""
    stated = b"<RightSharePercentage>37.5</RightSharePercentage>"
    assert "`perhaps` is neither" in refusal(GOOD.replace(stated, b"<RightShareUnknown>perhaps</RightShareUnknown>"))


@pytest.mark.parametrize("name", [b"ISRC", b"RightSharePercentage", b"PartyList"])
def test_an_element_of_another_namespace_is_not_taken_for_ddexs(name: bytes) -> None:
    """Whatever it is called, it is not what DDEX means by the word; the message's own prefix is."""
    begin, end = b"<" + name + b">", b"</" + name + b">"
    foreign = GOOD.replace(begin, b'<x:%b xmlns:x="http://example.org/other">' % name).replace(end, b"</x:%b>" % name)
    assert f"`{name.decode()}` is no element of this ERN message, at line" in refusal(foreign)
    prefixed = GOOD.replace(begin, b"<ern:%b>" % name).replace(end, b"</ern:%b>" % name)
    assert read_ern(prefixed) == read_ern(GOOD)


def test_a_message_has_its_number() -> None:
    """Without MessageId nobody could refer to it."""
    begin, end = GOOD.index(b"<MessageId>"), GOOD.index(b"</MessageId>")
    assert "has no `MessageId`" in refusal(GOOD[:begin] + b"<MessageId> " + GOOD[end:])


def test_a_rights_controller_is_somebody() -> None:
    """A share of nobody's is no share."""
    reference = b"<RightsControllerPartyReference>PLabel</RightsControllerPartyReference>"
    assert "this rights controller is nobody" in refusal(GOOD.replace(reference, b""))


def test_too_many_rights_controllers_are_refused_at_once() -> None:
    """Thousands of shares in one recording cost nothing to refuse."""
    rights = tuple(
        RightsController(party="PLabel", share=Fraction(1), delegations=(Delegation(uses=(f"Use{number}",)),))
        for number in range(3000)
    )
    data, start = build_ern(message(recording(rights=rights))), time.process_time()
    assert "it names 3,000, at most 200 are read" in refusal(data)
    assert time.process_time() - start < 2


def test_a_sender_is_somebody() -> None:
    """A message from nobody says nothing."""
    begin, end = GOOD.index(b"<MessageSender>"), GOOD.index(b"</MessageSender>")
    assert "is nobody" in refusal(GOOD[:begin] + b"<MessageSender>" + GOOD[end:])


def test_an_unknown_territory_is_refused() -> None:
    """A territory left out by mistake would be a right given away."""
    assert "`QQ` is not a territory" in refusal(GOOD.replace(b">BR<", b">QQ<"))


@pytest.mark.parametrize("part", [b"MessageHeader", b"ResourceList", b"ReleaseList"])
def test_a_message_without_a_required_part_is_refused(part: bytes) -> None:
    """No header, resources or releases: named."""
    assert f"has no `{part.decode()}`" in refusal(GOOD.replace(part + b">", b"Other>"))


def test_an_over_long_text_is_refused() -> None:
    """A title of ten million characters is no title."""
    assert "characters" in refusal(GOOD.replace(b"Hornpipes", b"x" * 10_000_000, 1))
