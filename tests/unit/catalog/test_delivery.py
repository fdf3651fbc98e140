"""Deliveries: what a message and its audio become in the catalogue."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.catalog import messages as m

from accord.catalog import actions, queries
from accord.catalog.claims import accepted_sums
from accord.catalog.records import AssetKind, ClaimStatus
from accord.journal import actions as journal
from accord.journal.queries import facts_of, head, table_digest
from accord.parties import actions as parties
from accord.parties import queries as known
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.vault import private

pytestmark = pytest.mark.django_db


@pytest.fixture
def label() -> str:
    return m.verified("Harbour Records", "label", dpid=m.LABEL_DPID)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    m.audio(tmp_path, "a1.wav", "stems/piano.wav", "stems/voice.wav")
    return tmp_path


def deliver(folder: Path, data: bytes | None = None, **changes: object) -> actions.deliveries.DeliveryReport:
    path = folder / "message.xml"
    path.write_bytes(m.ern(**changes) if data is None else data)
    return actions.deliver_ern(path, **m.DOOR)


def test_a_delivery_becomes_recordings_stems_releases_and_claims(label: str, folder: Path) -> None:
    """One message with audio beside it becomes what it says, counted."""
    report = deliver(folder)
    found = queries.find("isrc", m.ISRC)
    artist = known.find("isni", m.ARTIST).id
    assert (report.counts["recordings"], report.counts["stems"], report.counts["deals"]) == (1, 2, 1)
    assert found.title == "Night Ferry" and found.label == label and found.duration_s == 1.0
    assert found.people("featured") == found.people("vocalist") == (artist,)
    assert found.people("writer") == ()
    (claim,) = queries.claims([found.id])
    assert (claim.right, claim.claimant, claim.share, claim.territories) == (Right.MASTER, label, Fraction(1), WORLD)
    assert claim.status is ClaimStatus.ACCEPTED
    assert queries.release_tracks(m.ICPN) == (found.id,)


def test_stems_stand_under_their_recordings_people(label: str, folder: Path) -> None:
    """A stem carries its recording's credits and label, so that packing never loosens a consent."""
    deliver(folder)
    whole = queries.find("isrc", m.ISRC)
    stems = queries.assets(queries.children([whole.id], AssetKind.STEM)[whole.id])
    assert [stem.title for stem in stems.values()] == ["piano", "voice"]
    assert all((s.credits, s.label, s.parents) == (whole.credits, whole.label, (whole.id,)) for s in stems.values())


def test_a_deal_of_a_message_is_no_claim(label: str, folder: Path) -> None:
    """A DDEX Deal that permits training is kept as a platform permission, and claims nothing."""
    report = deliver(folder, m.ern(m.recording(rights=())))
    (permission,) = queries.permissions()
    assert "UseForTrainingGenerativeAI" in permission.uses and "CN" not in permission.territories
    assert queries.claims() == []
    assert any("no rights controller is named" in finding for finding in report.findings)


def test_the_same_bytes_again_change_nothing(label: str, folder: Path) -> None:
    """Delivering a message twice writes once; the second report says so."""
    first, at = deliver(folder), head()
    again = deliver(folder)
    assert head() == at and again.again and again.delivery == first.delivery and again.counts == first.counts


def test_another_message_that_says_the_same_adds_only_itself(label: str, folder: Path) -> None:
    """The same content under another message id adds the delivery and no asset, claim or release."""
    deliver(folder)
    at = head()
    deliver(folder, number="M2")
    assert [entry.kind for entry in facts_of(since=at)] == ["catalog.delivery-received", "catalog.deals-received"]


def test_a_later_delivery_revises_and_the_past_stays_known(label: str, folder: Path) -> None:
    """A changed title is a new version; asked as of before, the old one answers."""
    deliver(folder)
    before, asset = head(), queries.find("isrc", m.ISRC).id
    deliver(folder, m.ern(m.recording(title="Night Ferry (edit)"), number="M2"))
    assert queries.asset(asset).title == "Night Ferry (edit)"
    assert queries.asset(asset, known=before).title == "Night Ferry"


