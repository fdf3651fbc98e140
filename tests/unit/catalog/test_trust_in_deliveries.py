"""How far a sender's word goes: by its identifier, in the order in which it spoke, and only over what is its own."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.unit.catalog import messages as m

from accord.catalog import actions, intake_ern, queries
from accord.catalog.cwr.records import PUBLIC_DOMAIN, Recording
from accord.catalog.ern.records import Delegation
from accord.catalog.records import AssetKind, ClaimStatus, DeliveryReport
from accord.journal import actions as journal
from accord.journal.queries import head, table_digest
from accord.parties import actions as parties
from accord.parties import queries as known
from accord.terms.identifiers import ipi, isni
from accord.terms.refusal import BadInput
from accord.terms.territory import WORLD

pytestmark = pytest.mark.django_db
LATER = m.AT + timedelta(hours=1)
STRANGER = "PADPIDA1234"  # no DPID: too short


@pytest.fixture
def label() -> str:
    return m.verified("Harbour Records", "label", dpid=m.LABEL_DPID)


def header(**changes: object) -> m.Header:
    return msgspec.structs.replace(m.message().header, **changes)


def deliver(data: bytes, **changes: object) -> DeliveryReport:
    return actions.deliver(data, metadata_only=True, **(m.DOOR | changes))


def test_nobody_is_believed_by_its_name(label: str) -> None:
    """A message that only calls its sender Harbour Records is not Harbour Records': it asserts, and says so."""
    unsigned = header(sender=m.MessagingParty(dpid=STRANGER, name="Harbour Records"))
    report = deliver(m.ern(header=unsigned))
    assert report.sender != label and report.claims_accepted == 0
    assert any("known by its name alone" in finding for finding in report.findings)
    m.verify(report.sender)
    again = deliver(m.ern(m.recording(isrc="QZABC2600007"), header=msgspec.structs.replace(unsigned, message="M2")))
    assert (again.sender, again.claims_accepted) == (report.sender, 0)


def test_an_older_message_comes_too_late(label: str) -> None:
    """What overtook it on the way stands; the older one is refused whole, and the same instant is no older."""
    deliver(m.ern(m.recording(title="New"), header=header(message="M2", created=LATER)))
    at = head()
    with pytest.raises(BadInput, match=r"older than what its sender said since: .*`icpn:990000000011` was described"):
        deliver(m.ern(m.recording(title="Old")))
    assert head() == at and queries.find("isrc", m.ISRC).title == "New"
    deliver(m.ern(m.recording(title="Newer"), header=header(message="M3", created=LATER)))
    assert queries.find("isrc", m.ISRC).title == "Newer"


def test_a_later_word_that_changed_nothing_still_stands(label: str) -> None:
    """Said again on Tuesday, what was said on Monday is not undone by a message of the night between."""
    deliver(m.ern())
    deliver(m.ern(header=header(message="M2", created=m.AT + timedelta(hours=2))))
    with pytest.raises(BadInput, match="older than what its sender said since"):
        deliver(m.ern(m.recording(rights=()), header=header(message="M3", created=LATER)))


def test_another_senders_dates_are_its_own(label: str) -> None:
    """One label's newer message makes another's no older."""
    m.verified("Other Records", "label", dpid=m.OTHER_DPID)
    deliver(m.ern(header=header(created=LATER)))
    assert deliver(m.ern(sender=m.OTHER_DPID)).conflicts


