"""How often pages of creations were seen and led on to a person: counts by day, of nobody in particular.

These are the shell's own and no facts: nothing is paid on them, a rebuild leaves them alone, and no row knows a reader.
"""

from __future__ import annotations

from django.db import models


class TrailRow(models.Model):
    """`count` times on `day` (UTC) the page of `creation` was seen (`party` empty), or led on to `party`."""

    key = models.CharField(max_length=160, primary_key=True)
    day = models.DateField(db_index=True)
    creation = models.CharField(max_length=60)
    party = models.CharField(max_length=60)
    count = models.BigIntegerField(default=0)
