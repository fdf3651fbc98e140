"""Protected voices through the real doors. Where the encoder is not the point, a voice is a tone and its print the pitch."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.unit.integrity.scenes import AT, DAY, TRUST
from tests.unit.integrity.test_doors import PASSWORD, caller

from accord.catalog import actions as catalog
from accord.clearance import queries as clearance
from accord.cli.__main__ import run
from accord.governance import actions as governance
from accord.integrity import actions, hearing, likeness, queries, speaker, voices
from accord.integrity.likeness import Ears, Heard
from accord.integrity.records import CaseKind, ProtectedVoice, Verdict
from accord.integrity.speaker import F32, FRAMES, HOP, RATE_HZ
from accord.journal.actions import rebuild
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import WORLD
from accord.terms.use import Use
from accord.vault import actions as vault
from accord.vault import private

PIECE = FRAMES * HOP
NINA_HZ, OTHER_HZ, THIRD_HZ = 300.0, 700.0, 1500.0


def tone(hz: float, seconds: float, quiet: float = 0.0) -> F32:
    """A voice: a tone for three quarters of each 0.4 s, `quiet` between."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (0.2 * np.where(t % 0.4 < 0.3, 1.0, quiet) * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def wav(sound: F32, rate_hz: int = RATE_HZ) -> bytes:
    """The bytes of a WAV file."""
    out = io.BytesIO()
    soundfile.write(out, sound, rate_hz, format="WAV", subtype="PCM_16")
    return out.getvalue()