def test_another_sender_adds_its_claims_and_nothing_else(label: str, folder: Path) -> None:
    """Two labels claim one master everywhere: the description stays the first's, and the claims are a conflict."""
    deliver(folder)
    other = m.verified("Other Records", "label", dpid=m.OTHER_DPID)
    m.audio(folder, "a1.wav", seconds=2.0)
    report = deliver(folder, m.ern(m.recording(title="Mine"), sender=m.OTHER_DPID))
    found = queries.find("isrc", m.ISRC)
    assert (found.title, found.duration_s) == ("Night Ferry", 1.0)
    (conflict,) = queries.conflicts([found.id])
    assert (conflict.total, conflict.territories, report.conflicts) == (Fraction(2), WORLD, (conflict.id,))
    assert {c.claimant: c.status for c in queries.claims([found.id])} == {
        label: ClaimStatus.ACCEPTED,
        other: ClaimStatus.EVIDENCED,
    }


def test_an_unverified_sender_only_asserts(folder: Path) -> None:
    """Whoever is not verified is believed nothing: its claims wait for evidence."""
    report = deliver(folder)
    (claim,) = queries.claims()
    assert claim.status is ClaimStatus.ASSERTED and report.claims_accepted == 0
    assert [entry.kind for entry in facts_of("catalog.evidence-asked")] == ["catalog.evidence-asked"]


def test_what_came_before_verification_is_weighed_after_it(folder: Path) -> None:
    """Once the sender is verified, what it delivered before counts as evidence; before, confirming is refused."""
    sender = deliver(folder).sender
    with pytest.raises(Refused, match="is not verified"):
        actions.confirm_deliveries(sender, **m.DOOR)
    m.verify(sender)
    assert actions.confirm_deliveries(sender, **m.DOOR) == 1
    assert [claim.status for claim in queries.claims()] == [ClaimStatus.ACCEPTED]
    assert actions.confirm_deliveries(sender, **m.DOOR) == 0


def test_audio_may_follow_its_message(label: str, folder: Path) -> None:
    """A message delivered without its audio may come again with it, stems and all, and then once only."""
    report = actions.deliver(m.ern(), metadata_only=True, **m.DOOR)
    assert "none delivered" in report.findings[-1] and queries.find("isrc", m.ISRC).audio is None
    assert not deliver(folder).again and deliver(folder).again
    found = queries.find("isrc", m.ISRC)
    assert found.audio and len(queries.children([found.id], AssetKind.STEM)[found.id]) == 2


def test_a_forgotten_person_is_in_no_raw_message(label: str, folder: Path) -> None:
    """Erasing a credited person erases the messages that named her; the recording and its claims stand."""
    report = deliver(folder)
    envelope = queries.delivery(SYSTEM, report.delivery).envelope
    artist = known.find("isni", m.ARTIST).id
    assert b"Nora Quill" in (private.get_bytes(envelope) or b"")
    actions.forget(artist, **m.DOOR)
    assert private.get_bytes(envelope) is None and known.names([artist])[artist] == known.ERASED
    assert queries.find("isrc", m.ISRC).people("featured") == (artist,)


def test_a_collective_speaks_for_its_members_alone(folder: Path) -> None:
    """A collective's delivery is evidence for a member's share and only an assertion for a stranger's."""
    collective = m.verified("Collective", "collective", dpid=m.OTHER_DPID)
    member = parties.register_party("label", "Harbour Records", {"dpid": m.LABEL_DPID}, **m.DOOR)
    parties.join_collective(member, collective, **m.DOOR)
    halves = (("PL", Fraction(1, 2)), ("PW", Fraction(1, 2)))
    rights = tuple(m.RightsController(party=p, roles=("RightsController",), share=s) for p, s in halves)
    built = m.message(m.recording(rights=rights), sender=m.OTHER_DPID)
    people = (*built.parties[:2], m.Party(reference="PL", name="Harbour Records", dpid=m.LABEL_DPID))
    deliver(folder, m.build_ern(m.msgspec.structs.replace(built, parties=people)))
    status = {claim.claimant: claim.status for claim in queries.claims()}
    assert status == {member: ClaimStatus.ACCEPTED, known.find("ipi", m.WRITER).id: ClaimStatus.ASSERTED}


def test_three_thirds_with_two_decimals_are_a_whole(label: str, folder: Path) -> None:
    """Three controllers of 33.33 % hold exactly a third each."""
    third = Fraction(3333, 10000)
    rights = tuple(m.RightsController(party=p, roles=("RightsController",), share=third) for p in ("PL", "PN", "PW"))
    deliver(folder, m.ern(m.recording(rights=rights)))
    assert {claim.share for claim in queries.claims()} == {Fraction(1, 3)}


