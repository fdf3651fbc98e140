"""ERN 4.3.2: what our own builder writes is read back, with the rights and AI elements that no public sample carries."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from tests.unit.catalog.ern.made_ern import message, recording, stem

from accord.catalog.ern import AiUse, build_ern, findings, read_ern
from accord.catalog.ern.checks import contradictions
from accord.catalog.ern.records import Artist, Contributor, Deal, Delegation, RightsController
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet


def test_what_was_written_is_read_back() -> None:
    """A message with every part of the record survives the wire."""
    assert read_ern(build_ern(message())) == message()


def test_the_same_message_gives_the_same_bytes() -> None:
    """The builder is deterministic."""
    assert build_ern(message()) == build_ern(message())


def test_stems_lead_to_their_recording() -> None:
    """A stem is no recording of its own; it names the one it is part of."""
    read = read_ern(build_ern(message()))
    assert [r.reference for r in read.recordings] == ["A1"]
    assert [(s.title, s.part_of) for s in read.stems] == [("bass", "A1")]
    assert "demonstration" in read.recordings[0].marks


def test_a_clean_message_has_no_findings() -> None:
    """Nothing is made up about a message that is in order."""
    assert findings(message()) == ()


@pytest.mark.parametrize(
    ("contains", "said", "code"),
    [
        (AiUse.ALL, AiUse.NONE, "ern.ai-all-contradicted"),
        (AiUse.ALL, AiUse.PARTLY, "ern.ai-all-contradicted"),
        (AiUse.NONE, AiUse.PARTLY, "ern.ai-none-contradicted"),
        (AiUse.NONE, AiUse.ALL, "ern.ai-none-contradicted"),
    ],
)
def test_a_recording_that_contradicts_its_contributor_is_named(contains: AiUse, said: AiUse, code: str) -> None:
    """ContainsAI and AiContribution cannot disagree at the ends, though the schema lets them."""
    found = contradictions(
        message(recording(contains_ai=contains, contributors=(Contributor(party="PNadia", ai=said),)))
    )
    assert [f.code for f in found] == [code]
    assert f"ContainsAI is {contains}" in found[0].sentence and "PNadia" in found[0].sentence


@pytest.mark.parametrize("contains", [None, AiUse.ALL, AiUse.NONE, AiUse.PARTLY])
def test_undeclared_is_not_none(contains: AiUse | None) -> None:
    """A contributor who says nothing about AI contradicts nothing, and is read as None, not as `None`."""
    sent = message(recording(contains_ai=contains, contributors=(Contributor(party="PNadia"),)))
    read = read_ern(build_ern(sent))
    assert contradictions(read) == ()
    assert read.resources[0].contributors[0].ai is None


def test_a_generative_contributor_that_says_nothing_counts_as_all() -> None:
    """The standard's own default: SpecialContributor GenerativeAI without AiContribution is All."""
    found = contradictions(
        message(recording(contains_ai=AiUse.NONE, contributors=(Contributor(special="GenerativeAI"),)))
    )
    assert [f.code for f in found] == ["ern.ai-none-contradicted"]


def test_a_generative_contributor_without_ai_is_named() -> None:
    """Generative AI that contributed no AI."""
    sent = message(recording(contributors=(Contributor(special="GenerativeAI", ai=AiUse.NONE),)))
    assert [f.code for f in contradictions(sent)] == ["ern.ai-generative-none"]


@pytest.mark.parametrize(
    ("contains", "contributor", "code"),
    [
        (AiUse.ALL, Contributor(party="PNadia"), "ern.person-beside-all-ai"),
        (AiUse.PARTLY, Contributor(party="PNadia", ai=AiUse.ALL), "ern.person-all-ai"),
        (AiUse.PARTLY, Contributor(special="GenerativeAI", ai=AiUse.PARTLY), "ern.generative-partly"),
        (AiUse.ALL, Contributor(special="GenerativeAI"), None),
    ],
)
def test_what_the_standard_rules_out_is_named(contains: AiUse, contributor: Contributor, code: str | None) -> None:
    """Under All only generative AI may stand, and a person's contribution is None or Partly: named, and no refusal."""
    whole = message(recording(contains_ai=contains, contributors=(contributor,)))
    assert [f.code for f in findings(whole)] == ([code] if code else [])
    assert contradictions(whole) == ()


def test_a_stem_that_contradicts_its_recording_is_named() -> None:
    """A track made wholly with AI cannot lie in a recording declared free of it; undeclared contradicts nothing."""
    part = msgspec.structs.replace(stem(), contains_ai=AiUse.ALL)
    people = (Contributor(party="PNadia", ai=AiUse.NONE),)
    free = recording(contains_ai=AiUse.NONE, contributors=people)
    assert [f.code for f in contradictions(message(free, part))] == ["ern.ai-stem-contradicted"]
    assert contradictions(message(free, stem())) == contradictions(message(recording(), part)) == ()


