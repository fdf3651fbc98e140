"""Is this file what it says it is? Decided from the file and a trust file alone: no database, no network, no Django.

A file is *proven* when all of this holds:
1. its content credentials are intact (C2PA: the claim's signature, every assertion, the hash of the file) and signed
   under the trust file's root;
2. the checkpoint they carry is signed by the trust file's journal key (C2SP signed note);
3. the release fact they carry stands under that checkpoint (RFC 9162 inclusion of its salted commitment);
4. that fact names the digest of exactly this sound, in this format.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from accord.journal.note import Checkpoint, open_checkpoint
from accord.provenance import credentials, payload
from accord.provenance.carried import Carried, Proof, carried
from accord.provenance.manifest import LATER
from accord.provenance.trust import Trust
from accord.terms.refusal import BadInput

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
    data = path if isinstance(path, bytes) else read(Path(path))
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
    inside = carried(found)
    broken = _broken(found, inside, form, sound)
    checkpoint, unproven = under_checkpoint(inside.proof, trust) if inside and trust and not broken else (None, [])
    if trust and not broken and not found.trusted:
        unproven.insert(0, f"signed by {found.signer or 'somebody'}, which the trust file does not know")
    verdict, because = _verdict(broken, unproven, trust)
    return Verification(
        verdict=verdict,
        because=tuple(because),
        form=form,
        sound=sound,
        signer=found.signer,
        origin=checkpoint.origin if checkpoint else "",
        checkpoint_size=checkpoint.size if checkpoint else 0,
        position=inside.proof.position if inside else 0,
        released_at=inside.at if inside else "",
        release=inside.release if inside else {},
        label=inside.release["label"] if inside else "",
        credits=inside.shown.credits if inside else (),
        names=inside.shown.names if inside else {},
        titles=inside.shown.titles if inside else {},
    )


def _verdict(broken: list[str], unproven: list[str], trust: Trust | None) -> tuple[Verdict, list[str]]:
    if broken:
        return Verdict.NOT_PROVEN, broken
    if trust is None:
        unknown = "nothing was changed since it was signed, but without a trust file nobody vouches for the signer"
        return Verdict.INTACT, [unknown]
    if unproven:
        return Verdict.NOT_PROVEN, unproven
    return Verdict.PROVEN, ["nothing was changed since it was signed", "the journal proves its release"]


def _broken(found: credentials.Found, inside: Carried | None, form: str, sound: str) -> list[str]:
    """What is wrong with the file itself, whoever signed it; empty when it is intact."""
    if not found.intact:
        codes = sorted(set(found.failures))
        return [f"{_what_failed(codes)} ({', '.join(codes)})"]
    if inside is None:
        return ["its content credentials are not a release of Accord"]
    if (form, sound) not in [(file["form"], file["sound"]) for file in inside.release["files"]]:
        return ["its sound is not the sound that its release names"]
    return []


def _what_failed(codes: list[str]) -> str:
    if any("hash" in code.lower() for code in codes):
        return "the file was changed after it was signed"
    if any("expired" in code.lower() or "outsidevalidity" in code.lower() for code in codes):
        return "the certificate that signed it is no longer valid, and nobody can tell when it signed"
    return "its content credentials are damaged"


def under_checkpoint(proof: Proof, trust: Trust, what: str = "the release") -> tuple[Checkpoint | None, list[str]]:
    """The checkpoint, when the trust file's journal signed it, and why `what` is not proven under it."""
    try:
        checkpoint = open_checkpoint(proof.checkpoint, trust.journal)
        included = proof.included(checkpoint.size, checkpoint.root)
    except BadInput as bad:
        return None, [bad.what + (f": {bad.why}" if bad.why else "")]
    except ValueError:
        return None, ["the journal proof in the file cannot be read"]
    if checkpoint.origin != trust.origin:
        return None, [f"the checkpoint is of `{checkpoint.origin}`, not of `{trust.origin}`"]
    if not included:
        return checkpoint, [f"{what} is not in the journal under this checkpoint"]
    return checkpoint, []


def read(path: Path) -> bytes:
    """A file's bytes. Raises: BadInput when it is none, or too large."""
    if not path.is_file():
        raise BadInput(f"`{path}` is not a file", do="name a WAV, FLAC or MP3 file, or a payment proof")
    if path.stat().st_size > LARGEST_BYTES:
        raise BadInput(f"`{path}` is larger than {LARGEST_BYTES >> 20} MiB", do="verify files of up to that size")
    return path.read_bytes()
