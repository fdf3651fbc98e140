"""A training run killed with SIGKILL while it learns, and a state file cut short: it goes on, or starts over, and ends the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from accord.training import fitting, learning, mixture, runs
from accord.training.transformer import Shape

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")

pytestmark = pytest.mark.sqlite_alone
PLAN = learning.Plan(steps=120, batch=2, warm_up=5, seed=3)
SHAPE = Shape(vocabulary=400, width=16, layers=1, heads=2, window=16)
RUN = """
import sys
from pathlib import Path
from tests.faults.test_training_killed import go_on
go_on(Path(sys.argv[1]), pause_s=0.2)
"""


def corpus() -> fitting.Corpus:
    """Four sequences of nothing in particular."""
    chance = np.random.default_rng(1)
    sequences = {f"a{i}": np.concatenate(([1, 3], chance.integers(5, 90, 60), [2])) for i in range(4)}
    return fitting.Corpus(sequences, {name: f"cluster:{name}" for name in sequences})


def go_on(file: Path, pause_s: float = 0.0) -> bytes:
    """Run from wherever the file says, saving as training does; returns the finished weights' file."""

    def keep(state: learning.Progress) -> None:
        runs.save(file, state, PLAN, SHAPE)
        time.sleep(pause_s)

    return mixture.to_bytes(fitting.fit(corpus(), PLAN, SHAPE, runs.resume(file, PLAN, SHAPE), keep).model)


def killed_at_its_second_state(file: Path) -> None:
    """Start a run in another process and kill it without warning once it has saved twice."""
    root = Path(__file__).resolve().parents[2]
    env = dict(os.environ, PYTHONPATH=str(root), DJANGO_SETTINGS_MODULE="accord.server.settings")
    process = subprocess.Popen([sys.executable, "-c", RUN, str(file)], cwd=root, env=env)
    deadline = time.monotonic() + 90
    while (state := runs.resume(file, PLAN, SHAPE)) is None or state.step < 40:
        assert process.poll() is None and time.monotonic() < deadline, "it ended before it could be killed"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    """Killed with SIGKILL and started again, the run ends with the weights of one that was never disturbed."""
    file = tmp_path / "run.state"
    killed_at_its_second_state(file)
    begun = runs.resume(file, PLAN, SHAPE)
    assert begun is not None and 40 <= begun.step < PLAN.steps
    assert go_on(file) == go_on(tmp_path / "undisturbed.state")


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda data: b"", lambda data: b"PK" + data])
def test_a_damaged_state_is_not_gone_on_with(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    """Cut short, empty or foreign, a state file is as good as none: the run starts over."""
    file = tmp_path / "run.state"
    runs.save(file, learning.start(SHAPE, PLAN), PLAN, SHAPE)
    file.write_bytes(damage(file.read_bytes()))
    assert runs.resume(file, PLAN, SHAPE) is None


def test_a_state_of_another_plan_is_not_gone_on_with(tmp_path: Path) -> None:
    """A run with another seed or shape does not take over this one's state."""
    file = tmp_path / "run.state"
    runs.save(file, learning.start(SHAPE, PLAN), PLAN, SHAPE)
    assert runs.resume(file, PLAN, SHAPE) is not None
    assert runs.resume(file, learning.Plan(steps=120, batch=2, warm_up=5, seed=4), SHAPE) is None
    assert runs.resume(file, PLAN, Shape(400, 16, 2, 2, 16)) is None
