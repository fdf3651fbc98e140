"""docs/clearance.md says what the code does: the table of needs, and every refusal code."""

from __future__ import annotations

import re
from pathlib import Path

from accord.clearance.needs import NEEDS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "clearance.md").read_text()


def test_the_published_table_of_needs_is_the_one_in_force() -> None:
    """Each use has one row, with the rights and roles that the rules read."""
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in TEXT.splitlines()
        if line.startswith("| `")
    ]
    published = {row[0]: row[1:] for row in rows if len(row) == 5}
    in_force = {
        use.value: [
            "yes" if needs.master else "–",
            ", ".join(needs.work_rights) or "–",
            ", ".join(needs.performers) or "–",
            ", ".join(needs.writers) or "–",
        ]
        for use, needs in NEEDS.items()
    }
    assert published == in_force


def test_every_code_of_a_no_is_explained_and_no_other() -> None:
    """The codes in the documentation are those the room can give."""
    given = set()
    for file in (ROOT / "src" / "accord" / "clearance").glob("*.py"):
        given |= set(re.findall(r'"(clearance\.[a-z-]+)"', file.read_text()))
    facts = {"clearance.hold-placed", "clearance.hold-lifted", "clearance.decision-recorded"}
    explained = set(re.findall(r"^\| `(clearance\.[a-z-]+)`", TEXT, re.M))
    assert explained == given - facts