def test_a_generative_display_artist_of_a_recording_without_ai_is_named() -> None:
    """Whoever is shown as the artist was part of it."""
    artists = (Artist(special="GenerativeAI", role="MainArtist"),)
    found = contradictions(message(recording(contains_ai=AiUse.NONE, contributors=(), artists=artists)))
    assert [f.code for f in found] == ["ern.ai-none-contradicted"]


def test_a_label_that_is_not_listed_is_named() -> None:
    """Read without it, and said."""
    whole = message()
    release = msgspec.structs.replace(whole.releases[0], labels=("PNobody",))
    found = findings(msgspec.structs.replace(whole, releases=(release,)))
    assert [(f.code, f.sentence) for f in found] == [("ern.unknown-label", "the message lists no label `PNobody`")]


def test_rights_controllers_of_38_are_read() -> None:
    """ERN 3.8 names them in place, with the role under another name; they are parties like any other."""
    old = build_ern(message(recording(rights=()))).replace(b"ern/432", b"ern/381")
    start, end = old.index(b"<PartyList>"), old.index(b"</PartyList>") + len(b"</PartyList>")
    controller = (
        b"<RightsController><PartyName><FullName>North Quay</FullName></PartyName>"
        b"<RightsControllerRole>RightsController</RightsControllerRole>"
        b"<RightSharePercentage>37.5</RightSharePercentage></RightsController>"
    )
    cut = old[:start] + old[end:]
    read = read_ern(cut.replace(b"</SoundRecording>", controller + b"</SoundRecording>", 1))
    (found,) = read.resources[0].rights
    assert (found.party, found.share, found.roles) == ("North Quay", Fraction(3, 8), ("RightsController",))
    assert "North Quay" in [party.reference for party in read.parties]


def test_a_release_that_contradicts_its_recording_is_named() -> None:
    """A release declared free of AI that holds a recording partly made with it."""
    whole = message()
    release = msgspec.structs.replace(whole.releases[0], contains_ai=AiUse.NONE)
    found = contradictions(msgspec.structs.replace(whole, releases=(release,)))
    assert [f.code for f in found] == ["ern.ai-release-contradicted"]


def test_shares_over_a_hundred_percent_name_sum_and_territory() -> None:
    """60 % everywhere and 50 % in FR and DE: 110 % in DE, FR."""
    over = (
        RightsController(party="PLabel", roles=("RightsController",), share=Fraction(60, 100)),
        RightsController(
            party="PNadia",
            roles=("RightsController",),
            share=Fraction(50, 100),
            delegations=(Delegation(uses=("OnDemandStream",), territories=TerritorySet.of("FR", "DE")),),
        ),
    )
    with pytest.raises(
        BadInput, match=r"sum to 110 % for `OnDemandStream` in DE, FR, at line \d+ \(SoundRecording A1\)"
    ):
        read_ern(build_ern(message(recording(rights=over))))


def test_shares_for_different_uses_are_not_added() -> None:
    """All of the downloads to one, all of the streams to another: 100 % each."""
    rights = tuple(
        RightsController(
            party=who, roles=("RightsController",), share=Fraction(1), delegations=(Delegation(uses=(use,)),)
        )
        for who, use in (("PLabel", "PermanentDownload"), ("PNadia", "OnDemandStream"))
    )
    sent = message(recording(rights=rights))
    assert read_ern(build_ern(sent)) == sent


def test_an_administrator_beside_the_holder_is_not_added() -> None:
    """A royalty administrator's 100 % stands beside the controller's 100 %."""
    rights = (
        RightsController(party="PLabel", roles=("RightsController",), share=Fraction(1)),
        RightsController(party="PNadia", roles=("RoyaltyAdministrator",), share=Fraction(1)),
    )
    sent = message(recording(rights=rights))
    assert read_ern(build_ern(sent)) == sent


def test_training_use_types_are_the_recordings_side_only() -> None:
    """A deal's training use types are named apart, since they never cover the work."""
    assert message().deals[0].training_uses == ("UseForTrainingGenerativeAI",)


def test_references_to_nobody_are_named() -> None:
    """A contributor, a related resource and a release that the message does not list."""
    lost = message(recording(artists=(Artist(party="PGhost"),)), stem(), deals=(Deal(releases=("R9",)),))
    assert {(f.code, f.sentence) for f in findings(lost)} == {
        ("ern.unknown-party", "the message lists no party `PGhost`"),
        ("ern.unknown-release", "the message lists no release `R9`"),
    }


def test_a_check_digit_that_does_not_hold_is_named() -> None:
    """The release's bar code is off by one: read, and named."""
    whole = message()
    release = msgspec.structs.replace(whole.releases[0], icpn="0999000000010")
    found = findings(msgspec.structs.replace(whole, releases=(release,)))
    assert [f.sentence for f in found] == ["`0999000000010` is not a valid ICPN"]


def test_a_third_cannot_be_written_as_a_decimal_percentage() -> None:
    """The builder refuses to round a share away."""
    third = RightsController(party="PLabel", share=Fraction(1, 3))
    with pytest.raises(ValueError, match="1/3"):
        build_ern(message(recording(rights=(third,))))
