"""The catalogue over HTTP: deliver, read, claim; what is not yours is not there."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from tests.unit.catalog import messages as m

from accord.catalog import queries
from accord.catalog.score import Note, Score, Track
from accord.journal.queries import head
from accord.parties import accounts
from accord.parties import actions as parties

pytestmark = pytest.mark.django_db
MIDI = Score("T", 100.0, (4, 4), "C major", (Track("a", 0, (Note(0, 480, 60), Note(480, 480, 62))),)).to_midi()


@pytest.fixture(autouse=True)
def quick_passwords() -> Any:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


class Caller:
    """An account with a key, calling the API."""

    def __init__(self, name: str, roles: list[str], own: list[str]) -> None:
        account = accounts.open_account(f"{name}@example.org", "a long enough pass phrase", roles, own, at=m.AT)
        self.headers = {"Authorization": f"Bearer {accounts.issue_key(account, at=m.AT)}"}
        self.client = Client()

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.client.get(f"/v1{path}", headers=self.headers)
        return answer.status_code, answer.json()

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        answer = self.client.post(f"/v1{path}", json.dumps(body), "application/json", headers=self.headers)
        return answer.status_code, answer.json()

    def deliver(self, data: bytes, folder: Path, *names: str) -> tuple[int, Any]:
        files = [SimpleUploadedFile(Path(name).name, (folder / name).read_bytes()) for name in names]
        form = {"message": io.BytesIO(data), "audio": files, "paths": json.dumps(names)}
        answer = self.client.post("/v1/deliveries", form, headers=self.headers)
        return answer.status_code, answer.json()


FILES = ("a1.wav", "stems/piano.wav", "stems/voice.wav")


@pytest.fixture
def label() -> str:
    return m.verified("Harbour Records", "label", dpid=m.LABEL_DPID)


@pytest.fixture
def mine(label: str) -> Caller:
    return Caller("mine", ["rightsholder"], [label])


@pytest.fixture
def other() -> Caller:
    return Caller("other", ["rightsholder"], [m.verified("Other", "label", dpid=m.OTHER_DPID)])


@pytest.fixture
def staff() -> Caller:
    return Caller("staff", ["licensing"], [])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    m.audio(tmp_path, *FILES)
    return tmp_path


def test_a_label_delivers_over_http(mine: Caller, folder: Path) -> None:
    """A message with its files in folders goes in; the same again changes nothing."""
    status, report = mine.deliver(m.ern(), folder, *FILES)
    assert status == 200 and report["counts"]["stems"] == 2 and not report["again"]
    at = head()
    assert mine.deliver(m.ern(), folder, *FILES)[1]["again"] and head() == at
    assert queries.find("isrc", m.ISRC).audio


def test_nobody_delivers_in_anothers_name(other: Caller, mine: Caller, folder: Path) -> None:
    """A rightsholder's message must come from a party it acts for, even when the same bytes were delivered before."""
    at = head()
    status, problem = other.deliver(m.ern(), folder, *FILES)
    assert (status, problem["type"]) == (403, "/problems/catalog.not-your-delivery") and head() == at
    assert mine.deliver(m.ern(), folder, *FILES)[0] == 200
    assert other.deliver(m.ern(), folder, *FILES)[0] == 403


@pytest.mark.parametrize(
    "path", ["../a1.wav", "/tmp/a1.wav", "", ".", "a" * 5000, "/".join(["a" * 200] * 40), "a\x00b", "\ud800"]
)
def test_an_upload_stays_in_its_folder(mine: Caller, folder: Path, path: str) -> None:
    """A path that leads out of the delivery is bad input."""
    files = [SimpleUploadedFile("a1.wav", b"x")]
    form = {"message": io.BytesIO(m.ern()), "audio": files, "paths": json.dumps([path])}
    answer = mine.client.post("/v1/deliveries", form, headers=mine.headers)
    assert answer.status_code == 400 and "no path" in answer.json()["detail"]


