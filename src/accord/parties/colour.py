"""The colour that follows a person, label or asset through waveforms, credits, statements and figures (pure)."""

from __future__ import annotations

from hashlib import sha256

COLOURS = 12


def who_colour(subject: str) -> str:
    """The CSS value: one of the stylesheet's twelve `--who-N`, always the same for the same id."""
    return f"var(--who-{int(sha256(subject.encode()).hexdigest(), 16) % COLOURS})"
