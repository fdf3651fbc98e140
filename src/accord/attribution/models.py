"""The tables of attribution, written by `project.py` alone; keys are text from the facts."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class AttributionRow(Projected):
    """One computation of a creation's shares; the row without an end is the one that counts."""

    key = models.CharField(max_length=80, primary_key=True)
    creation = models.CharField(max_length=60, db_index=True)
    feature = models.CharField(max_length=60)
    total_units = models.BigIntegerField()
    rows = models.JSONField()
    version = models.CharField(max_length=20)
    split_version = models.IntegerField()
    evidence = models.CharField(max_length=80, null=True)
    at = models.DateTimeField()
    known_from = models.BigIntegerField()
    known_until = models.BigIntegerField(null=True)


class ShownRow(Projected):
    """A creation that was released: whoever is in it may see its shares from then on. Before that it is its maker's alone."""

    creation = models.CharField(max_length=60, primary_key=True)
