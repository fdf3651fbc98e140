"""The tables of participation, written by `project.py` alone; keys are text from the facts."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class ChoiceRow(Projected):
    """One choice, standing while `known_until` is empty.

    `proven_by`: the accounts whose proof of being the person a yes of its own rests on; `unproven`: it ended with the last
    of them. `said_from`: the position at which it was said, also of what a later answer left standing of it.
    """

    id = models.CharField(max_length=60, primary_key=True)
    person = models.CharField(max_length=60, db_index=True)
    spoken_by = models.CharField(max_length=60)
    use = models.CharField(max_length=20)
    feature = models.CharField(max_length=60, db_index=True)
    territories = models.TextField()
    asset = models.CharField(max_length=60, null=True, db_index=True)
    answer = models.CharField(max_length=3)
    source = models.CharField(max_length=20)
    grade = models.IntegerField()
    mandate = models.CharField(max_length=130, null=True)
    at = models.DateTimeField(db_index=True)
    withdrew = models.BooleanField()
    unproven = models.BooleanField(default=False)
    proven_by = models.JSONField(default=list)
    said_from = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    known_from = models.BigIntegerField(db_index=True)
    known_until = models.BigIntegerField(null=True, db_index=True)


class AskingRow(Projected):
    """One person asked about one use of one feature; the first asking counts."""

    key = models.CharField(max_length=150, primary_key=True)
    person = models.CharField(max_length=60, db_index=True)
    feature = models.CharField(max_length=60)
    use = models.CharField(max_length=20)
    at = models.DateTimeField()
    known_from = models.BigIntegerField()


class WithdrawalRow(Projected):
    """One yes taken back."""

    choice = models.CharField(max_length=60, primary_key=True)
    person = models.CharField(max_length=60)
    use = models.CharField(max_length=20)
    feature = models.CharField(max_length=60, db_index=True)
    territories = models.TextField()
    asset = models.CharField(max_length=60, null=True)
    closes = models.JSONField()
    at = models.DateTimeField()
    position = models.BigIntegerField(db_index=True)
