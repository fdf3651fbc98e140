"""What the first take would wait for, done before anybody asks: models, the catalogue's tunes and prints, compiled loops (shell).

A piece of one bar is written, rendered, mastered and compared, and nothing of it is kept.
"""

from __future__ import annotations

import logging

from django.db import connections

from accord.governance import queries as governance
from accord.integrity import queries as prints
from accord.integrity.identify import identify
from accord.integrity.tunes import find_melodies
from accord.studio import loudness, permission
from accord.studio.rendering import RATE, render
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.training import queries as training
from accord.training.generator import Request, ScoreModel

log = logging.getLogger("accord")


def warm(at: Instant) -> None:
    """Make this process ready for every live feature that has a model; for a thread of its own."""
    try:
        for feature in sorted(one.id for one in governance.features().values() if one.live):
            try:
                _warm(feature, at)
            except (BadInput, NotThere, OSError) as wrong:
                log.warning("not ready to make takes in %s: %s", feature, wrong)
    finally:
        connections.close_all()


def _warm(feature: str, at: Instant) -> None:
    try:
        wanted = permission.model_for(feature, None, None, at)
        generator = training.generator(wanted.model, wanted.territory, at)
        if not isinstance(generator, ScoreModel):
            return  # an outside model may take minutes for a bar
        score = generator.generate(Request(bars=1))
    except Refused:
        return  # whoever asks for a take here is told why
    mix, _ = loudness.mastered(render(score).mix, RATE)
    loudness.true_peak_dbtp(mix)
    identify(mix, RATE, prints.index())
    find_melodies(score)
