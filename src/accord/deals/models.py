"""The tables of deals, written by `project.py` alone; keys are text from the facts."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class DealRow(Projected):
    """One deal, with the number of the draft that counts and, once active, the one in force."""

    id = models.CharField(max_length=40, primary_key=True)
    licensor = models.CharField(max_length=40, db_index=True)
    title = models.TextField()
    replaces = models.CharField(max_length=40, null=True)
    draft = models.IntegerField(default=0)
    position = models.BigIntegerField()
    activated = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class DraftRow(Projected):
    """One version of a deal's terms in canonical text."""

    key = models.CharField(max_length=60, primary_key=True)
    deal = models.CharField(max_length=40, db_index=True)
    number = models.IntegerField()
    digest = models.CharField(max_length=80)
    canonical = models.TextField()
    actor = models.CharField(max_length=80)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class StateRow(Projected):
    """A deal's state from an instant on."""

    key = models.CharField(max_length=60, primary_key=True)
    deal = models.CharField(max_length=40, db_index=True)
    state = models.CharField(max_length=20)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class StepRow(Projected):
    """One line of a deal's timeline; ``what`` is the fact's short name, ``by`` an office or side where there is one."""

    key = models.CharField(max_length=60, primary_key=True)
    deal = models.CharField(max_length=40, db_index=True)
    what = models.CharField(max_length=20)
    by = models.CharField(max_length=20)
    draft = models.IntegerField()
    detail = models.TextField()
    actor = models.CharField(max_length=80)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class RatchetRow(Projected):
    """A most-favoured-nation clause touched by a better deal."""

    key = models.CharField(max_length=120, primary_key=True)
    deal = models.CharField(max_length=40, db_index=True)
    by = models.CharField(max_length=40)
    term = models.CharField(max_length=40)
    now_text = models.TextField()
    better_text = models.TextField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class SubCatalogueRow(Projected):
    """A named part of a licensor's catalogue."""

    id = models.CharField(max_length=40, primary_key=True)
    licensor = models.CharField(max_length=40, db_index=True)
    name = models.TextField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class SubCatalogueAssetRow(Projected):
    """One asset in a sub-catalogue, standing while `known_until` is empty."""

    key = models.CharField(max_length=120, primary_key=True)
    sub_catalogue = models.CharField(max_length=40, db_index=True)
    asset = models.CharField(max_length=60)
    known_from = models.BigIntegerField()
    known_until = models.BigIntegerField(null=True)
