"""The tables of the studio, written by `project.py` alone; keys are ids minted in the facts."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class SessionRow(Projected):
    """One sitting of a creator in a feature."""

    id = models.CharField(max_length=60, primary_key=True)
    creator = models.CharField(max_length=60, db_index=True)
    feature = models.CharField(max_length=60)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class TakeRow(Projected):
    """One take: `record` is the canonical JSON of its fact, `state`, `case` and `chosen` are what happened since.

    `stood` is the position at which its creator last came to it: when it was made, or chosen.
    """

    id = models.CharField(max_length=60, primary_key=True)
    session = models.CharField(max_length=60, db_index=True)
    creator = models.CharField(max_length=60, db_index=True)
    feature = models.CharField(max_length=60)
    audio = models.CharField(max_length=80, db_index=True)
    record = models.JSONField()
    state = models.CharField(max_length=20)
    case = models.CharField(max_length=60, null=True)
    chosen = models.BooleanField(default=False)
    stood = models.BigIntegerField(default=0)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class CreationRow(Projected):
    """One submitted take; `record` is the canonical JSON of the fact that submitted it."""

    id = models.CharField(max_length=60, primary_key=True)
    take = models.CharField(max_length=60, unique=True)
    creator = models.CharField(max_length=60, db_index=True)
    feature = models.CharField(max_length=60, db_index=True)
    record = models.JSONField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class HeardInRow(Projected):
    """`inner`, a take or a creation of somebody else's, is heard in the creation `outer`."""

    key = models.CharField(max_length=130, primary_key=True)
    inner = models.CharField(max_length=60, db_index=True)
    outer = models.CharField(max_length=60)
    position = models.BigIntegerField()


class RemixLeaveRow(Projected):
    """A maker's yes to remixes of a creation in a feature; one that has no `because` stands."""

    id = models.CharField(max_length=60, primary_key=True)
    creation = models.CharField(max_length=60, db_index=True)
    release = models.CharField(max_length=60)
    maker = models.CharField(max_length=60)
    feature = models.CharField(max_length=60, db_index=True)
    position = models.BigIntegerField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    because = models.TextField(null=True)

    class Meta:
        indexes = (models.Index(fields=["feature", "-position"], name="studio_leave_newest"),)


class ConceptRow(Projected):
    """One concept test of two takes; `closed` says why it ended."""

    id = models.CharField(max_length=60, primary_key=True)
    creator = models.CharField(max_length=60, db_index=True)
    session = models.CharField(max_length=60, db_index=True)
    first = models.CharField(max_length=60)
    second = models.CharField(max_length=60)
    question = models.CharField(max_length=200)
    audience = models.IntegerField()
    closed = models.CharField(max_length=40, null=True)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class VoteRow(Projected):
    """One vote; a ballot votes once."""

    key = models.CharField(max_length=200, primary_key=True)
    concept = models.CharField(max_length=60, db_index=True)
    take = models.CharField(max_length=60)


class UsePolicyRow(Projected):
    """A version of a feature's use policy."""

    key = models.CharField(max_length=80, primary_key=True)
    feature = models.CharField(max_length=60, db_index=True)
    version = models.IntegerField()
    record = models.JSONField()
