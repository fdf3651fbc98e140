"""docs/studio.md and docs/verification.md explain every refusal code of their rooms, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def given(room: str) -> set[str]:
    """The codes that the room's source can give."""
    found = set()
    for file in (ROOT / "src" / "accord" / room).glob("*.py"):
        text = file.read_text()
        if file.stem != "facts":
            found |= set(re.findall(rf'code="({room}\.[a-z-]+)"', text))
            found |= {f"{room}.{code}" for code in re.findall(r'_no\(\s*"([a-z-]+)"', text)}
    return found


@pytest.mark.parametrize(("room", "page"), [("studio", "studio.md"), ("provenance", "verification.md")])
def test_every_code_of_a_no_is_explained_and_no_other(room: str, page: str) -> None:
    """The codes in the documentation are those the room can give (a take's state is part of its code)."""
    explained = set(re.findall(rf"`({room}\.[a-z-]+)`", (ROOT / "docs" / page).read_text())) - {
        "provenance.release-issued"
    }
    states = {"studio.take-checking", "studio.take-held"} if room == "studio" else set()
    assert explained == given(room) | states
