"""Released files made without an instance: a journal of a few facts, one of them a release, and its signed file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accord.journal import tree
from accord.journal.facts import NAMES, canonical, to_body
from accord.journal.note import sign_checkpoint, verifier_key
from accord.provenance import certificates, credentials, manifest, payload
from accord.provenance.facts import ReleaseIssued
from accord.provenance.records import Agreed, Disclosure, PublicDeal, ReleasedFile, Share, Source
from accord.provenance.trust import Trust
from accord.studio.rendering import encode
from accord.terms.territory import TerritorySet

AT = datetime(2026, 7, 3, 12, tzinfo=UTC)
SALT = bytes(range(32))


@dataclass(frozen=True)
class Instance:
    """One instance's keys."""

    journal: Ed25519PrivateKey
    chain: certificates.Chain
    origin: str = "accord/test"

    @property
    def trust(self) -> Trust:
        return Trust(self.origin, verifier_key(self.origin, self.journal), self.chain.root)


def instance(origin: str = "accord/test") -> Instance:
    """A new instance with its own journal key and certificate chain."""
    return Instance(Ed25519PrivateKey.generate(), certificates.made(), origin)


def sound(seconds: float = 1.0) -> np.ndarray:
    """Two seconds of a quiet two-voice tone, float32 (frames, 2)."""
    t = np.arange(int(44_100 * seconds)) / 44_100
    return np.stack([0.3 * np.sin(2 * np.pi * 440 * t), 0.3 * np.sin(2 * np.pi * 660 * t)], axis=1).astype(np.float32)


def release(files: tuple[ReleasedFile, ...]) -> ReleaseIssued:
    """A remix's release fact that names `files`."""
    return ReleaseIssued(
        release="rel_000003",
        creation="cre_000002",
        feature="blend",
        creator="pty_fan",
        title="Two airs",
        files=files,
        duration_s=1.0,
        fingerprint="sha256:" + "0" * 64,
        territories=TerritorySet.of("DE", "FR"),
        known=2,
        sources=(Source(asset="rec_1", title="First air", spans=((0.0, 1.0, 1.0),), decision="dec_1"),),
        model=None,
        seal=None,
        seal_digest=None,
        learned_works=0,
        shares=(Share("rec_1", "source", 800_000, "lineage"), Share("pty_fan", "cocreator", 200_000, "split")),
        total_units=1_000_000,
        attribution_version="1",
        deals=(
            PublicDeal(
                deal="dea_1", clause="1", licensor="pty_label", uses=("remix",), features=("blend",),
                territories=TerritorySet.of("DE", "FR"), starts="2026-06-01",
            ),
        ),
        agreed=(Agreed("pty_label", "rec_1", "master 100 %", "dea_1"), Agreed("pty_n", "rec_1", "featured", "cho_1", 4)),
        decisions=("dec_1",),
        label="A remix made by a person, in blend.",
        disclosure=Disclosure(None, (), "one source said nothing about AI"),
        demonstration=True,
    )  # fmt: skip


def released(
    who: Instance,
    form: str = "wav",
    named: bytes | None = None,
    signer: Instance | None = None,
    *,
    told: Callable[[dict[str, Any]], None] = lambda fact: None,
    proof: dict[str, Any] | None = None,
    shown: dict[str, Any] | None = None,
) -> bytes:
    """A signed file of `form`. `named` is another file whose sound the fact names; `signer` another instance's chain.

    `told` may change the fact's JSON before the journal takes it; `proof` and `shown` overwrite what the file carries.
    """
    data = encode(sound(), 44_100, form)
    fact = release((ReleasedFile(form, f"two-airs.{form}", payload.digest(named or data)),))
    kind, version = NAMES[type(fact)]
    record = json.loads(canonical(kind, version, "acc_1", AT, to_body(fact)))
    told(record)
    words = manifest.Shown(("Two airs, by Fan",), {"pty_fan": "Fan", "pty_label": "Label L"}, {"rec_1": "First air"})
    made = manifest.manifest(fact, form, journalled(who, json.dumps(record)), words)
    for assertion in made["assertions"]:
        assertion["data"] |= {manifest.PROOF: proof, manifest.CREDITS: shown}.get(assertion["label"]) or {}
    return credentials.sign(data, form, made, (signer or who).chain)


def journalled(who: Instance, text: str) -> dict[str, Any]:
    """The proof that `text` is the fourth of six facts in the journal of `who`."""
    leaves = [tree.leaf_hash(bytes([n])) for n in range(6)]
    leaves[3] = tree.leaf_hash(tree.commitment(SALT, text.encode()))
    root = tree.root_of(leaves)
    path = tree.inclusion(3, 6, lambda level, index: tree.root_of(leaves[index << level : (index + 1) << level]))
    return {
        "canonical": text,
        "salt": SALT.hex(),
        "position": 4,
        "path": [digest.hex() for digest in path],
        "checkpoint": sign_checkpoint(who.origin, 6, root, who.journal).note,
    }


def one_sample_changed(data: bytes, form: str) -> bytes:
    """`data` with one bit of its sound flipped, in the middle of the sound and nowhere else."""
    start = {"wav": data.find(b"data") + 8, "flac": data.find(b"fLaC") + 8_000, "mp3": len(data) // 2}[form]
    place = start + 2_000
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def checkpoint_of(note: str) -> bytes:
    """The root hash in a checkpoint note."""
    return base64.b64decode(note.split("\n")[2])
