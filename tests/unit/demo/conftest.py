"""The demonstration's corpus, built once for all its tests."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from accord.demo.corpus import build_corpus
from accord.demo.records import DemoCorpus


@pytest.fixture(scope="session")
def corpus() -> DemoCorpus:
    """All of it (about ten CPU-seconds)."""
    if find_spec("music21") is None:
        pytest.skip("music21 is not installed: the extra `[demo]` brings it")
    return build_corpus()
