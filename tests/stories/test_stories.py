"""Each story of tests/stories is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.stories.runner import play, stories


@pytest.mark.django_db
@pytest.mark.parametrize("story", stories(), ids=lambda file: file.stem)
def test_the_story_is_true(story: Path) -> None:
    """Every line of the story happens or holds."""
    play(story)
