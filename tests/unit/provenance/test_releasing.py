"""Releasing through the real doors: what stands in the way, what the files carry, what a stranger can prove."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from django.test import Client
from tests.made_once import made_once
from tests.unit.provenance.mixed import made_of_two_airs, two_airs
from tests.unit.provenance.released_files import instance, one_sample_changed
from tests.unit.studio.world import ACTOR

from accord.attribution import actions as attribution
from accord.clearance import actions as clearance
from accord.clearance import queries as clearances
from accord.integrity import actions as integrity
from accord.integrity.records import CaseKind, Outcome
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.provenance import actions, payload, queries, showing, sounding, trust
from accord.provenance.verify import Verdict, verify
from accord.studio import actions as studio
from accord.studio import queries as takes
from accord.studio.rendering import decode, encode
from accord.terms.refusal import NotThere, Refused
from accord.terms.use import Use

pytestmark = pytest.mark.django_db


once, world = made_once(two_airs)


def test_a_released_file_proves_who_agreed_from_what_under_which_deal(world):
    """Each of the three files is proven by the trust file and says everything; names are in the file, ids in the fact."""
    released = actions.release(world["creation"], world.now(), ACTOR)
    for file in released.files:
        path = queries.released_folder() / file.name
        found = verify(path, queries.trust())
        assert found.verdict is Verdict.PROVEN, found.because
        assert payload.digest(path.read_bytes()) == file.sound
        shown = "\n".join(showing.lines(found))
        assert (
            f"agreed: Label Test ({world['label']}), master 100 % of “Air 1” ({world['r1']}), by {world['deal label']}"
            in shown
        )
        assert f"mechanical 100 % of “Work 2” ({world['w2']}), by {world['deal publisher']}" in shown
        assert f"featured of “Air 1” ({world['r1']}), by {world['yes nina']}, the person, verified" in shown
        assert "licenses remix in blend for WORLD from 2026-01-01 to open end" in shown
        assert "20.00 % cocreator Fan Test" in shown and "0.00–7.00 s at gain 1" in shown
        assert "ContainsAI): undeclared" in shown and "Licensed by label" in found.label
    fact = takes_fact(released)
    assert "Test" not in fact.replace(released.title, "").replace("test", "")


def takes_fact(released) -> str:  # type: ignore[no-untyped-def]
    """The release fact as it stands in the journal."""
    from accord.journal.models import JournalEntry

    return str(JournalEntry.objects.get(position=released.position).canonical)


def test_a_changed_file_and_another_instance_are_not_proven(world):
    """One sample changed: not proven; another instance's trust file: not proven; none: signer unknown."""
    released = actions.release(world["creation"], world.now(), ACTOR)
    data = (queries.released_folder() / released.files[0].name).read_bytes()
    assert verify(one_sample_changed(data, "wav"), queries.trust()).verdict is Verdict.NOT_PROVEN
    assert verify(data, instance().trust).verdict is Verdict.NOT_PROVEN
    assert verify(data, None).verdict is Verdict.INTACT


def test_a_creation_is_released_once(world):
    """A second release is refused and names the first."""
    first = actions.release(world["creation"], world.now(), ACTOR)
    with pytest.raises(Refused, match=first.id):
        actions.release(world["creation"], world.now(), ACTOR)


def test_one_sound_is_one_release(world):
    """The same mix made again is another creation with the same bytes: refused in one sentence that names the release that
    has the sound, withdrawn or not, and nothing is written. Its files lead to the first one alone.
    """
    again = studio.submit(made_of_two_airs(world), world.now(), ACTOR, "Two airs again")
    attribution.attribute(again, world.now(), ACTOR)
    assert takes.creation(SYSTEM, again).audio == takes.creation(SYSTEM, world["creation"]).audio
    first = actions.release(world["creation"], world.now(), ACTOR)
    actions.withdraw(first.id, "the fan asked for it", world.now(), ACTOR)
    before = table_digest()
    with pytest.raises(Refused, match=f"{world['creation']}.*{first.id}") as no:
        actions.release(again, world.now(), ACTOR)
    assert no.value.refusal.code == "provenance.sound-released" and table_digest() == before
    assert [path.name for path in queries.released_folder().iterdir() if "again" in path.name] == []