def test_a_contradiction_about_ai_refuses_the_message(label: str, folder: Path) -> None:
    """ContainsAI All with a contributor's None is refused naming both, though the schema lets it pass."""
    at = head()
    with pytest.raises(BadInput, match=r"ContainsAI is All, but contributor `PN` declares AiContribution None"):
        deliver(folder, m.ern(m.recording(contains_ai=m.AiUse.ALL)))
    assert head() == at


def test_a_disclosure_is_kept(label: str, folder: Path) -> None:
    """What was declared about AI stands with the recording, and what was not declared stays undeclared."""
    deliver(folder)
    found = queries.find("isrc", m.ISRC)
    assert found.disclosure.contains_ai == "None"
    assert found.disclosure.contributions == ((known.find("isni", m.ARTIST).id, "Vocalist", "None"),)


def test_works_and_recordings_find_each_other_in_either_order(label: str, folder: Path) -> None:
    """The work delivered after the recording is matched to it by its ISWC, and before it as well."""
    m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
    deliver(folder)
    actions.deliver_cwr(m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100"))), **m.DOOR)
    work = queries.find("iswc", m.ISWC)
    assert queries.find("isrc", m.ISRC).parents == (work.id,)
    deliver(folder, m.ern(m.recording(isrc="QZABC2600002"), number="M2"))
    assert queries.find("isrc", "QZABC2600002").parents == (work.id,)


def test_the_missing_eighth_stays_missing(folder: Path) -> None:
    """Story 1: P1 holds half, P2 three eighths everywhere and an eighth more but in Japan; in Japan an eighth is nobody's."""
    p1 = m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
    p2 = m.verified("Southlight", "publisher", ipi=m.PUBLISHER_2)
    other = m.publisher(m.PUBLISHER_2, "SOUTHLIGHT", "50", controlled=False)
    actions.deliver_cwr(m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "50"), other)), **m.DOOR)
    places = (("2136", "50", True), ("392", "37.5", True))
    mine = m.publisher(m.PUBLISHER_2, "SOUTHLIGHT", "50", *places)
    first = m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "50", controlled=False)
    data = m.cwr(m.work(first, mine), sender=m.PUBLISHER_2, name="SOUTHLIGHT")
    report = actions.deliver_cwr(data, **m.DOOR)
    work = queries.find("iswc", m.ISWC)
    claims = [c for c in queries.claims([work.id]) if c.right is Right.MR and c.status is ClaimStatus.ACCEPTED]
    japan, rest = TerritorySet.of("JP"), WORLD - TerritorySet.of("JP")
    assert {c.claimant for c in claims} == {p1, p2} and report.conflicts == ()
    assert queries.conflicts() == []
    assert accepted_sums(claims) == [(Fraction(7, 8), japan), (Fraction(1), rest)]


def test_a_registration_that_says_less_withdraws_the_rest() -> None:
    """A later registration of half of what was claimed takes the other half back, and the past stays known."""
    m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
    actions.deliver_cwr(m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100"))), **m.DOOR)
    before = head()
    later = m.AT.replace(hour=12)
    half = m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "50")
    actions.deliver_cwr(m.cwr(m.work(half), created=later), **m.DOOR)
    standing = [c for c in queries.claims() if c.right is Right.MR and c.status is ClaimStatus.ACCEPTED]
    past = [c for c in queries.claims(known=before) if c.right is Right.MR]
    assert [c.share for c in standing] == [Fraction(1, 2)] and [c.share for c in past] == [Fraction(1)]


def test_a_label_sees_its_own_deliveries(label: str, folder: Path) -> None:
    """Law 10: another's delivery is not there; staff see all."""
    report = deliver(folder)
    mine = Viewer("acc_a", frozenset({label}), frozenset({Role.RIGHTSHOLDER}))
    other = Viewer("acc_b", frozenset({"pty_x"}), frozenset({Role.RIGHTSHOLDER}))
    assert [d.id for d in queries.deliveries(mine)] == [report.delivery]
    assert queries.deliveries(other) == [] and queries.deliveries(SYSTEM) != []
    with pytest.raises(NotThere):
        queries.delivery(other, report.delivery)


def test_rebuilt_tables_are_the_same(label: str, folder: Path) -> None:
    """Law 6: the catalogue's tables after a rebuild equal those before."""
    m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
    deliver(folder)
    actions.deliver_cwr(m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100"))), **m.DOOR)
    deliver(folder, m.ern(m.recording(title="Other"), number="M2"))
    before = table_digest()
    journal.rebuild()
    assert table_digest() == before
