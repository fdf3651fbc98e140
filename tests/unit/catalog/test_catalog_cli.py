"""The verbs deliver, catalog, claim, party and account: what they print, and how they leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from tests.unit.catalog import messages as m

from accord.catalog import actions, queries
from accord.catalog.score import Note, Score, Track
from accord.cli.__main__ import run
from accord.parties import queries as parties

pytestmark = pytest.mark.django_db
MIDI = Score("T", 100.0, (4, 4), "C major", (Track("a", 0, (Note(0, 480, 60), Note(480, 480, 62))),)).to_midi()


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch, home: Path) -> Any:
    monkeypatch.setattr("accord.open", lambda folder=None: home)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


class Shell:
    """Runs `accord` and keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: str, leaves: int = 0) -> str:
        code = run(list(words))
        out, err = self.capsys.readouterr()
        assert code == leaves, out + err
        return out if leaves == 0 else err.strip()

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def accord(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def delivered(accord: Shell, tmp_path: Path) -> Path:
    label = accord("party", "register", "label", "Harbour Records", "--identifier", f"dpid:{m.LABEL_DPID}").strip()
    account = accord("account", "open", "h@example.org", "--role", "rightsholder", "--password", "a long pass phrase")
    accord("account", "verify", account.strip(), label, "--method", "contract", "--evidence", "signed")
    m.audio(tmp_path, "a1.wav", "stems/piano.wav", "stems/voice.wav")
    (tmp_path / "message.xml").write_bytes(m.ern())
    assert "1 recordings, 0 works, 1 releases; claims: 1 accepted" in accord("deliver", str(tmp_path / "message.xml"))
    return tmp_path


def test_a_delivery_is_said_again_as_done(accord: Shell, delivered: Path) -> None:
    """The same message delivered again says that nothing was changed."""
    assert "nothing was changed" in accord("deliver", str(delivered / "message.xml"))
    assert accord.json("deliver", str(delivered / "message.xml"))["again"] is True


def test_assets_are_listed_and_filtered(accord: Shell, delivered: Path) -> None:
    """Lists filter by kind, title, label, person and hold."""
    recording = queries.find("isrc", m.ISRC)
    artist = parties.find("isni", m.ARTIST).id
    assert len(accord.json("catalog", "list")) == 3
    assert [a["id"] for a in accord.json("catalog", "list", "--kind", "recording")] == [recording.id]
    assert len(accord.json("catalog", "list", "--credited", artist)) == 3
    assert len(accord.json("catalog", "list", "--label", recording.label or "")) == 3
    assert accord.json("catalog", "list", "--text", "piano")[0]["title"] == "piano"
    assert accord.json("catalog", "list", "--held") == []
    assert "Night Ferry" in accord("catalog", "list")


def test_an_asset_is_shown_by_any_of_its_names(accord: Shell, delivered: Path) -> None:
    """An ISRC and an id show the same recording, its people and claims by name."""
    shown = accord("catalog", "show", m.ISRC)
    assert shown == accord("catalog", "show", queries.find("isrc", m.ISRC).id)
    assert "vocalist: Nora Quill" in shown and "Harbour Records 100 % master everywhere, accepted" in shown
    assert accord("catalog", "show", "rec_nothing", leaves=2).startswith("there is no asset `rec_nothing`")


def test_counts_and_releases_are_shown(accord: Shell, delivered: Path) -> None:
    """`stats` counts, `releases` lists."""
    assert accord.json("catalog", "stats")["stems"] == 2
    assert accord.json("catalog", "releases")[0]["icpn"] == m.ICPN


def test_deliveries_and_what_deals_permit_are_listed(accord: Shell, delivered: Path) -> None:
    """A message with its counts; a release's permissions, of its newest message alone."""
    before = accord.json("catalog", "permissions", m.ICPN)
    assert [p["commercial_models"] for p in before] == [["SubscriptionModel"]]
    deals = (m.Deal(releases=("R0",), territories=m.WORLD, models=("AdvertisementSupportedModel",), uses=("Stream",)),)
    (delivered / "message.xml").write_bytes(m.ern(number="M2", deals=deals))
    accord("deliver", str(delivered / "message.xml"))
    assert "AdvertisementSupportedModel: Stream  everywhere, from always to no end" in accord("catalog", "permissions")
    assert len(accord.json("catalog", "permissions", m.ICPN)) == 1
    assert accord("catalog", "permissions", "nothing", leaves=2).startswith("there is no release `nothing`")
    assert accord("catalog", "deliveries").count("ERN from Harbour Records: 3 parties") == 2
    assert accord.json("catalog", "deliveries")[0]["message"] == "M2"


def test_a_claim_goes_its_way(accord: Shell, delivered: Path) -> None:
    """Asserted, evidenced, in conflict, resolved: each step by its verb."""
    rival = accord("party", "register", "label", "Rival").strip()
    claim = accord("claim", "assert", m.ISRC, "master", rival, "100", "--territories", "FR").strip()
    assert "evidenced" in accord("claim", "evidence", claim, "contract of 1999")
    (conflict,) = accord.json("claim", "conflicts")
    assert "claims sum to 200 %" in accord("claim", "conflicts")
    accord("claim", "resolve", conflict["id"], "the older contract", "--winner", claim)
    assert accord.json("claim", "list", "--asset", m.ISRC, "--status", "accepted", "--claimant", rival)
    history = accord("claim", "show", claim)
    assert [word in history for word in ("asserted", "evidenced", "accepted")] == [True] * 3


def test_money_is_disputed_by_a_verb(accord: Shell, delivered: Path) -> None:
    """A dispute marks the claim, and its end unmarks it; a second end is refused with 3."""
    (claim,) = queries.claims()
    accord("claim", "dispute", claim.id, claim.claimant, "we disagree")
    assert [c["id"] for c in accord.json("claim", "list", "--disputed")] == [claim.id]
    accord("claim", "resolve-dispute", claim.id, "agreed")
    assert accord("claim", "resolve-dispute", claim.id, "agreed", leaves=3).startswith("refused:")


@pytest.mark.parametrize("share", ["x", "1/0", "110", "0", "1e999999999"])
def test_an_impossible_share_leaves_with_2(accord: Shell, delivered: Path, share: str) -> None:
    """A share that cannot be is one sentence and exit 2."""
    (claim,) = queries.claims()
    assert "\n" not in accord("claim", "assert", m.ISRC, "master", claim.claimant, share, leaves=2)


def test_parties_are_listed_shown_and_forgotten(accord: Shell, delivered: Path) -> None:
    """A party is found by name, shown with its mandates, and its name can be erased."""
    artist = parties.find("isni", m.ARTIST).id
    manager = accord("party", "register", "organisation", "Quay Management").strip()
    accord("party", "mandate", manager, artist, "--use", "train", "--evidence", "letter of March")
    assert [p["party"]["id"] for p in accord.json("party", "list", "--name", "quill")] == [artist]
    assert f"{manager} speaks for {artist} on train" in accord("party", "show", artist)
    accord("party", "erase", artist)
    assert accord.json("party", "show", artist)["name"] == parties.ERASED


def test_keys_are_shown_once(accord: Shell) -> None:
    """A key is printed when it is issued; later only its prefix is."""
    account = accord(
        "account", "open", "k@example.org", "--role", "machine", "--password", "a long pass phrase"
    ).strip()
    key = accord("account", "key", account, "--label", "training").strip()
    assert key.startswith("accord_") and key not in accord("account", "keys")
    accord("account", "revoke-key", key.split("_")[1])
    assert accord.json("account", "keys")[0]["revoked_at"]
    assert accord.json("account", "list", "--role", "machine")[0]["id"] == account


def test_a_match_is_made_and_taken_back(accord: Shell, delivered: Path) -> None:
    """A recording is said to embody a work, and not to after all."""
    work = actions.register_work("Night Ferry", **m.DOOR)
    accord("catalog", "match", m.ISRC, work)
    assert queries.find("isrc", m.ISRC).parents == (work,)
    accord("catalog", "unmatch", m.ISRC, work, "another song")
    assert queries.find("isrc", m.ISRC).parents == ()


def test_a_hold_is_lifted_by_number(accord: Shell, delivered: Path) -> None:
    """A hold is named by its number; one that is not there leaves with 2."""
    recording = queries.find("isrc", m.ISRC).id
    actions.place_intake_hold(recording, "two owners", **m.DOOR)
    assert "held: two owners" in accord("catalog", "show", recording)
    accord("catalog", "lift-hold", recording, "settled in writing")
    assert "0 intake holds" in accord("catalog", "lift-hold", recording, "again", leaves=2)


def test_a_tune_is_registered_encoded_and_ended_by_verbs(accord: Shell, tmp_path: Path) -> None:
    """A tune, the terms of its encoding, and the day on which it turns out to be somebody's."""
    work = accord("catalog", "tune", "Old Tune", "first printed 1690", "--identifier", "music21:a/b.abc").strip()
    assert accord("catalog", "tune", "Old Tune", "again", "--identifier", "music21:a/b.abc").strip() == work
    (tmp_path / "a.mid").write_bytes(MIDI)
    encoded = ("catalog", "encoding", work, str(tmp_path / "a.mid"), "--source", "a/b.abc")
    score, held = accord(*encoded, "--statement", "all rights reserved").splitlines()
    assert held.startswith("held: the terms of `a/b.abc` reserve") and queries.asset(score).parents == (work,)
    accord("catalog", "end-public-domain", work, "he lived until 1990", "--territories", "FR")
    assert "public domain everywhere but FR: first printed 1690" in accord("catalog", "show", work)
    said = accord("catalog", "end-public-domain", work, "once more", "--territories", "FR", leaves=2)
    assert said.startswith(f"`{work}` is stated public domain nowhere in FR")
    accord("catalog", "public-domain", work, "the term ended", "--territories", "FR")
    assert [one.evidence for one in queries.public_domain()] == ["first printed 1690", "the term ended"]
