"""A close under faults: it is there whole or not at all, whenever its process is killed, and once however many try."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.sqlite_alone


def test_a_killed_close_leaves_nothing_and_two_at_once_close_once(tmp_path):
    """kill -9 at each of its steps and before its commit: no posting, no statement, and the next try goes on from what this
    one counted and divided. Then two close while usage comes in.
    """
    env = os.environ | {
        "ACCORD_HOME": str(tmp_path),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "accord.server.settings",
    }
    env.pop("ACCORD_VAULT", None)
    command = [sys.executable, "-m", "tests.faults.killed_close"]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    nothing = {"closed": [], "zero": True, "postings": 0, "paid": {}, "faults": []}
    assert len(found["after"]) == 8
    for code, stood in found["after"]:
        assert (code, stood) == (-9, nothing)
    kept = [[at for at, words in enumerate(said, 1) if words.endswith("kept from before")] for said in found["tries"]]
    assert [len(said) for said in found["tries"]] == [1, 2, 3, 4, 5, 6, 7, 7]
    assert kept == [[], [], [2], [2], [2], [2, 4, 5], [2, 4, 5], [2, 4, 5]], "what a killed try did is not done again"
    assert sorted(found["codes"][:2]) == [0, 1] and found["codes"][2] == 0
    end = found["end"]
    assert (end["closed"], end["zero"], end["faults"]) == (["2026-Q3"], True, [])
    late = [because for _, *sentences in found["late"] for because in sentences]
    counted = (found["counted"], [because.split(" came in")[0] for because in late])
    assert counted in ((4, ["50 listens"]), (54, [])), "usage that came in meanwhile is either in it whole or late"
    assert not late or end["paid"][found["ids"]["L1"]] == 262_500_000
    assert found["same"]