def by_pitch(_: Ears, samples: F32) -> Heard:
    """A made-up hearing: where each piece's energy lies, in bands of 100 Hz; what lies above 3 kHz is no voice."""
    pieces = samples[: len(samples) // PIECE * PIECE].reshape(-1, PIECE)
    power = np.abs(np.fft.rfft(pieces))[:, : PIECE // 2].reshape(len(pieces), 80, 160).sum(2)
    found = power / np.maximum(np.linalg.norm(power, axis=1, keepdims=True), 1e-9)
    energy = (pieces.reshape(len(pieces), FRAMES, HOP) ** 2).sum(2)
    voiced = (power.sum(1) > 1) & (power[:, :30].sum(1) > power[:, 30:].sum(1))
    return Heard(found.astype(np.float32), voiced, (10 * np.log10(energy + 1e-9)).astype(np.float32))


@pytest.fixture
def tones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hearing by pitch."""
    monkeypatch.setattr(likeness, "hear", by_pitch)


@pytest.fixture
def nina(db: None, tones: None) -> tuple[str, str]:
    """A singer and her verified account."""
    return verified("Nina")


def verified(name: str) -> tuple[str, str]:
    """A person and an account that proved to be them."""
    person = parties.register_party("person", name, at=AT, actor="acc_test")
    account = parties.open_account(f"{name}@example.org".lower(), PASSWORD, ["artist", "creator"], [person], at=AT)
    parties.verify_identity(person, account, "passport", {"seen": "yes"}, at=AT, actor="acc_test")
    return person, account


def protected(nina: tuple[str, str], hz: float = NINA_HZ) -> ProtectedVoice:
    """Her voice, registered."""
    return actions.protect_voice(nina[0], wav(tone(hz, 24)), True, AT, nina[1])


def checked(sound: F32, declared: frozenset[str] = frozenset(), maker: str = "pty_maker", rate_hz: int = RATE_HZ):  # type: ignore[no-untyped-def]
    """The verdict about a take with this sound."""
    return actions.check("tak_1", vault.put(wav(sound, rate_hz)), declared, maker, AT + DAY, "acc_test")


def test_the_encoder_is_that_of_the_weights() -> None:
    """Two pieces of a made-up sound have the directions that torch and librosa gave them (Resemblyzer 0.1.4)."""
    chance, t = np.random.default_rng(7), np.arange(16000 * 3.3) / 16000
    glide = np.sin(2 * np.pi * (140 * t + 30 * np.sin(2 * np.pi * 1.3 * t)))
    sound = np.sign(glide) * np.clip(np.sin(2 * np.pi * 2.1 * t), 0, 1) + 0.05 * chance.standard_normal(len(t))
    mels = speaker.mel_energies((0.1 * sound).astype(np.float32))
    known = [2.0608, 0.0065, 0.0005, 0.0278, 0.0044, 0.0011]
    assert np.allclose(mels[[10, 100]][:, [3, 10, 20]].ravel(), known, atol=6e-5)
    found = speaker.directions(hearing.ears().net, np.stack([mels[:160], mels[160:320]]))
    top = [121, 15, 180, 45, 189, 142]
    assert np.allclose(found[0, top], [0.20229, 0.18316, 0.17906, 0.17438, 0.16539, 0.15986], atol=1e-3)
    assert np.allclose(found[1, top], [0.11174, 0.13565, 0.16859, 0.16710, 0.05590, 0.08721], atol=1e-3)
    assert np.allclose(found.sum(1), [10.1161, 10.1942], atol=1e-2)


def test_loudness_does_not_matter_and_silence_is_not_heard() -> None:
    """A sound 20 dB quieter has the same directions; silence has no voice, nor have steady tones and noise."""
    ears, chance = hearing.ears(), np.random.default_rng(3)
    sound = (tone(180, 3.3) * (1 + 0.1 * chance.standard_normal(round(3.3 * RATE_HZ)))).astype(np.float32)
    one, other = likeness.hear(ears, sound), likeness.hear(ears, sound / 10)
    assert np.allclose(one.directions, other.directions, atol=1e-4)
    steady = tone(440, 2 * PIECE / RATE_HZ, quiet=1.0)
    for none in (np.zeros(2 * PIECE, np.float32), steady, 0.1 * chance.standard_normal(2 * PIECE).astype(np.float32)):
        assert not likeness.hear(ears, none).voiced.any()


def test_a_long_sound_is_heard_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocks of two pieces, at another rate, every piece is what it is in one go; of the rest at the end nothing is."""
    sound = np.concatenate([tone(200, 4.0), tone(900, 5.0)])[: 5 * PIECE + 900]
    faster = np.asarray(soxr.resample(sound, RATE_HZ, 22_050), np.float32)
    whole = voices.heard_in(faster, 22_050)
    monkeypatch.setattr(voices, "BLOCK", 2)
    parts = voices.heard_in(faster, 22_050)
    assert parts.directions.shape == (5, 256) and parts.energy_db.shape == (5, FRAMES)
    assert (np.sum(parts.directions * whole.directions, axis=1) > 0.98).all()
    for size in (1_000, 33_333):  # however it comes, the pieces are the same
        blocks = [faster[at : at + size] for at in range(0, len(faster), size)]
        assert [len(piece) for piece in voices._pieces(blocks, 22_050)] == [
            len(piece) for piece in voices._pieces([faster], 22_050)
        ]
        assert np.array_equal(np.concatenate(list(voices._pieces(blocks, 22_050))), faster)


@pytest.mark.usefixtures("tones")
@pytest.mark.parametrize(
    ("sound", "said"),
    [
        (tone(5000, 30), "holds no voice"),
        (tone(NINA_HZ, 12), "holds 11 seconds of voice, fewer than 20"),
        (tone(NINA_HZ, 24, quiet=0.4), "is too noisy: its quiet moments are only"),
        (np.concatenate([tone(NINA_HZ, 12), tone(OTHER_HZ, 12)]), "does not sound like one voice"),
        (np.zeros(RATE_HZ, np.float32), "holds no voice"),
    ],
)
def test_no_print_of_what_is_no_clean_voice(sound: F32, said: str) -> None:
    """No voice, too little of it, noise under it, two people: each is refused with its own sentence."""
    with pytest.raises(BadInput, match=said):
        likeness.print_of(likeness.hear(hearing.ears(), sound), "me.wav")


def test_only_the_person_and_only_who_agreed(nina: tuple[str, str]) -> None:
    """Another account, also one appointed to act for her, no account at all, an unverified person, and no agreement: nothing
    is kept."""
    person, account = nina
    appointed = parties.open_account("manager@example.org", PASSWORD, ["artist"], [person], at=AT)
    unknown = parties.register_party("person", "Unproved", at=AT, actor="acc_test")
    for who, by in ((person, appointed), (person, verified("Stranger")[1]), (person, "cli"), (unknown, "cli")):
        with pytest.raises(Refused) as caught:
            actions.protect_voice(who, wav(tone(NINA_HZ, 24)), True, AT, by)
        assert caught.value.refusal.code == "integrity.not-the-person"
    with pytest.raises(NotThere, match="no party"):
        actions.protect_voice("pty_none", wav(tone(NINA_HZ, 24)), True, AT, account)
    with pytest.raises(BadInput, match="agreed"):
        actions.protect_voice(person, wav(tone(NINA_HZ, 24)), False, AT, account)
    with pytest.raises(BadInput, match="not audio"):
        actions.protect_voice(person, b"RIFF no sound at all", True, AT, account, "broken.wav")
    with pytest.raises(BadInput, match=r"more than 0\.16"):
        actions.protect_voice(person, wav(np.zeros(700 * 8000, np.float32), 8000), True, AT, account, "long.wav")
    assert queries.voices(SYSTEM) == []


def test_a_person_has_so_many_prints(nina: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Speaking and singing may both be registered, up to a number."""
    monkeypatch.setattr("accord.integrity.rules.PRINTS_MOST", 1)
    protected(nina)
    with pytest.raises(Refused) as caught:
        protected(nina, OTHER_HZ)
    assert caught.value.refusal.code == "integrity.enough-prints"


def test_a_voice_like_hers_is_held_with_both_to_listen_to(nina: tuple[str, str]) -> None:
    """The stretch is found, the sound held, and she and the maker see the case; two matches of hers are one."""
    mine, _ = protected(nina), protected(nina)
    sound = np.concatenate([tone(OTHER_HZ, 16), tone(NINA_HZ, 24), tone(OTHER_HZ, 16)])
    verdict = checked(sound, rate_hz=RATE_HZ)
    case = queries.case(TRUST, verdict.case)
    (match,) = case.voices
    assert case.kind is CaseKind.VOICE_LIKENESS and case.also == (nina[0],) and match.voice == mine.id
    assert abs(match.start_s - 16) <= 3.2 and abs(match.end_s - 40) <= 3.2 and match.likeness > 0.99 and match.clean
    assert [hold.case for hold in clearance.holds("tak_1")] == [case.id] and not verdict.clear
    assert queries.case(Viewer("a", frozenset({nina[0]}), frozenset({Role.ARTIST})), case.id) == case
    heard, rate = soundfile.read(io.BytesIO(private.get_bytes(mine.sample) or b""))
    assert rate == RATE_HZ and 5 < len(heard) / rate <= 12
    assert queries.checked("tak_1") == verdict


def test_another_voice_is_nobodys(nina: tuple[str, str]) -> None:
    """A voice that nobody protects, instruments, and seconds too few are no case; without a print nothing is heard."""
    assert voices.listen(tone(NINA_HZ, 20), RATE_HZ) == ()
    protected(nina)
    for sound in (tone(OTHER_HZ, 20), tone(5000, 20), tone(NINA_HZ, 6), np.zeros(10, np.float32)):
        assert voices.listen(sound, RATE_HZ) == ()
    assert checked(tone(OTHER_HZ, 20)).clear


def test_her_own_and_what_she_is_heard_on_are_explained(nina: tuple[str, str]) -> None:
    """She made it, or a declared recording credits her as its singer: explained. As its writer: a case."""
    person, account = nina
    protected(nina)
    door = {"at": AT, "actor": "acc_test"}
    sung = catalog.register_recording("Sung", credits=[(person, "vocalist")], **door)
    written = catalog.register_recording("Written", credits=[(person, "writer")], **door)
    sound = tone(NINA_HZ, 16)
    for verdict in (checked(sound, maker=person), checked(sound, maker=account), checked(sound, frozenset({sung}))):
        assert verdict.clear and verdict.explained == (person,) and len(verdict.voices) == 1
    assert not checked(sound, frozenset({written})).clear


def test_a_yes_to_the_feature_explains_her_voice(nina: tuple[str, str]) -> None:
    """Where she agreed to `voice` everywhere the feature is offered it is explained; elsewhere, or once she took it back, it
    is a case."""
    person, account = nina
    protected(nina)
    for name in ("duet", "choir"):
        governance.propose_feature(name, name, {Use.VOICE}, WORLD, AT, "t", purpose="to be tested")
        governance.publish_policy(name, AT, "t", release_label="made", participation="by choice")
        governance.publish_split(name, 800_000, 0, 200_000, AT, "t")
        governance.open_controls(name, AT, "t")
    participation.choose(person, person, Use.VOICE, "duet", at=AT, actor=account)
    sung = vault.put(wav(tone(NINA_HZ, 16)))
    take = iter(range(9))

    def verdict(feature: str) -> Verdict:
        return actions.check(f"tak_{next(take)}", sung, frozenset(), "pty_m", AT + DAY, "acc_test", feature=feature)

    assert verdict("duet").explained == (person,) and verdict("duet").clear
    assert not verdict("choir").clear
    participation.revoke(person, person, Use.VOICE, "duet", "DE", at=AT, actor=account)
    assert not verdict("duet").clear


def test_an_upload_with_her_voice_is_a_case_unless_it_is_hers(nina: tuple[str, str]) -> None:
    """Another account's upload is held; her own is not."""
    protected(nina)
    theirs = actions.receive_upload("acc_other", wav(tone(NINA_HZ, 16)), "Mine", AT, "acc_other")
    assert queries.case(SYSTEM, theirs.cases[0]).kind is CaseKind.VOICE_LIKENESS
    assert actions.receive_upload(nina[1], wav(tone(NINA_HZ, 16)), "Really mine", AT, nina[1]).cases == ()


def test_withdrawn_is_erased_at_once(nina: tuple[str, str]) -> None:
    """From the withdrawal on nothing is compared, print and sample are gone from the store, and a second time is no error of
    ours; the open case goes on without its sample."""
    mine = protected(nina)
    verdict = checked(tone(NINA_HZ, 16))
    assert private.get_bytes(mine.print) and private.get_bytes(mine.sample)
    actions.withdraw_voice(mine.id, AT + DAY, nina[1])
    assert private.get_bytes(mine.print) is None and private.get_bytes(mine.sample) is None
    assert voices.listen(tone(NINA_HZ, 16), RATE_HZ) == () and queries.voices(SYSTEM) == []
    with pytest.raises(BadInput, match="was withdrawn on"):
        actions.withdraw_voice(mine.id, AT + DAY, nina[1])
    assert queries.case(SYSTEM, verdict.case).voices


@pytest.mark.parametrize("how", ["withdrawn", "erased"])
def test_withdrawn_while_it_is_listened_for(nina: tuple[str, str], monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Taken back, or erased, between the listening and the fact: no fact names her and nothing is held; another print of
    hers that is less alike still counts."""
    find = likeness.find

    def meanwhile(prints: Mapping[str, F32], heard: Heard) -> dict[str, likeness.Span]:
        found = find(prints, heard)
        if how == "erased":
            private.erase(nina[0])
        elif (mine := queries.voices(SYSTEM)[0]).id in found:
            actions.withdraw_voice(mine.id, AT + DAY, nina[1])
        return found

    protected(nina)
    other = protected(nina, NINA_HZ + 30) if how == "withdrawn" else None
    monkeypatch.setattr(likeness, "find", meanwhile)
    taken = checked(tone(NINA_HZ, 16))
    assert [m.voice for m in taken.voices] == ([other.id] if other else []) and taken.clear is (other is None)
    upload = actions.receive_upload("acc_other", wav(tone(NINA_HZ, 16)), "Mine", AT, "acc_other")
    assert upload.cases == () and voices.listen(tone(NINA_HZ, 16), RATE_HZ) == ()


def test_whose_voice_it_is_only_trust_and_safety_is_told(nina: tuple[str, str]) -> None:
    """POST /checks names her to trust; product and machines, who check as well, are not told that there is anybody."""
    protected(nina)
    for role in ("trust", "product", "machine"):
        sent = {"file": SimpleUploadedFile("x.wav", wav(tone(NINA_HZ, 10)), "audio/wav")}
        told = caller(role).post("/v1/checks", sent).json()["voices"]
        assert [m["person"] for m in told] == [nina[0]] if role == "trust" else told is None


def test_erasing_the_person_erases_the_print(nina: tuple[str, str]) -> None:
    """The print lies under the person's own key: whoever is forgotten is no longer listened for."""
    mine = protected(nina)
    private.erase(nina[0])
    assert private.get_bytes(mine.print) is None and voices.listen(tone(NINA_HZ, 16), RATE_HZ) == ()


def test_law_6_voices_are_rebuilt(nina: tuple[str, str]) -> None:
    """Law 6: voices, checks and cases about them come out of the journal again as they were."""
    gone = protected(nina, THIRD_HZ)
    protected(nina)
    checked(tone(NINA_HZ, 16))
    actions.withdraw_voice(gone.id, AT + DAY, nina[1])
    before = queries.voices(SYSTEM, ended=True), queries.cases(SYSTEM), queries.checked("tak_1")
    rebuild()
    assert (queries.voices(SYSTEM, ended=True), queries.cases(SYSTEM), queries.checked("tak_1")) == before


def test_voices_over_http(nina: tuple[str, str]) -> None:
    """She registers and withdraws; nothing of where it is kept is told; another artist gets 404 and an empty list."""
    hers = Client(headers={"Authorization": f"Bearer {parties.issue_key(nina[1], at=AT)}"})
    sent = {"file": SimpleUploadedFile("me.wav", wav(tone(NINA_HZ, 24)), "audio/wav")}
    assert hers.post(f"/v1/people/{nina[0]}/voices", sent).status_code == 400
    sent["file"].seek(0)
    made = hers.post(f"/v1/people/{nina[0]}/voices", sent | {"agreed": "true"}).json()
    assert made["person"] == nina[0] and "print" not in made and "sample" not in made
    other = caller("artist", parties_=(parties.register_party("person", "Other", at=AT, actor="acc_test"),))
    assert other.get("/v1/voices").json() == []
    assert other.post(f"/v1/voices/{made['id']}/withdrawal").status_code == 404
    assert other.post(f"/v1/people/{nina[0]}/voices", sent | {"agreed": "true"}).status_code == 404
    assert hers.post(f"/v1/voices/{made['id']}/withdrawal").json()["ended_at"]
    assert hers.get("/v1/voices").json() == []


def test_voices_on_the_command_line(nina: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`accord voice` and `accord check`: 0, 2 and 3 as they say."""
    (tmp_path / "me.wav").write_bytes(wav(tone(NINA_HZ, 24)))
    file = str(tmp_path / "me.wav")
    assert run(["voice", "list"]) == 0 and "no voice is protected" in capsys.readouterr().out
    hers = ["voice", "protect", file, "--person", nina[0]]
    assert run(hers) == 2 and "--actor" in capsys.readouterr().err
    assert run([*hers, "--actor", nina[1]]) == 2 and "agreed" in capsys.readouterr().err
    assert run([*hers, "--actor", "cli", "--agreed"]) == 3 and "verified account" in capsys.readouterr().err
    assert run([*hers, "--agreed", "--actor", nina[1], "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["name"] == "Nina" and not {"print", "sample"} & made["voice"].keys()
    assert run(["check", file]) == 3 and "a voice like that of `Nina`" in capsys.readouterr().out
    assert run(["voice", "withdraw", made["voice"]["id"]]) == 0 and run(["check", file]) == 0
    assert run(["voice", "withdraw", "voi_none"]) == 2
    assert run(["voice", "list", "--ended"]) == 0 and "withdrawn on" in capsys.readouterr().out


def test_a_reader_hears_the_sample(nina: tuple[str, str], client: Client) -> None:
    """The case's page plays both sounds to trust and to nobody else; after a withdrawal it says that the sample is gone."""
    mine = protected(nina)
    case = checked(tone(NINA_HZ, 16)).case
    parties.open_account("reader@example.org", PASSWORD, ["trust"], [], at=AT)
    client.login(username="reader@example.org", password=PASSWORD)
    page = client.get(f"/cases/{case}").content.decode()
    assert "A voice like that of Nina" in page and f"/cases/{case}/sound/voice-0" in page
    assert b"".join(client.get(f"/cases/{case}/sound/voice-0")).startswith(b"fLaC")  # type: ignore[arg-type]
    assert client.get(f"/cases/{case}/sound/voice-1").status_code == 404
    actions.withdraw_voice(mine.id, AT + DAY, nina[1])
    assert client.get(f"/cases/{case}/sound/voice-0").status_code == 404
    assert "its sample was erased" in client.get(f"/cases/{case}").content.decode()


def test_her_page(nina: tuple[str, str], client: Client) -> None:
    """She registers on her page, sees it listed, and takes it back; another person's cannot be taken there."""
    client.login(username="nina@example.org", password=PASSWORD)
    assert "Protect my voice" in client.get("/voice").content.decode()
    file = SimpleUploadedFile("me.wav", wav(tone(NINA_HZ, 24)), "audio/wav")
    assert client.post("/voice", {"file": file, "person": nina[0], "agreed": "yes"}).status_code == 302
    (mine,) = queries.voices(SYSTEM)
    assert "Take it back and erase it" in client.get("/voice").content.decode()
    other, account = verified("Other")
    theirs = actions.protect_voice(other, wav(tone(OTHER_HZ, 24)), True, AT, account)
    assert client.post(f"/voice/{theirs.id}/withdraw").status_code == 404
    assert client.post(f"/voice/{mine.id}/withdraw").status_code == 302 and queries.voices(SYSTEM) == [theirs]
