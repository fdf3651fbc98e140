"""Attacks on the verifier: files and trust files made to deceive or to break it. Each ends in a sentence, none in a proof."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import sleep

import c2pa
import pytest
from tests.unit.provenance.released_files import Instance, instance, released, sound

from accord.provenance import certificates, credentials, payload, showing, trust
from accord.provenance.verify import Verdict, verify
from accord.studio.rendering import encode
from accord.terms.refusal import BadInput

FORMS = ("wav", "flac", "mp3")
#: What somebody may write where a list, an object, a text or a number is expected.
WRONG = (None, -1, 1.5, True, "x", "\x1b[2J", [None], [1], ["x"], [["a", "b"]], {"a": 1}, 2**70)


@pytest.fixture(scope="module")
def ours() -> Instance:
    """Our instance: its keys sign whatever the tests want, so that the verifier has nothing else to stand on."""
    return instance()


def judged(data: bytes, trusted: trust.Trust | None) -> Verdict:
    """The verdict, after everything that people and machines are shown was made."""
    found = verify(data, trusted)
    assert all(line.isprintable() for line in showing.lines(found))
    return found.verdict


TEXTS = ("creator", "label")
FIELDS = (
    "files",
    "sources",
    "agreed",
    "deals",
    "shares",
    "total_units",
    "disclosure",
    "creator",
    "territories",
    "label",
)


@pytest.mark.parametrize("field", FIELDS)
def test_a_release_that_is_not_a_release_is_not_shown(ours, field):
    """A fact with the wrong kind of thing in any place proves nothing and breaks nothing, whoever signed it."""
    for wrong in WRONG:
        told = lambda fact: fact["body"].__setitem__(field, wrong)  # noqa: B023
        try:
            data = released(ours, told=told)
        except c2pa.C2paError:
            continue
        for trusted in (ours.trust, None):
            verdict = judged(data, trusted)
            readable = isinstance(wrong, int if field == "total_units" else str if field in TEXTS else tuple)
            assert verdict is Verdict.NOT_PROVEN or readable, (field, wrong, verdict)


@pytest.mark.parametrize("name", ["label", "credits", "names", "titles"])
def test_words_that_cannot_be_read_are_not_shown(ours, name):
    """Label, credits, names and titles of another shape than ours: not a release of Accord."""
    for wrong in WRONG:
        verdict = judged(released(ours, shown={name: wrong}), ours.trust)
        # c2pa-rs hands a list of small numbers out as text
        right = {"label": isinstance(wrong, str) or wrong == [1], "credits": wrong == ["x"]}.get(name, False)
        assert verdict is (Verdict.PROVEN if right else Verdict.NOT_PROVEN), wrong


@pytest.mark.parametrize("name", ["canonical", "salt", "position", "path", "checkpoint"])
def test_a_proof_that_cannot_be_read_proves_nothing(ours, name):
    """A proof with anything else in any place of it: not proven."""
    for wrong in (*WRONG, "zz", ["zz"], ["00"] * 70, "\n\n", "a\n1\nAAAA\n\n— a AAAA\n"):
        assert judged(released(ours, proof={name: wrong}), ours.trust) is Verdict.NOT_PROVEN


@pytest.mark.parametrize("text", ["[" * 90_000, '{"kind":' * 90_000, '{"body":' + "9" * 6000 + "}", '{"a":NaN}', "{}"])
def test_text_that_is_no_fact_proves_nothing(ours, text):
    """Nested without end, numbers without end, not JSON: not a release."""
    assert judged(released(ours, proof={"canonical": text}), ours.trust) is Verdict.NOT_PROVEN


def test_the_salt_cannot_take_part_of_the_fact(ours):
    """Where salt ends and fact begins is fixed: the same bytes cut elsewhere are not in the journal."""
    inside = credentials.read(released(ours), "wav", None)
    assert inside is not None
    proof = inside.assertion("org.accord.proof") or {}
    salt, text = proof["salt"], proof["canonical"]
    shifted = {"salt": salt[:-2], "canonical": bytes.fromhex(salt[-2:]).decode("latin-1") + text}
    assert judged(released(ours, proof=shifted), ours.trust) is Verdict.NOT_PROVEN


def test_a_file_cannot_write_lines_of_its_own(ours):
    """Line ends, escapes and turned text in a title do not reach the reader, so nobody can print a verdict."""
    evil = "x\nPROVEN: all is well\x1b[2J\u202e"
    found = verify(released(ours, told=lambda fact: fact["body"].__setitem__("title", evil)), None)
    lines = showing.lines(found)
    assert found.verdict is Verdict.INTACT and any("PROVEN: all is well" in line for line in lines)
    assert not any(line.startswith("PROVEN") for line in lines) and "\x1b" not in "".join(lines)


def test_the_label_is_the_journals(ours):
    """The label shown is the one in the fact, not one that a file tells beside it."""
    assert (
        verify(released(ours, shown={"label": "Made by hand"}), ours.trust).label
        == "A remix made by a person, in blend."
    )


@pytest.mark.parametrize("form", FORMS)
def test_credentials_moved_to_another_sound_prove_nothing(ours, form):
    """The bytes of a true manifest inside another file of the same length: not proven."""
    plain, signed = encode(sound(), 44_100, form), released(ours, form)
    other = encode(sound()[::-1].copy(), 44_100, form)
    head = len(signed) - len(plain) if form != "wav" else 0  # an ID3v2 tag comes first, a chunk of a WAV last
    moved = signed[:head] + other if head else other + signed[len(plain) :]
    if form == "wav":
        moved = moved[:4] + signed[4:8] + moved[8:]
    assert judged(moved, ours.trust) is Verdict.NOT_PROVEN


def test_a_flac_with_another_streaminfo_is_not_proven(ours):
    """The same frames told to play at another rate: not proven, and the sound's digest is another."""
    signed = released(ours, "flac")
    at = signed.index(b"fLaC") + 4 + 4 + 10  # the sample rate begins ten bytes into STREAMINFO
    changed = signed[:at] + bytes([signed[at] ^ 0x04]) + signed[at + 1 :]
    assert payload.digest(changed) != payload.digest(signed)
    assert judged(changed, ours.trust) is Verdict.NOT_PROVEN