def test_a_yes_taken_back_stops_the_release(world):
    """Clearance is decided again under the lock: nothing is written, no file appears."""
    participation.revoke(world["nina"], world["nina"], Use.REMIX, "blend", at=world.now(), actor=world["account nina"])
    before = table_digest()
    with pytest.raises(Refused):
        actions.release(world["creation"], world.now(), ACTOR)
    assert table_digest() == before and queries.releases() == []


def test_a_yes_taken_back_later_leaves_the_file_proven_and_the_file_says_so(world):
    """What left the house stays proven as of its checkpoint, and says that later revocations are not in it."""
    released = actions.release(world["creation"], world.now(), ACTOR)
    participation.revoke(world["nina"], world["nina"], Use.REMIX, "blend", at=world.now(), actor=world["account nina"])
    found = verify(queries.released_folder() / released.files[0].name, queries.trust())
    assert found.proven and "taken back later is not in it" in found.later


def test_what_is_held_is_not_released(world):
    """A hold on the creation, or on a source, stops the release with its reason."""
    clearance.place_hold(world["creation"], "it sounds like somebody", at=world.now(), actor=ACTOR)
    with pytest.raises(Refused, match="it sounds like somebody"):
        actions.release(world["creation"], world.now(), ACTOR)


def test_a_case_holds_clearance_and_release_from_its_opening_to_its_dismissal(world):
    """A case about one source: the very next decision about it is no in every territory, and the release is refused with
    the case's because. A reader dismisses it: both are free at once."""
    at, asked = world.now(), (world["r1"], Use.REMIX, "blend")
    before = clearances.decide(*asked, at)
    case = integrity.open_case(CaseKind.COPY, world["r1"], world["label"], "it is somebody else's", at, ACTOR)
    held = clearances.decide(*asked, at)
    assert before.cleared == before.offered != held.cleared and not held.cleared
    assert {short.code for short in held.shortfalls} == {"clearance.held"}
    with pytest.raises(Refused, match="it is somebody else's") as no:
        actions.release(world["creation"], at, ACTOR)
    assert no.value.refusal.code == "provenance.held" and queries.releases() == []
    integrity.decide(case, Outcome.DISMISSED, "it is theirs", "acc_reader", at, ACTOR)
    assert clearances.decide(*asked, at).cleared == before.cleared
    assert actions.release(world["creation"], at, ACTOR).creation == world["creation"]


def test_what_is_not_attributed_is_not_released(world):
    """Without shares nobody knows who is in it."""
    edited = studio.edit(world["take"], "gain -3", world.now(), ACTOR)
    creation = studio.submit(edited, world.now(), ACTOR)
    with pytest.raises(Refused) as no:
        actions.release(creation, world.now(), ACTOR)
    assert no.value.refusal.code == "provenance.not-attributed"


def test_a_file_that_lost_its_credentials_is_found_by_its_sound(world):
    """Re-encoded to MP3 and cut, it carries nothing; the instance finds the release, offline nothing is proven."""
    released = actions.release(world["creation"], world.now(), ACTOR)
    samples, rate = decode(queries.released_folder() / released.files[0].name)
    stripped = encode(samples[rate : 7 * rate], rate, "mp3")
    assert verify(stripped, queries.trust()).verdict is Verdict.NO_CREDENTIALS
    assert [match.release for match in sounding.find(stripped)][:1] == [released.id]
    noise = np.random.default_rng(0).standard_normal((rate * 8, 2)).astype(np.float32) * 0.1
    assert sounding.find(encode(noise, rate, "mp3")) == []


