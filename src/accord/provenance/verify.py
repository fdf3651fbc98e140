"""Is this file what it says it is? Decided from the file and a trust file alone: no database, no network, no Django.

A file is *proven* when all of this holds:
1. its content credentials are intact (C2PA: the claim's signature, every assertion, the hash of the file) and signed
   under the trust file's root;
2. the checkpoint they carry is signed by the trust file's journal key (C2SP signed note);
3. the release fact they carry stands under that checkpoint (RFC 9162 inclusion of its salted commitment);
4. that fact names the digest of exactly this sound, in this format.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from accord.journal import tree
from accord.journal.note import Checkpoint, open_checkpoint
from accord.provenance import credentials, payload
from accord.provenance.manifest import CREDITS, LATER, PROOF
from accord.provenance.trust import Trust
from accord.terms.refusal import BadInput

KIND = "provenance.release-issued"
LARGEST_BYTES = 1 << 30


class Verdict(StrEnum):
    """What a verification came to."""

    PROVEN = "proven"
    INTACT = "intact, signer unknown"
    NOT_PROVEN = "not proven"
    NO_CREDENTIALS = "no credentials"


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict with its reasons, and what the file says of itself (trustworthy only when it is `PROVEN`).

    `release` is the body of the release fact as it stands in the journal; `names` and `titles`
    are what its parties and assets were called when the file was made.
    """

    verdict: Verdict
    because: tuple[str, ...]
    form: str
    sound: str
    signer: str = ""
    origin: str = ""
    checkpoint_size: int = 0
    position: int = 0
    released_at: str = ""
    release: dict[str, Any] = {}
    label: str = ""
    credits: tuple[str, ...] = ()
    names: dict[str, str] = {}
    titles: dict[str, str] = {}
    later: str = LATER

    @property
    def proven(self) -> bool:
        """Whether the exit code is 0."""
        return self.verdict is Verdict.PROVEN


def verify(path: Path | str | bytes, trust: Trust | None) -> Verification:
    """Verify a file, or its bytes. Raises: BadInput when it is not a WAV, FLAC or MP3 file at all."""
    data = path if isinstance(path, bytes) else _bytes(Path(path))
    form, sound = payload.form_of(data), payload.digest(data)
    found = credentials.read(data, form, trust.credential_root if trust else None)
    if found is None:
        return Verification(
            verdict=Verdict.NO_CREDENTIALS,
            because=(
                "the file carries no content credentials: it was never released by Accord, or they were taken out",
                "an Accord server can still find it by its sound (`accord verify FILE --server URL`)",
            ),
            form=form,
            sound=sound,
        )
    return _judged(found, trust, form, sound)


def _judged(found: credentials.Found, trust: Trust | None, form: str, sound: str) -> Verification:
    proof, shown = found.assertion(PROOF) or {}, found.assertion(CREDITS) or {}
    fact = _fact(proof)
    broken = _broken(found, fact, form, sound)
    checkpoint, unproven = _proven(proof, trust) if trust and not broken else (None, [])
    if trust and not broken and not found.trusted:
        unproven.insert(0, f"signed by {found.signer or 'somebody'}, which the trust file does not know")
    if broken:
        verdict, because = Verdict.NOT_PROVEN, broken
    elif trust is None:
        verdict, because = (
            Verdict.INTACT,
            ["nothing was changed since it was signed, but without a trust file nobody vouches for the signer"],
        )
    elif unproven:
        verdict, because = Verdict.NOT_PROVEN, unproven
    else:
        verdict, because = Verdict.PROVEN, ["nothing was changed since it was signed", "the journal proves its release"]
    return Verification(
        verdict=verdict,
        because=tuple(because),
        form=form,
        sound=sound,
        signer=found.signer,
        origin=checkpoint.origin if checkpoint else "",
        checkpoint_size=checkpoint.size if checkpoint else 0,
        position=_whole(proof.get("position")),
        released_at=str(fact.get("at", "")),
        release=fact.get("body", {}) if isinstance(fact.get("body"), dict) else {},
        label=str(shown.get("label", "")),
        credits=tuple(str(line) for line in shown.get("credits", ()) or ()),
        names={str(k): str(v) for k, v in (shown.get("names") or {}).items()},
        titles={str(k): str(v) for k, v in (shown.get("titles") or {}).items()},
    )


def _broken(found: credentials.Found, fact: dict[str, Any], form: str, sound: str) -> list[str]:
    """What is wrong with the file itself, whoever signed it; empty when it is intact."""
    if not found.intact:
        changed = any("hash" in code.lower() for code in found.failures)
        what = "the file was changed after it was signed" if changed else "its content credentials are damaged"
        return [f"{what} ({', '.join(sorted(set(found.failures)))})"]
    if fact.get("kind") != KIND:
        return ["its content credentials are not a release of Accord"]
    named = [(f.get("form"), f.get("sound")) for f in fact["body"].get("files", ())]
    if (form, sound) not in named:
        return ["its sound is not the sound that its release names"]
    return []


def _proven(proof: dict[str, Any], trust: Trust) -> tuple[Checkpoint | None, list[str]]:
    """The checkpoint, when the trust file's journal signed it, and why the release is not proven under it."""
    try:
        checkpoint = open_checkpoint(str(proof.get("checkpoint", "")), trust.journal)
        leaf = tree.leaf_hash(tree.commitment(bytes.fromhex(proof["salt"]), proof["canonical"].encode()))
        path = [bytes.fromhex(digest) for digest in proof["path"]]
    except BadInput as bad:
        return None, [bad.what + (f": {bad.why}" if bad.why else "")]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None, ["the journal proof in the file cannot be read"]
    if checkpoint.origin != trust.origin:
        return None, [f"the checkpoint is of `{checkpoint.origin}`, not of `{trust.origin}`"]
    if not tree.included(leaf, _whole(proof.get("position")) - 1, checkpoint.size, path, checkpoint.root):
        return checkpoint, ["the release is not in the journal under this checkpoint"]
    return checkpoint, []


def _fact(proof: dict[str, Any]) -> dict[str, Any]:
    try:
        fact = json.loads(proof["canonical"])
        return fact if isinstance(fact, dict) and isinstance(fact.get("body"), dict) else {}
    except (KeyError, TypeError, ValueError):
        return {}


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise BadInput(f"`{path}` is not a file", do="name a WAV, FLAC or MP3 file")
    if path.stat().st_size > LARGEST_BYTES:
        raise BadInput(f"`{path}` is larger than {LARGEST_BYTES >> 20} MiB", do="verify files of up to that size")
    return path.read_bytes()
