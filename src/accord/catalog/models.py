"""The tables of the catalogue, all made from facts. Versioned rows carry the position they were opened and closed at."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class Versioned(Projected):
    """A row that holds from one journal position until another; key `<id>@<position>`."""

    key = models.CharField(primary_key=True, max_length=90)
    known_from = models.BigIntegerField(db_index=True)
    known_until = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        abstract = True


class AssetRow(Versioned):
    """One version of an asset; `record` is its `records.Asset` as JSON, without the positions."""

    asset = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=12, db_index=True)
    title = models.TextField()
    label = models.CharField(max_length=60, null=True, db_index=True)
    delivered_by = models.CharField(max_length=60, null=True, db_index=True)
    held = models.BooleanField(default=False)
    demonstration = models.BooleanField(default=False)
    record = models.TextField()


class AssetIdentifierRow(Projected):
    """`scheme:value` → asset or release, one to one."""

    key = models.CharField(primary_key=True, max_length=200)
    asset = models.CharField(max_length=60, db_index=True)


class LineageRow(Projected):
    """child → parent, as it stands now; for asking downwards (stems of a recording, recordings of a work)."""

    key = models.CharField(primary_key=True, max_length=130)
    child = models.CharField(max_length=60, db_index=True)
    parent = models.CharField(max_length=60, db_index=True)


class CreditRow(Projected):
    """person → asset, as it stands now; for asking what somebody is credited on."""

    key = models.CharField(primary_key=True, max_length=160)
    party = models.CharField(max_length=60, db_index=True)
    asset = models.CharField(max_length=60, db_index=True)
    role = models.CharField(max_length=20)


class WorkTitleRow(Projected):
    """Folded title → work, for matching recordings by title and writers."""

    key = models.CharField(primary_key=True, max_length=160)
    title = models.CharField(max_length=64, db_index=True)  # SHA-256: titles have no bound, indexes do
    work = models.CharField(max_length=60)


class HintRow(Projected):
    """What a recording's delivery said about a work in it; `title` as in `WorkTitleRow`, `writers` sorted, by commas."""

    key = models.CharField(primary_key=True, max_length=80)
    recording = models.CharField(max_length=60, db_index=True)
    iswc = models.CharField(max_length=11, null=True, db_index=True)
    title = models.CharField(max_length=64, db_index=True)
    writers = models.TextField()


class EncodingRow(Projected):
    """The terms an encoding came under, as JSON."""

    asset = models.CharField(primary_key=True, max_length=60)
    terms = models.TextField()


class ClaimRow(Versioned):
    """One version of a claim."""

    claim = models.CharField(max_length=60, db_index=True)
    asset = models.CharField(max_length=60, db_index=True)
    right = models.CharField(max_length=8)
    claimant = models.CharField(max_length=60, db_index=True)
    share = models.CharField(max_length=60)
    territories = models.TextField()
    starts = models.DateField(db_index=True)
    ends = models.DateField(null=True, db_index=True)
    status = models.CharField(max_length=12, db_index=True)
    disputed = models.BooleanField(default=False)
    delivered_by = models.CharField(max_length=60, null=True)
    because = models.TextField(default="")


class ConflictRow(Versioned):
    """One version of a conflict: open, then resolved."""

    conflict = models.CharField(max_length=60, db_index=True)
    asset = models.CharField(max_length=60, db_index=True)
    right = models.CharField(max_length=8)
    territories = models.TextField()
    claims = models.TextField()
    total = models.CharField(max_length=60)
    deadline = models.DateTimeField()
    resolved = models.BooleanField(default=False)


class PublicDomainRow(Versioned):
    """A work nobody holds rights in, somewhere."""

    asset = models.CharField(max_length=60, db_index=True)
    territories = models.TextField()
    evidence = models.TextField()


class ReleaseRow(Projected):
    """A release; `tracks` joined by commas."""

    id = models.CharField(primary_key=True, max_length=60)
    title = models.TextField()
    icpn = models.CharField(max_length=20, null=True, db_index=True)
    grid = models.CharField(max_length=30, null=True)
    label = models.CharField(max_length=60, null=True)
    tracks = models.TextField()
    delivered_by = models.CharField(max_length=60, null=True, db_index=True)
    known_from = models.BigIntegerField()


class PermissionRow(Projected):
    """A DDEX Deal."""

    key = models.CharField(primary_key=True, max_length=90)
    release = models.CharField(max_length=60, db_index=True)
    delivery = models.CharField(max_length=60, db_index=True)
    territories = models.TextField()
    commercial_models = models.TextField()
    uses = models.TextField()
    starts = models.CharField(max_length=40, null=True)
    ends = models.CharField(max_length=40, null=True)
    known_from = models.BigIntegerField()


class DeliveryRow(Projected):
    """A message that was read in; `digest` makes reading it twice a thing of the past."""

    id = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=8)
    sender = models.CharField(max_length=60, db_index=True)
    message = models.CharField(max_length=200)
    digest = models.CharField(max_length=80, unique=True)
    envelope = models.CharField(max_length=80)
    counts = models.TextField()
    findings = models.TextField()
    at = models.DateTimeField()
    known_from = models.BigIntegerField()


class SaidRow(Projected):
    """What a sender's newest message about a thing was dated; key `<sender> <scheme>:<code>`."""

    key = models.CharField(primary_key=True, max_length=120)
    created = models.DateTimeField()
