"""The public verify page and files that somebody else wrote."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accord.provenance import pages, sounding
from accord.provenance.verify import Verdict, Verification

pytestmark = pytest.mark.django_db
GARBAGE = {"agreed": 7, "shares": "all of it", "sources": [{}], "deals": None, "title": "<b>Not theirs</b>"}


def test_what_nobody_vouches_for_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not proven may say of itself what it likes: the page says the verdict, and nothing of that."""
    found = Verification(
        verdict=Verdict.NOT_PROVEN, because=("it was changed",), form="wav", sound="sha256:0", release=GARBAGE
    )
    monkeypatch.setattr(pages, "verify", lambda data, trust: found)
    monkeypatch.setattr(sounding, "find", lambda data: [])
    answer = Client().post("/verify", {"file": SimpleUploadedFile("a.wav", b"RIFF")})
    assert answer.status_code == 200
    assert "Not proven" in answer.content.decode() and "Not theirs" not in answer.content.decode()