def test_a_file_is_no_folder_of_another(mine: Caller, folder: Path) -> None:
    """Two uploads where one would lie inside the other, in either order."""
    for paths in (["a", "a/b"], ["a/b", "a"]):
        files = [SimpleUploadedFile("a.wav", b"x"), SimpleUploadedFile("b.wav", b"x")]
        form = {"message": io.BytesIO(m.ern()), "audio": files, "paths": json.dumps(paths)}
        answer = mine.client.post("/v1/deliveries", form, headers=mine.headers)
        assert answer.status_code == 400 and "no path" in answer.json()["detail"]


def test_bad_input_is_a_problem_document(mine: Caller, folder: Path) -> None:
    """A message that is no XML is a 400 with one sentence."""
    status, problem = mine.deliver(b"hello", folder)
    assert (status, problem["type"]) == (400, "/problems/bad-input") and "XML" in problem["detail"]


def test_what_is_anothers_is_not_there(mine: Caller, other: Caller, staff: Caller, folder: Path) -> None:
    """Law 10: deliveries, assets, claims and their changes of another label are 404 or left out."""
    _, report = mine.deliver(m.ern(), folder, *FILES)
    asset, (claim,) = report["recordings"][0], queries.claims()
    for path in (f"/deliveries/{report['delivery']}", f"/assets/{asset}", f"/assets/{m.ISRC}", f"/claims/{claim.id}"):
        assert (mine.get(path)[0], staff.get(path)[0], other.get(path)[0]) == (200, 200, 404)
    for path in (f"/claims/{claim.id}/withdraw", f"/claims/{claim.id}/evidence", f"/claims/{claim.id}/dispute"):
        assert other.post(path, {"because": "x", "evidence": "x", "by": "pty_x"})[0] == 404
    assert other.post(f"/claims/{claim.id}/accept", {"because": "mine"})[0] == 404
    assert other.get("/deliveries")[1] == other.get("/releases")[1] == other.get("/conflicts")[1] == []
    assert [other.get(path)[1]["count"] for path in ("/assets", "/claims")] == [0, 0]
    assert [mine.get(path)[1]["count"] for path in ("/assets", "/claims")] == [3, 1]


def test_assets_are_filtered_and_paged(mine: Caller, folder: Path) -> None:
    """Kind, words of the title and holds narrow the list; beyond its end a page is empty and the count stays."""
    mine.deliver(m.ern(), folder, *FILES)
    asked = ("kind=stem", "text=NIGHT", "held=true", "kind=recording&page=2")
    answers = [mine.get(f"/assets?{words}")[1] for words in asked]
    assert [(a["count"], len(a["assets"])) for a in answers] == [(2, 2), (1, 1), (0, 0), (1, 0)]


def test_an_artist_sees_what_she_is_credited_on(mine: Caller, folder: Path) -> None:
    """A featured artist sees her recording and its stems, and nobody else's."""
    mine.deliver(m.ern(), folder, *FILES)
    artist = parties.queries.find("isni", m.ARTIST).id
    assert Caller("artist", ["artist"], [artist]).get("/assets")[1]["count"] == 3
    assert Caller("fan", ["artist"], []).get("/assets")[1]["count"] == 0


