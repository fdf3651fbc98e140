"""Metering's tables, written by `project` alone."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class SegmentRow(Projected):
    """A file of events that counts."""

    segment = models.CharField(max_length=40, primary_key=True)
    file = models.CharField(max_length=80)
    rows = models.BigIntegerField()
    duplicates = models.BigIntegerField()
    rejected = models.BigIntegerField()
    corrections = models.BigIntegerField()
    listens = models.BigIntegerField()
    first_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(db_index=True)
    known_from = models.BigIntegerField()


class SeenEvent(Projected):
    """A key that is taken (`keys`): of an event that was counted, or that was corrected. Time-ordered ids keep it quick.

    `body` is what the event said besides (`keys.bodies_of`). The table is made by hand (migration 0002): one tree on SQLite,
    and no second index on PostgreSQL.
    """

    key = models.CharField(max_length=420, primary_key=True)
    body = models.BigIntegerField()


class SourceRow(Projected):
    """A source of events, and the actor who sent it first."""

    source = models.CharField(max_length=200, primary_key=True)
    sender = models.CharField(max_length=80)


class RevenueRow(Projected):
    """A report of revenue; the newest of a (feature, territory, period, currency) has no `known_until`."""

    report = models.CharField(max_length=40, primary_key=True)
    feature = models.CharField(max_length=80)
    territory = models.CharField(max_length=8)
    period = models.CharField(max_length=8, db_index=True)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    known_from = models.BigIntegerField()
    known_until = models.BigIntegerField(null=True)


class PlatformPlaysRow(Projected):
    """A report of all plays; the newest of a (territory, period) has no `known_until`."""

    report = models.CharField(max_length=40, primary_key=True)
    territory = models.CharField(max_length=8)
    period = models.CharField(max_length=8, db_index=True)
    plays = models.BigIntegerField()
    sessions = models.BigIntegerField()
    known_from = models.BigIntegerField()
    known_until = models.BigIntegerField(null=True)
