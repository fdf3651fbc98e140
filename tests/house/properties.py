"""The table of properties, made from the tests: `python -m tests.house.properties > tests/PROPERTIES.md`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
LAWS = {
    1: "No by default",
    2: "Both sides",
    3: "A yes has a source and a grade",
    4: "A no is at once",
    5: "A grant binds to a model version",
    6: "Facts are the truth",
    7: "Money is whole",
    8: "Every no, every share and every cent carries its because",
    9: "Time is handed in",
    10: "Nobody sees what is not theirs",
}
Row = tuple[str, str, str]


def rows() -> list[tuple[tuple[int, ...], Row]]:
    """(laws, (file, test, claim)) of every test that names a law, and of every property."""
    found = []
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                claim = " ".join((ast.get_docstring(node) or "").split())
                laws = laws_in(f"{node.name.replace('_', ' ')} {claim}")
                if laws or "properties" in file.parts:
                    found.append((laws, (str(file.relative_to(TESTS)), node.name, claim)))
    return found


def laws_in(text: str) -> tuple[int, ...]:
    """The laws a text names: `law 3`, `laws 1, 2 and 3`."""
    named: set[int] = set()
    for numbers in re.findall(r"\blaws?\s+((?:\d+(?:\s*(?:,|and|to|–)\s*)?)+)", text, re.I):
        named |= {int(number) for number in re.findall(r"\d+", numbers)}
    return tuple(sorted(n for n in named if n in LAWS))


def table() -> str:
    """tests/PROPERTIES.md."""
    every = rows()
    lines = [
        "# Properties",
        "Each law of the design with the tests that name it, then every other property. Made from the tests themselves;",
        "a test fails when it is out of date (`.venv/bin/python -m tests.house.properties > tests/PROPERTIES.md`).",
    ]
    for law, words in LAWS.items():
        lines += ["", f"## Law {law}: {words}", "| test | claim |", "|---|---|"]
        lines += [f"| `{name}` ({file}) | {claim} |" for laws, (file, name, claim) in every if law in laws]
    lines += ["", "## Further properties", "| test | claim |", "|---|---|"]
    lines += [f"| `{name}` ({file}) | {claim} |" for laws, (file, name, claim) in every if not laws]
    return "\n".join(lines).replace("|---|---|\n\n##", "|---|---|\n\n##") + "\n"


if __name__ == "__main__":
    print(table(), end="")