def test_the_server_verifies_uploads_and_looks_up_stripped_ones(world):
    """POST /v1/verify proves a released file, and finds a stripped one by its sound."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    released = actions.release(world["creation"], world.now(), ACTOR)
    data = (queries.released_folder() / released.files[2].name).read_bytes()
    proven = Client().post("/v1/verify", {"file": SimpleUploadedFile("a.mp3", data)}).json()
    assert proven["verification"]["verdict"] == "proven" and proven["found_by_sound"] is None
    samples, rate = decode(data)
    stripped = encode(samples, rate, "flac")
    found = Client().post("/v1/verify", {"file": SimpleUploadedFile("a.flac", stripped)}).json()
    assert found["verification"]["verdict"] == "no credentials"
    assert found["found_by_sound"][0]["release"] == released.id
    page = Client().post("/verify", {"file": SimpleUploadedFile("a.flac", stripped)}).content.decode()
    assert "Found by its sound" in page and f"/creations/{world['creation']}" in page
    broken = Client().post("/v1/verify", {"file": SimpleUploadedFile("a.mp3", b"\xff\xfb" + b"\0" * 5000)})
    assert broken.status_code == 400
    wrong = Client().post("/v1/verify", {"file": SimpleUploadedFile("a.txt", b"not audio")})
    assert wrong.status_code == 400


def test_lost_files_are_written_again_with_the_same_sound(world):
    """A crash after the fact leaves no files; writing them again gives files that are proven all the same."""
    released = actions.release(world["creation"], world.now(), ACTOR)
    shutil.rmtree(queries.released_folder())
    with pytest.raises(NotThere):
        queries.file_of(released.id, "wav")
    actions.write_files(released.id)
    for file in released.files:
        assert verify(queries.file_of(released.id, file.form), queries.trust()).proven


def test_credits_bind_names_when_they_are_shown(world):
    """Credits name co-creator, performer, writer, label and publisher as they are called now; erased names are gone."""
    found = queries.credits(world["creation"])
    assert found.creator == "Fan Test" and found.creator_share_percent == "20.00"
    first = found.lines[0]
    assert ("Nina Test", "featured") in first.people and ("Walt Test", "writer") in first.people
    assert ("Label Test", "master 100 %") in first.holders
    parties.erase(world["nina"], at=world.now(), actor=ACTOR)
    assert not any("Nina" in name for name, _ in queries.credits(world["creation"]).lines[0].people)


def test_a_monthly_cap_holds(world):
    """A deal that allows one creation a month refuses the second until the next month."""
    from datetime import timedelta

    from accord.provenance.records import PublicDeal
    from accord.provenance.rules import within_caps

    deal = PublicDeal(deal="dea_1", clause="1", licensor="p", uses=(), features=(), territories=None, starts=None)
    assert within_caps([deal], {"dea_1": 1}, {}) is None
    refusal = within_caps([deal], {"dea_1": 1}, {"dea_1": 1})
    assert refusal is not None and refusal.code == "provenance.cap-reached"
    actions.release(world["creation"], world.now(), ACTOR)
    assert actions._used_this_month(world.at) == {world["deal label"]: 1, world["deal publisher"]: 1}
    assert actions._used_this_month(world.at + timedelta(days=40)) == {}


def test_a_withdrawn_release_is_no_longer_offered_but_stays_proven(world):
    """Withdrawing takes it off the list; the file that left says what it always said."""
    released = actions.release(world["creation"], world.now(), ACTOR)
    path = queries.released_folder() / released.files[0].name
    actions.withdraw(released.id, "the fan asked for it", world.now(), ACTOR)
    assert queries.releases() == [] and verify(path, queries.trust()).proven


def test_releases_are_rebuilt_row_for_row(world):
    """Law 6: releases and their sounds come out of the journal as they went in."""
    released = actions.release(world["creation"], world.now(), ACTOR)
    before = table_digest()
    rebuild()
    assert table_digest() == before
    assert queries.by_sound(released.files[1].sound) == released


def test_the_trust_file_holds_public_keys_and_nothing_secret(world):
    """The trust file round-trips and has no private key in it."""
    data = trust.dumps(queries.trust())
    assert trust.loads(data) == queries.trust()
    assert b"PRIVATE" not in data
    assert takes.creation(SYSTEM, world["creation"]).title == "Two airs"
