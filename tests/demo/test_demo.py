"""The demonstration as a stranger runs it: its last lines, a released file proven with no database, and what is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Where the kept catalogue, the rule on one asset, record batches and the plain twin differ, in a few territories.
COMPARE = """
import os, sys
sys.path.insert(0, os.getcwd())
import accord
accord.open(os.environ["ACCORD_HOME"])
from django.utils.timezone import now
from tests.oracle import clearance as oracle
from accord.clearance import loading, rules
from accord.clearance.index import Index
from accord.clearance.records import Question
from accord.clearance.spread import masks_in, table_of
from accord.terms.territory import INDEX
from accord.terms.use import Use
state, cleared, differ = loading.current(), 0, []
for use, feature in ((Use.TRAIN, "compose"), (Use.REMIX, "blend")):
    question = Question(use, feature, now())
    index = Index(state, question)
    answers = rules.decide_many(state, question, state.assets)
    table = table_of(index.ids, index.layout)
    (batch,) = masks_in(index.layout)(table.to_batches())
    spread = dict(zip(batch["asset"].to_pylist(), batch["mask"].to_pylist()))
    for asset in state.assets:
        bits = index.cleared(asset)
        same = bits == answers[asset].cleared.bits == int.from_bytes(spread[asset], "little")
        right = all(oracle.is_cleared(state, question, asset, t) == bool(bits >> INDEX[t] & 1) for t in ("DE", "JP", "BR"))
        cleared += bool(bits)
        if not (same and right):
            differ.append(asset)
print(len(state.assets), cleared, differ)
"""
ACCORD = str(Path(sys.executable).parent / "accord")


def run(*arguments: str, home: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, over a home."""
    return _over(home, [ACCORD, *arguments], cwd)


def _over(home: Path, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "ACCORD_TEST_DB", "DJANGO_SETTINGS_MODULE"}
    }
    environment["ACCORD_HOME"] = str(home)
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_last_lines_state_what_was_made(demo_home: Path) -> None:
    """Works, recordings, cleared and refused, creations, cases, statements, debits == credits, journal, verified."""
    text = (demo_home / "transcript.txt").read_text()
    found = dict(
        re.findall(
            r"^   (works|recordings|cleared / refused|creations|cases|statements|journal|verified) +(.+)$", text, re.M
        )
    )
    assert int(found["works"].replace(",", "")) >= 150
    assert int(found["recordings"].split()[0].replace(",", "")) >= 60
    debits, credits = re.search(r"debits == credits +(\S+) == (\S+)", text).groups()  # type: ignore[union-attr]
    assert debits == credits != "0.00"
    assert found["verified"] == "yes"


def test_a_released_file_is_proven_with_no_database(demo_home: Path, tmp_path: Path) -> None:
    """In an empty folder with an empty home, the file and the trust file are enough."""
    file = next((demo_home / "released").glob("*.wav"))
    shutil.copy(file, tmp_path / "a.wav")
    shutil.copy(demo_home / "trust.json", tmp_path / "trust.json")
    proven = run("verify", "a.wav", "--trust", "trust.json", home=tmp_path / "empty", cwd=tmp_path)
    assert proven.returncode == 0, proven.stdout + proven.stderr
    assert not (tmp_path / "empty").exists()


def test_one_changed_sample_is_not_proven(demo_home: Path, tmp_path: Path) -> None:
    """A single sample changed: exit 3."""
    data = bytearray(next((demo_home / "released").glob("*.wav")).read_bytes())
    start = data.index(b"data") + 8
    data[start + 100_000] ^= 1
    (tmp_path / "b.wav").write_bytes(data)
    changed = run("verify", "b.wav", "--trust", str(demo_home / "trust.json"), home=tmp_path / "empty", cwd=tmp_path)
    assert changed.returncode == 3 and "NOT PROVEN" in changed.stdout + changed.stderr


def test_without_a_trust_file_the_signer_is_unknown(demo_home: Path, tmp_path: Path) -> None:
    """Intact, signer unknown: exit 3; so too with another instance's trust file."""
    file = str(next((demo_home / "released").glob("*.flac")))
    alone = run("verify", file, home=tmp_path / "empty", cwd=tmp_path)
    assert alone.returncode == 3 and "signer unknown" in (alone.stdout + alone.stderr).lower()
    (tmp_path / "other.json").write_text(run("trust", home=tmp_path / "other", cwd=tmp_path).stdout)
    other = run("verify", file, "--trust", "other.json", home=tmp_path / "empty", cwd=tmp_path)
    assert other.returncode == 3


def test_the_missing_eighth_is_named(demo_home: Path, tmp_path: Path) -> None:
    """`accord clear` on the work with the missing share says which share is missing in JP, exit 3; --json for machines."""
    missing = json.loads((demo_home / "demonstration.json").read_text())["missing_work_isrc"]
    arguments = ("clear", missing, "--use", "train", "--feature", "compose", "--territory", "JP")
    said = run(*arguments, home=demo_home, cwd=tmp_path)
    assert said.returncode == 3 and "12.5 %" in said.stdout + said.stderr and "JP" in said.stdout + said.stderr
    machine = run(*arguments, "--json", home=demo_home, cwd=tmp_path)
    assert machine.returncode == 3 and json.loads(machine.stdout)


def test_laws_1_2_3_all_ways_of_deciding_agree_on_the_demonstration(demo_home: Path) -> None:
    """Laws 1, 2, 3: asset by asset, at once, in record batches and by the plain twin, the catalogue is cleared alike."""
    compared = _over(demo_home, [sys.executable, "-c", COMPARE], ROOT)
    assert compared.returncode == 0, compared.stderr
    assets, cleared, differ = compared.stdout.split(maxsplit=2)
    assert differ.strip() == "[]"
    assert int(assets) > 600 and int(cleared) > 300


def test_the_journal_verifies_and_rebuilds(demo_home: Path, tmp_path: Path) -> None:
    """Law 6: the tree is recomputed, the tables are made again, every row as before."""
    assert run("journal", "verify", home=demo_home, cwd=tmp_path).returncode == 0
    rebuilt = run("journal", "rebuild", home=demo_home, cwd=tmp_path)
    assert rebuilt.returncode == 0 and "every row is as before" in rebuilt.stdout
