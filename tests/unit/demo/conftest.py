"""The demonstration's corpus, built once for all its tests."""

from __future__ import annotations

import pickle
from importlib.util import find_spec

import pytest
from tests.conftest import once

from accord.demo.corpus import build_corpus
from accord.demo.records import DemoCorpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> DemoCorpus:
    """All of it (about ten CPU-seconds), built by the first test process that wants it and read by the others."""
    if find_spec("music21") is None:
        pytest.skip("music21 is not installed: the extra `[demo]` brings it")
    with once(tmp_path_factory, "corpus") as kept:
        if not kept.exists():
            kept.write_bytes(pickle.dumps(build_corpus()))
        built: DemoCorpus = pickle.loads(kept.read_bytes())
    return built
