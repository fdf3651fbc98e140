"""The journal's own table, the checkpoints, and the base of every table of facts."""

from __future__ import annotations

from django.db import models


class Projected(models.Model):
    """A row made from facts: dropped and made again by a rebuild, so its primary key must come from the facts."""

    class Meta:
        abstract = True


class JournalEntry(models.Model):
    """One fact at its position: its canonical text, the salt of its commitment, and the leaf hash."""

    position = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=80, db_index=True)
    version = models.IntegerField()
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    canonical = models.TextField()
    salt = models.BinaryField()
    leaf = models.BinaryField()


class JournalCheckpoint(models.Model):
    """A signed checkpoint that was published."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    note = models.TextField()


class JournalLease(models.Model):
    """How far a process on some host has applied the facts of these rooms, and until when it may answer from memory."""

    holder = models.CharField(primary_key=True, max_length=32)
    rooms = models.CharField(max_length=200)
    applied = models.BigIntegerField()
    expires = models.DateTimeField()


class JournalMaker(models.Model):
    """The code that made the tables of facts, by its mark (`makers`): one row."""

    id = models.IntegerField(primary_key=True)
    mark = models.CharField(max_length=64)
