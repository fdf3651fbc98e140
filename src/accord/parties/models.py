"""The tables of this room. `Projected` ones are written by project.py alone; the others are the shell's own.

Accounts, keys and the index of names are not facts: they are how people come in, and must be erasable.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accord.journal.models import Projected


class PartyRow(Projected):
    """A party; `profile` leads to its name in the private store."""

    id = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=20, db_index=True)
    profile = models.CharField(max_length=80)
    demonstration = models.BooleanField(default=False)
    known_from = models.BigIntegerField()


class IdentifierRow(Projected):
    """Public identifier → party, one to one."""

    key = models.CharField(primary_key=True, max_length=200)
    scheme = models.CharField(max_length=80)
    value = models.CharField(max_length=120)
    party = models.CharField(max_length=60, db_index=True)
    known_from = models.BigIntegerField()


class VerificationRow(Projected):
    """An account proved to be a party; closed, never deleted, when withdrawn."""

    id = models.CharField(primary_key=True, max_length=160)
    party = models.CharField(max_length=60, db_index=True)
    account = models.CharField(max_length=60, db_index=True)
    method = models.CharField(max_length=80)
    evidence = models.CharField(max_length=80)
    at = models.DateTimeField()
    known_from = models.BigIntegerField()
    known_until = models.BigIntegerField(null=True)


class MandateRow(Projected):
    """A mandate; `uses` joined by commas."""

    id = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=20)
    representative = models.CharField(max_length=60, db_index=True)
    person = models.CharField(max_length=60, db_index=True)
    uses = models.CharField(max_length=200)
    starts = models.DateField(db_index=True)
    ends = models.DateField(null=True, db_index=True)
    evidence = models.CharField(max_length=80)
    known_from = models.BigIntegerField(db_index=True)
    known_until = models.BigIntegerField(null=True, db_index=True)


class MembershipRow(Projected):
    """A membership."""

    id = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=20)
    member = models.CharField(max_length=60, db_index=True)
    collective = models.CharField(max_length=60, db_index=True)
    starts = models.DateField(db_index=True)
    ends = models.DateField(null=True, db_index=True)
    known_from = models.BigIntegerField(db_index=True)
    known_until = models.BigIntegerField(null=True, db_index=True)


class AccountRow(models.Model):
    """Somebody who can sign in (shell): a Django user, roles, and the parties it acts for or says it is."""

    id = models.CharField(primary_key=True, max_length=60)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="accord_account")
    roles = models.JSONField(default=list)
    parties = models.JSONField(default=list)
    claims = models.JSONField(default=list)
    demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()


class KeyRow(models.Model):
    """An API key (shell): found by its prefix, proven by the hash of its secret; the secret itself is kept nowhere."""

    prefix = models.CharField(primary_key=True, max_length=16)
    digest = models.CharField(max_length=64)
    account = models.ForeignKey(AccountRow, on_delete=models.CASCADE, related_name="keys")
    label = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    parties = models.JSONField(default=list)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class NameRow(models.Model):
    """Keyed hash of a folded name, in a sender's scope or everybody's (`""`) → party (shell, erasable)."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, db_index=True)
    party = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "party"], name="parties_name_once")]