def test_an_older_registration_comes_too_late() -> None:
    """For CWR by the date of its header, and for the sender's own work numbers too."""
    m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
    whole, half = (m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", part), iswc="") for part in ("100", "50"))
    deliver(m.cwr(whole, created=LATER))
    with pytest.raises(BadInput, match=r"`number:W1` was described"):
        deliver(m.cwr(half))


def test_a_message_of_the_day_after_tomorrow_is_refused(label: str) -> None:
    """It would make every honest message after it too late."""
    with pytest.raises(BadInput, match="which is to come"):
        deliver(m.ern(header=header(created=m.AT + timedelta(days=3))))


def test_a_test_message_is_no_delivery(label: str) -> None:
    """What calls itself a test says nothing about music and is not written, unless it is a demonstration."""
    test = header(control="TestMessage")
    before = head()
    with pytest.raises(BadInput, match="calls itself a test"):
        deliver(m.ern(header=test))
    assert head() == before
    assert deliver(m.ern(header=test), demonstration=True).recordings


def test_a_verified_label_takes_over_what_an_unverified_one_described(tmp_path: Path) -> None:
    """Whoever comes first with somebody's ISRC names no singer of its own choosing for good; its stems are held."""
    squatter_people = (
        m.Party(reference="PN", name="Somebody Else", isni=isni.with_check_digit("000000012103999")),
        *m.message(sender=m.OTHER_DPID).parties[1:],
    )
    m.audio(tmp_path, "a1.wav", "stems/piano.wav", "stems/voice.wav")
    data = m.ern(sender=m.OTHER_DPID, parties=squatter_people)
    squatter = actions.deliver_ern(data, tmp_path, **m.DOOR).sender
    (recording,) = queries.assets(kind=AssetKind.RECORDING).values()
    assert recording.delivered_by == squatter and recording.audio
    label = m.verified("Harbour Records", "label", dpid=m.LABEL_DPID)
    deliver(m.ern(number="M2"))
    found = queries.find("isrc", m.ISRC)
    assert (found.id, found.delivered_by, found.audio) == (recording.id, label, None)
    assert found.people("featured") == (known.find("isni", m.ARTIST).id,)
    stems = queries.assets(queries.children([found.id], AssetKind.STEM)[found.id]).values()
    assert all("is not verified" in stem.intake_holds[0] and stem.delivered_by == label for stem in stems)
    again = actions.deliver_ern(m.ern(sender=m.OTHER_DPID, number="M3"), tmp_path, **m.DOOR)
    assert any("described by another sender before" in finding for finding in again.findings)
    before = table_digest()
    journal.rebuild()
    assert table_digest() == before


def test_new_stems_of_a_recording_that_has_its_stems_are_named(label: str, tmp_path: Path) -> None:
    """They are left out, and that is said; the same ones again are not."""
    m.audio(tmp_path, "a1.wav", "stems/piano.wav", "stems/voice.wav")
    actions.deliver_ern(m.ern(), tmp_path, **m.DOOR)
    same = actions.deliver_ern(m.ern(number="M2"), tmp_path, **m.DOOR)
    m.audio(tmp_path, "stems/piano.wav", seconds=1.5)
    other = actions.deliver_ern(m.ern(number="M3"), tmp_path, **m.DOOR)
    assert same.findings == () and any("has its stems already" in finding for finding in other.findings)


def test_a_match_that_is_not_named_any_more_is_said(label: str) -> None:
    """A recording keeps what it was matched to until somebody ends it, and the report says so."""
    m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
    publisher = m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100")
    other = m.iswc.with_check_digit(902)
    deliver(m.cwr(m.work(publisher), m.work(publisher, number="W2", iswc=other, title="OTHER")))
    deliver(m.ern())
    report = deliver(m.ern(m.recording(works=(m.WorkId(iswc=other),)), number="M2"))
    assert len(queries.find("isrc", m.ISRC).parents) == 2
    assert any("stays matched to `NIGHT FERRY`" in finding for finding in report.findings)


class TestRegistrations:
    """Works, by word of publishers."""

    def unverified(self, *works: m.Work) -> DeliveryReport:
        return deliver(m.cwr(*works, sender=m.PUBLISHER_2, name="SOUTHLIGHT"))

    def test_an_unverified_publisher_names_no_writer_of_a_known_work(self) -> None:
        """Another's work is not held up by a writer whom a stranger names; a verified publisher's are asked as well."""
        m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
        work = deliver(m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "50")))).works[0]
        writers = queries.asset(work).people("writer")
        stranger = m.Writer(controlled=False, ip="8", last_name="STRANGER", ipi=ipi.with_check_digit("999000088"))
        said = m.work(m.publisher(m.PUBLISHER_2, "SOUTHLIGHT", "50"), writers=(stranger,), title="MINE")
        report = self.unverified(said)
        assert queries.asset(work).people("writer") == writers and queries.asset(work).title == "NIGHT FERRY"
        assert any("writers an unverified sender names" in finding for finding in report.findings)
        m.verify(report.sender)
        self.unverified(msgspec.structs.replace(said, recorded="N"))
        assert set(queries.asset(work).people("writer")) > set(writers)

    def test_a_verified_publisher_takes_over_an_unverified_ones_work(self) -> None:
        """Title and writers are the verified one's from then on."""
        self.unverified(m.work(m.publisher(m.PUBLISHER_2, "SOUTHLIGHT", "100"), title="SQUATTED", writers=()))
        owner = m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
        deliver(m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100"))))
        work = queries.find("iswc", m.ISWC)
        assert (work.title, work.delivered_by) == ("NIGHT FERRY", owner)
        assert work.people("writer") == (known.find("ipi", m.WRITER).id,)

    @pytest.mark.parametrize(
        ("proven", "validity", "joined"), [(False, "Y", 0), (True, "U", 0), (True, "N", 0), (True, "Y", 1)]
    )
    def test_a_registration_puts_its_work_into_a_recording(
        self, label: str, proven: bool, validity: str, joined: int
    ) -> None:
        """Only by a verified publisher, and where it says that the link holds."""
        if proven:
            m.verified("Southlight", "publisher", ipi=m.PUBLISHER_2)
        deliver(m.ern(m.recording(works=(), contributors=())))
        rec = Recording(isrc=m.ISRC, validity=validity)
        self.unverified(m.work(m.publisher(m.PUBLISHER_2, "SOUTHLIGHT", "100"), recordings=(rec,)))
        assert len(queries.find("isrc", m.ISRC).parents) == joined

    def test_the_public_domain_is_nobody(self) -> None:
        """The writer that CWR calls DP is registered as no party, and is asked nothing."""
        m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
        old = m.Writer(controlled=False, last_name=PUBLIC_DOMAIN, designation="C")
        new = m.Writer(controlled=False, ip="9", last_name="AUTHOR", first_name="WIM", ipi=m.WRITER, designation="AR")
        work = deliver(m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100"), writers=(new, old)))).works[0]
        assert queries.asset(work).people("writer") == (known.find("ipi", m.WRITER).id,)
        assert PUBLIC_DOMAIN not in known.names(known.parties()).values()

    def test_one_number_of_a_file_means_one_thing(self) -> None:
        """Two parties under one number, or two works, are refused with nothing written: whose share was whose?"""
        own = m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100")
        one = m.work(own)
        other_writer = m.Writer(controlled=False, ip="9", last_name="OTHER", ipi=ipi.with_check_digit("999000077"))
        as_publisher = m.Writer(controlled=False, ip=own.ip, last_name="NORTHLIGHT")
        others = {
            "the party number `9` names two": m.work(own, number="W2", iswc="", writers=(other_writer,)),
            "the party number `0158` names two": m.work(own, number="W2", iswc="", writers=(as_publisher,)),
            "the work number `W1` names two": m.work(own, iswc="", title="OTHER"),
            f"the ISWC `{m.ISWC}` names two": m.work(own, number="W2", title="OTHER"),
        }
        at = head()
        for says, other in others.items():
            with pytest.raises(BadInput, match=says):
                deliver(m.cwr(one, other))
        assert head() == at


@pytest.mark.parametrize("last", ["9999-12-31", "2030-01-31"])
def test_the_calendars_last_day_is_no_end(label: str, last: str) -> None:
    """DDEX end dates are the last day; many senders write the end of time where there is none."""
    place = m.RightsController(party="PL", share=m.Fraction(1), delegations=(Delegation(end=date.fromisoformat(last)),))
    deliver(m.ern(m.recording(rights=(place,))))
    (claim,) = queries.claims()
    assert claim.period.end == (None if last == "9999-12-31" else date(2030, 2, 1))
    assert claim.status is ClaimStatus.ACCEPTED and claim.territories == WORLD


def test_a_number_that_a_verified_party_does_not_carry_is_named(label: str) -> None:
    """The artist proved to be herself; a message that gives her another number is read, and an office looks at it."""
    artist = parties.register_party("person", "Nora Quill", {"isni": m.ARTIST}, **m.DOOR)
    m.verify(artist)
    other = ipi.with_check_digit("999000055")
    people = (m.Party(reference="PN", name="Nora Quill", isni=m.ARTIST, ipi=other), *m.message().parties[1:])
    report = deliver(m.ern(parties=people))
    assert (
        f"party PN: its IPI {other} is new, and the party verified: an office adds it after a look" in report.findings
    )
    assert queries.find("isrc", m.ISRC).people("featured") == (artist,)


@pytest.mark.parametrize("data", [b"hello", b"\x89PNG\r\n", "HDR".encode("utf-16")])
def test_what_is_neither_format_is_called_so(data: bytes) -> None:
    """One sentence for both, since either could have been meant."""
    with pytest.raises(BadInput, match="neither an ERN message nor a CWR file, at line 1: it begins with"):
        deliver(data)


@pytest.mark.parametrize("sign", ["\x9b", "\x85", "\x7f"])
def test_a_control_character_in_a_message_is_refused(sign: str) -> None:
    """XML lets it pass; it is text in a wrong encoding, or a terminal's command."""
    data = m.ern().replace(b"Night Ferry", f"Night{sign}31mFerry".encode())
    with pytest.raises(BadInput, match=rf"holds a control character, at line \d+: `\w+` has U\+00{ord(sign):02X}"):
        deliver(data)


def test_a_thousand_recordings_are_planned_in_a_second_or_two() -> None:
    """Ten times a boxed set costs ten times as much, not a hundred times."""
    parts = [m.recording(reference=f"A{n}", isrc=f"QZABC26{n:05d}") for n in range(1500)]
    stems = [m.stem(f"S{n}", "x", "x.wav", of=f"A{n}") for n in range(1500)]
    whole = m.message(*parts, *stems)
    track = msgspec.structs.replace(whole.releases[0], element="TrackRelease", icpn="")
    tracks = [msgspec.structs.replace(track, reference=f"R{n}", resources=(f"A{n}",)) for n in range(1, 1500)]
    whole = msgspec.structs.replace(whole, releases=(*whole.releases, *tracks))
    start = time.process_time()
    assert len(intake_ern.plan(whole).releases) == 1500
    assert time.process_time() - start < 2
