"""`{% credited_waveform peaks duration_s spans title %}`: the picture that is ours."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from accord.server.waveform import Heard, figure

register = template.Library()


@register.simple_tag
def credited_waveform(peaks: Sequence[float], duration_s: float, spans: Sequence[Heard], title: str) -> SafeString:
    """The picture, its ruler and the names beside it; `figure` escapes names and titles."""
    shaped = [span if isinstance(span, Heard) else Heard(*span) for span in spans]
    return mark_safe(figure(peaks, duration_s, shaped, title))  # noqa: S308 - every text is escaped there