def test_a_claim_goes_its_way_over_http(mine: Caller, other: Caller, staff: Caller, folder: Path) -> None:
    """Asserted by its claimant, evidenced and decided by the platform, both kept."""
    mine.deliver(m.ern(), folder, *FILES)
    rival = parties.queries.find("dpid", m.OTHER_DPID).id
    wanted = {"asset": m.ISRC, "right": "master", "claimant": rival, "share": "1", "territories": "FR"}
    status, made = other.post("/claims", wanted)
    assert status == 200
    assert other.get(f"/assets/{m.ISRC}")[0] == 404  # an assertion shows nothing but itself
    assert [claim["id"] for claim in other.get("/claims")[1]["claims"]] == [made["id"]]
    contract = {"evidence": "contract"}
    assert other.post(f"/claims/{made['id']}/evidence", contract)[0] == 404  # nobody reads its own evidence
    assert staff.post(f"/claims/{made['id']}/evidence", contract)[1]["status"] == "evidenced"
    (conflict,) = staff.get("/conflicts")[1]
    assert (conflict["total"], conflict["territories"]) == ("2/1", "FR")
    body = {"winners": [made["id"]], "because": "newer contract"}
    assert other.post(f"/conflicts/{conflict['id']}/resolve", body)[0] == 404
    assert staff.post(f"/conflicts/{conflict['id']}/resolve", body)[1]["resolved"]
    standing = staff.get(f"/claims?asset={m.ISRC}")[1]["claims"]
    assert {claim["status"] for claim in standing} == {"accepted", "rejected"}
    assert staff.get(f"/claims?asset={m.ISRC}&status=rejected")[1]["count"] == 1


@pytest.mark.parametrize("share", ["1e999999999", "1/0", "x", "-1", "1/2/3", "٣"])
def test_a_share_is_plain_digits(other: Caller, mine: Caller, folder: Path, share: str) -> None:
    """Whatever is no plain share is bad input at once."""
    mine.deliver(m.ern(), folder, *FILES)
    rival = parties.queries.find("dpid", m.OTHER_DPID).id
    body = {"asset": m.ISRC, "right": "master", "claimant": rival, "share": share}
    assert other.post("/claims", body)[0] == 400


def test_nobody_claims_for_another(other: Caller, mine: Caller, label: str, folder: Path) -> None:
    """A claim is made for a party one acts for."""
    mine.deliver(m.ern(), folder, *FILES)
    assert other.post("/claims", {"asset": m.ISRC, "right": "master", "claimant": label, "share": "1"})[0] == 404


def test_without_a_key_there_is_no_catalogue() -> None:
    """Nobody signed in gets 401."""
    assert Client().get("/v1/assets").status_code == 401
    assert Client().get("/v1/assets", headers={"Authorization": "Bearer accord_x_y"}).status_code == 401


def test_a_release_says_what_its_deals_permit(mine: Caller, other: Caller, staff: Caller, folder: Path) -> None:
    """A release's permissions by its id or ICPN, for its label and the platform; for others it is not there."""
    _, report = mine.deliver(m.ern(), folder, *FILES)
    for release in (report["releases"][0], m.ICPN):
        status, found = mine.get(f"/releases/{release}/permissions")
        assert status == 200 and found[0]["commercial_models"] == ["SubscriptionModel"]
        assert staff.get(f"/releases/{release}/permissions")[1] == found
        assert other.get(f"/releases/{release}/permissions")[0] == 404


def test_a_tune_is_registered_encoded_and_ended_over_http(mine: Caller, staff: Caller) -> None:
    """The licensing desk states what is nobody's and ends it; a label does not."""
    body = {"title": "Old Tune", "evidence": "first printed 1690", "identifiers": [["music21", "a/b.abc"]]}
    assert mine.post("/tunes", body)[0] == 404
    status, made = staff.post("/tunes", body)
    assert status == 200 and staff.post("/tunes", body)[1] == made
    form = {"midi": SimpleUploadedFile("a.mid", MIDI), "source": "a/b.abc", "statement": "all rights reserved"}
    answer = staff.client.post(f"/v1/assets/{made['id']}/encodings", form, headers=staff.headers)
    assert answer.status_code == 200 and "reserve what is derived" in answer.json()["holds"][0]
    because = {"because": "he lived until 1990", "territories": "FR"}
    assert staff.post(f"/assets/{made['id']}/public-domain/end", because)[1][0]["territories"] == "WORLD-FR"
    assert staff.post(f"/assets/{made['id']}/public-domain/end", because)[0] == 400
    stated = staff.post(f"/assets/{made['id']}/public-domain", {"evidence": "it ended", "territories": "FR"})[1]
    assert [one["territories"] for one in stated] == ["WORLD-FR", "FR"]
