"""Content credentials (C2PA) written into WAV, FLAC and MP3, and read back; c2pa-python does the work.

No time-stamping authority and no remote fetch: everything happens on this machine.
"""

from __future__ import annotations

import io
import json
from typing import Any

import c2pa
import msgspec

from accord.provenance.certificates import Chain
from accord.provenance.payload import MIME

OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}
UNTRUSTED = "signingCredential.untrusted"


class Found(msgspec.Struct, frozen=True):
    """What a file's credentials are: the active manifest, whether its root is the trusted one, and what failed."""

    manifest: dict[str, Any]
    trusted: bool
    failures: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether the manifest and everything it binds, the sound among it, are as they were signed."""
        return not self.failures

    @property
    def signer(self) -> str:
        """The signer's name as its certificate gives it."""
        info = self.manifest.get("signature_info") or {}
        return ", ".join(part for part in (info.get("common_name"), info.get("issuer")) if part)

    def assertion(self, label: str) -> dict[str, Any] | None:
        """The data of the assertion called `label`, or None."""
        for assertion in self.manifest.get("assertions", ()):
            if assertion.get("label") == label and isinstance(assertion.get("data"), dict):
                return dict(assertion["data"])
        return None


def sign(data: bytes, form: str, manifest: dict[str, Any], chain: Chain) -> bytes:
    """`data` (a file of format `form`) with `manifest` inside it, signed ES256 by the chain's signer."""
    info = c2pa.C2paSignerInfo(b"es256", chain.certificates.encode(), chain.key.encode(), None)
    signer = c2pa.Signer.from_info(info)
    out = io.BytesIO()
    with c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}}) as context:
        builder = c2pa.Builder(manifest, context=context)
        builder.sign(signer, MIME[form], io.BytesIO(data), out)
    return out.getvalue()


def read(data: bytes, form: str, credential_root: str | None) -> Found | None:
    """The credentials in `data`, judged with `credential_root` as the only anchor; None when there are none."""
    settings: dict[str, Any] = {"verify": OFFLINE}
    if credential_root is not None:
        settings["trust"] = {"trust_anchors": credential_root}
    with c2pa.Context.from_dict(settings) as context:
        try:
            reader = c2pa.Reader.try_create(MIME[form], io.BytesIO(data), context=context)
        except c2pa.C2paError as error:
            return Found({}, False, (f"manifest.unreadable: {error}",))
        if reader is None:
            return None
        with reader:
            store = json.loads(reader.json())
            codes = _failures(reader.get_validation_results() or {})
            state = reader.get_validation_state()
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    trusted = state == "Trusted" and credential_root is not None
    failures = [code for code in codes if code != UNTRUSTED]
    if state not in ("Trusted", "Valid") and not codes:  # c2pa says no and does not say why: that is a no
        failures.append(f"state.{state}")
    return Found(manifest, trusted, tuple(failures))


def _failures(results: dict[str, Any]) -> list[str]:
    found = [failure["code"] for failure in results.get("activeManifest", {}).get("failure", ())]
    for delta in results.get("ingredientDeltas", ()) or ():
        found += [failure["code"] for failure in delta.get("validationDeltas", {}).get("failure", ())]
    return found