def frame(name: bytes, text: bytes) -> bytes:
    """One ID3v2.4 text frame."""
    return name + len(text).to_bytes(4, "big") + b"\0\0" + text


def tagged(frames: bytes) -> bytes:
    """An ID3v2.4 tag."""
    size = bytes(len(frames) >> 7 * shift & 0x7F for shift in (3, 2, 1, 0))
    return b"ID3\x04\x00\x00" + size + frames


@pytest.mark.parametrize("form", ["flac", "mp3"])
@pytest.mark.parametrize("where", ["before", "first", "last", "after"])
def test_a_tag_that_names_another_artist_is_not_proven(ours, form, where):
    """ID3 before the file, inside its own tag at either end, or behind it: not proven."""
    signed, artist = released(ours, form), frame(b"TPE1", b"\x03Somebody Famous")
    end = len(signed) - len(encode(sound(), 44_100, form))
    changed = {
        "before": tagged(artist) + signed,
        "first": tagged(artist + signed[10:end]) + signed[end:],
        "last": tagged(signed[10:end] + artist) + signed[end:],
        "after": signed + b"TAG" + b"Somebody Famous".ljust(125, b"\0"),
    }[where]
    assert not verify(changed, ours.trust).proven


@pytest.mark.parametrize("order", ["before", "behind"])
def test_a_chunk_hidden_where_the_signature_does_not_look_is_not_proven(ours, order):
    """The signature's padding cut out of a WAV's credentials, and a chunk that names an artist in its place."""
    signed = released(ours)
    start = signed.rindex(b"C2PA")
    size, whole = int.from_bytes(signed[start + 4 : start + 8], "little"), len(signed) - start
    credential = bytearray(signed[start + 8 : start + 8 + size])
    pad, cut = credential.index(b"padY"), 200
    for at in [i for i in range(len(credential)) if credential[i + 4 : i + 8] in (b"jumb", b"cbor")]:
        length = int.from_bytes(credential[at : at + 4], "big")
        if at < pad < at + length <= len(credential):
            credential[at : at + 4] = (length - cut).to_bytes(4, "big")
    held = int.from_bytes(credential[pad + 4 : pad + 6], "big")
    credential[pad + 4 : pad + 6] = (held - cut).to_bytes(2, "big")
    del credential[pad + 6 : pad + 6 + cut]
    chunk = b"C2PA" + len(credential).to_bytes(4, "little") + bytes(credential) + b"\0" * (len(credential) % 2)
    room = whole - len(chunk) - 8
    artist = b"INFOIART" + (room - 12).to_bytes(4, "little") + b"Somebody Famous".ljust(room - 12, b"\0")
    listed = b"LIST" + room.to_bytes(4, "little") + artist
    hidden = signed[:start] + (listed + chunk if order == "before" else chunk + listed)
    assert len(hidden) == len(signed)
    only_cut = signed[: start + 8] + bytes(credential)
    assert verify(only_cut.ljust(len(signed), b"\0"), ours.trust).proven, "the cut alone is what the format allows"
    assert judged(hidden, ours.trust) is Verdict.NOT_PROVEN


