"""docs/integrity.md explains every refusal code of the room, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from accord.integrity import likeness, rules
from accord.integrity.decide import SHORTEST_S, TARGET_FALSE
from accord.terms.use import Use

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "integrity.md").read_text()
DECISION = (ROOT / "docs" / "decisions" / "0078-a-voice-is-a-measure-and-a-person-listens.md").read_text()


def test_every_code_of_a_no_is_explained_and_no_other() -> None:
    """The codes in the documentation are those the room can give."""
    given = {f"integrity.no-{use}" for use in (Use.STYLE, Use.VOICE)}
    for file in (ROOT / "src" / "accord" / "integrity").glob("*.py"):
        if file.stem not in ("facts", "__init__"):
            given |= set(re.findall(r'"(integrity\.[a-z-]+)"', file.read_text()))
    assert set(re.findall(r"`(integrity\.[a-z-]+)`", PAGE)) == given


def test_the_times_and_limits_are_those_of_the_rules() -> None:
    """Days, hours and thresholds in the documentation are the code's."""
    assert f"within {rules.APPEAL_WITHIN.days} days" in PAGE and f"due in {rules.READ_WITHIN.days} days" in PAGE
    assert f"a second in {rules.READ_AGAIN_WITHIN.days}" in PAGE and rules.SPREE_UPLOADS == 20
    assert f"Under {SHORTEST_S:g} seconds" in PAGE and f"one false match in {1 / TARGET_FALSE:,.0f} files" in PAGE


def test_what_a_voice_needs_is_said() -> None:
    """Seconds, windows and the number of prints of a protected voice in the documentation are the code's."""
    assert (
        f"with {likeness.LEAST_VOICE_S:.0f} seconds or more" in PAGE and f"windows of {likeness.WINDOW_S:g} s" in PAGE
    )
    assert rules.PRINTS_MOST == 5 and "(five prints a person)" in PAGE
    assert f"shipped {likeness.LIKE:g} for windows" in DECISION and f"{likeness.LIKE_UNDER:g} for others" in DECISION
