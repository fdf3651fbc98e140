"""Payouts' tables, written by `project` alone."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class PeriodRow(Projected):
    """A closed period; `files` and `rules` are lines of `name hash`.

    `committed` is where its statements were committed to (0: before that was done), `commitments` what opens them.
    """

    period = models.CharField(max_length=8, primary_key=True)
    position = models.BigIntegerField()
    known = models.BigIntegerField()
    at = models.DateTimeField()
    order = models.CharField(max_length=20)
    files = models.TextField()
    rules = models.TextField()
    events = models.BigIntegerField()
    committed = models.BigIntegerField(default=0)
    commitments = models.CharField(max_length=80, default="")


class DraftRow(Projected):
    """The newest draft of a period, and who approved it; `body` is the draft's fact as JSON."""

    period = models.CharField(max_length=8, primary_key=True)
    draft = models.CharField(max_length=80)
    position = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    body = models.TextField()
    approved_by = models.CharField(max_length=80, default="")
    approved_at = models.DateTimeField(null=True)
    locked_by = models.CharField(max_length=80, default="")


class ReportRow(Projected):
    """What a close did in one currency; the key is `period|currency`, the body is the report's JSON."""

    key = models.CharField(max_length=20, primary_key=True)
    period = models.CharField(max_length=8, db_index=True)
    body = models.TextField()


class StatementRow(Projected):
    """A statement: where its bytes stand in the period's file, and its sums."""

    statement = models.CharField(max_length=120, primary_key=True)
    party = models.CharField(max_length=80, db_index=True)
    period = models.CharField(max_length=8, db_index=True)
    currency = models.CharField(max_length=3)
    file = models.CharField(max_length=80)
    start = models.BigIntegerField()
    length = models.BigIntegerField()
    digest = models.CharField(max_length=80)
    earned_micros = models.BigIntegerField()
    guarantee_micros = models.BigIntegerField()
    recouped_micros = models.BigIntegerField()
    escrow_micros = models.BigIntegerField()
    opening_micros = models.BigIntegerField()
    withheld_micros = models.BigIntegerField()
    payable_micros = models.BigIntegerField()
    carried_micros = models.BigIntegerField()


class PostingRow(Projected):
    """A posting; its entries sum to zero."""

    posting = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(db_index=True)
    text = models.CharField(max_length=400)
    currency = models.CharField(max_length=3)


class EntryRow(Projected):
    """One debit (positive) or credit (negative) of an account."""

    entry = models.CharField(max_length=60, primary_key=True)
    posting = models.CharField(max_length=40, db_index=True)
    position = models.BigIntegerField(db_index=True)
    account = models.CharField(max_length=600, db_index=True)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()


class DealEarnedRow(Projected):
    """What a party was given under a deal in a period, escrow included; the key is `close|period|deal|party|currency`.

    `close` is the period whose close gave it: the period itself, or a later one that adjusted it.
    """

    key = models.CharField(max_length=220, primary_key=True)
    period = models.CharField(max_length=8)
    deal = models.CharField(max_length=80, db_index=True)
    party = models.CharField(max_length=80, default="")
    currency = models.CharField(max_length=3, default="")
    position = models.BigIntegerField()
    amount_micros = models.BigIntegerField()


class AdvanceRow(Projected):
    """An advance that was paid."""

    advance = models.CharField(max_length=40, primary_key=True)
    deal = models.CharField(max_length=80, db_index=True)
    party = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class PaymentRow(Projected):
    """A payment that went out."""

    payment = models.CharField(max_length=40, primary_key=True)
    party = models.CharField(max_length=80, db_index=True)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
    run = models.CharField(max_length=40, default="", db_index=True)
    details = models.CharField(max_length=80, default="")
    paid_from = models.CharField(max_length=80, default="")


class AccountGivenRow(Projected):
    """An account that a party gave to be paid to: a reference into the private store, and what became of it."""

    position = models.BigIntegerField(primary_key=True)
    party = models.CharField(max_length=80, db_index=True)
    details = models.CharField(max_length=80, db_index=True)
    rule = models.CharField(max_length=8, default="")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=80, default="")
    stopped_at = models.DateTimeField(null=True)
    stopped_because = models.TextField(default="")


class EscrowRow(Projected):
    """An amount put into escrow at a close (`period|account`), or released from it (the release's id; negative).

    `deal` is the one that the money was earned under.
    """

    key = models.CharField(max_length=700, primary_key=True)
    account = models.CharField(max_length=600, db_index=True)
    claims = models.CharField(max_length=500)
    party = models.CharField(max_length=80)
    deal = models.CharField(max_length=80, default="")
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class RatesRow(Projected):
    """One version of a rate table for a period; `body` has a line `currency n/d` for each rate."""

    rates = models.CharField(max_length=40, primary_key=True)
    table = models.CharField(max_length=40, db_index=True)
    period = models.CharField(max_length=8, db_index=True)
    version = models.IntegerField()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=200)
    on = models.CharField(max_length=10)
    body = models.TextField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)


class RedistributedRow(Projected):
    """What was taken of an asset's unmatched money when it was given out; the key is `redistribution|number`."""

    key = models.CharField(max_length=60, primary_key=True)
    redistribution = models.CharField(max_length=40)
    asset = models.CharField(max_length=80, db_index=True)
    feature = models.CharField(max_length=60)
    period = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