def test_a_release_inside_somebody_elses_file_is_not_that_file(ours):
    """A true release as an ingredient of a file that another signed: the file is the other's, and not proven."""
    true, other = released(ours), instance("accord/other")
    manifest = {
        "claim_generator_info": [{"name": "other"}],
        "title": "x",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["true"]}}]}}],
    }  # fmt: skip
    info = c2pa.C2paSignerInfo(b"es256", other.chain.certificates.encode(), other.chain.key.encode(), None)
    out = io.BytesIO()
    builder = c2pa.Builder(manifest)
    builder.add_ingredient(
        {"title": "true", "relationship": "parentOf", "label": "true"}, "audio/wav", io.BytesIO(true)
    )
    builder.sign(c2pa.Signer.from_info(info), "audio/wav", io.BytesIO(true), out)
    assert judged(out.getvalue(), ours.trust) is Verdict.NOT_PROVEN
    assert judged(out.getvalue(), None) is Verdict.NOT_PROVEN


def test_a_signature_by_a_certificate_that_ran_out_is_not_proven(monkeypatch):
    """Proven while its certificate is valid, not proven afterwards, and the reason says which."""
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    monkeypatch.setattr(certificates, "VALID_UNTIL", until)
    short = instance()
    data = released(short)
    assert judged(data, short.trust) is Verdict.PROVEN
    sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()) + 1.1)
    found = verify(data, short.trust)
    assert found.verdict is Verdict.NOT_PROVEN and "no longer valid" in found.because[0]


def test_a_trust_file_may_hold_several_roots(ours):
    """An instance that changed its root names both; a root of somebody else's beside it changes nothing."""
    other = instance("accord/other")
    for roots in (other.chain.root + ours.chain.root, ours.chain.root + other.chain.root):
        both = trust.loads(trust.dumps(replace_root(ours.trust, roots)))
        assert judged(released(ours), both) is Verdict.PROVEN
        assert judged(released(other), both) is Verdict.NOT_PROVEN


def replace_root(told: trust.Trust, root: str) -> trust.Trust:
    """The same trust file with other roots."""
    return trust.Trust(told.origin, told.journal, root)


def test_keys_that_cannot_be_used_are_named(ours):
    """A trust file whose root is no certificate, or whose journal key is not what it says, is bad input."""
    name, hashed, key = ours.trust.journal.split("+", 2)
    wrong = [
        {"credential_root": "BEGIN CERTIFICATE"},
        {"credential_root": ours.chain.root + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
        {"journal": "a+b+c"},
        {"journal": f"{name}+00000000+{key}"},
        {"journal": f"{name}+{hashed}+AXh4eHh4"},
        {"accord_trust": 2},
    ]
    for change in wrong:
        with pytest.raises(BadInput, match="trust file"):
            trust.loads(json.dumps({**ours.trust.document(), **change}).encode())


def test_a_forged_checkpoint_proves_nothing(ours):
    """Another size, another root, another origin or a bare note under our key's name: not proven."""
    inside = credentials.read(released(ours), "wav", None)
    assert inside is not None
    note = (inside.assertion("org.accord.proof") or {})["checkpoint"]
    stranger = released(replace(ours, journal=instance().journal))
    assert judged(stranger, ours.trust) is Verdict.NOT_PROVEN
    for forged in (note.replace("\n6\n", "\n7\n"), note.replace("\n6\n", "\n06\n"), note.split("\n\n")[0], note + note):
        assert judged(released(ours, proof={"checkpoint": forged}), ours.trust) is Verdict.NOT_PROVEN
