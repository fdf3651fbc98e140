"""Payments as an ISO 20022 customer credit transfer, pain.001.001.09: one file for each currency (pure).

Elements go by the names of the message. The same payments give the same bytes: the message's id is made of what is in it,
and its instant is that of the payment run.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
from lxml import etree
from lxml.builder import ElementMaker

from accord.payouts.banking import BankAccount
from accord.payouts.order import minor_units
from accord.terms.instant import Instant
from accord.terms.money import text

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
MAKE: Any = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
SEPA = "EUR"


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One payment: whole minor units to an account."""

    payment: str
    to: BankAccount
    amount_micros: int


def pain(run: str, currency: str, at: Instant, payer: BankAccount, transfers: Sequence[Transfer]) -> tuple[str, bytes]:
    """(file name, content) of a run's payments in one currency, in the order of their ids."""
    ordered = sorted(transfers, key=lambda one: one.payment)
    said = "|".join(f"{one.payment} {one.to} {one.amount_micros}" for one in ordered)
    key = sha256(f"{run}|{currency}|{at.isoformat()}|{payer}|{said}".encode()).hexdigest()[:8]
    message = f"{_id(run)}-{currency}-{key}"
    tree = MAKE.Document(
        MAKE.CstmrCdtTrfInitn(
            _header(message, currency, at, payer, ordered), _payments(message, currency, at, payer, ordered)
        )
    )
    content: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return f"pain.001-{message}.xml", content


def _header(message: str, currency: str, at: Instant, payer: BankAccount, transfers: Sequence[Transfer]) -> Any:
    return MAKE.GrpHdr(
        MAKE.MsgId(message),
        MAKE.CreDtTm(f"{at:%Y-%m-%dT%H:%M:%SZ}"),
        *_counts(currency, transfers),
        MAKE.InitgPty(MAKE.Nm(payer.holder)),
    )


def _counts(currency: str, transfers: Sequence[Transfer]) -> tuple[Any, Any]:
    whole = sum(one.amount_micros for one in transfers)
    return MAKE.NbOfTxs(str(len(transfers))), MAKE.CtrlSum(_amount(whole, currency))


def _payments(message: str, currency: str, at: Instant, payer: BankAccount, transfers: Sequence[Transfer]) -> Any:
    within = [MAKE.PmtTpInf(MAKE.SvcLvl(MAKE.Cd("SEPA")))] if currency == SEPA else []
    return MAKE.PmtInf(
        MAKE.PmtInfId(f"{message}-1"),
        MAKE.PmtMtd("TRF"),
        MAKE.BtchBookg("true"),
        *_counts(currency, transfers),
        *within,
        MAKE.ReqdExctnDt(MAKE.Dt(f"{at:%Y-%m-%d}")),
        MAKE.Dbtr(MAKE.Nm(payer.holder)),
        MAKE.DbtrAcct(MAKE.Id(MAKE.IBAN(payer.iban))),
        MAKE.DbtrAgt(_bank(payer)),
        MAKE.ChrgBr("SLEV" if currency == SEPA else "SHAR"),
        *(_transfer(currency, one) for one in transfers),
    )


def _transfer(currency: str, one: Transfer) -> Any:
    bank = [MAKE.CdtrAgt(_bank(one.to))] if one.to.bic else []
    return MAKE.CdtTrfTxInf(
        MAKE.PmtId(MAKE.EndToEndId(_id(one.payment))),
        MAKE.Amt(MAKE.InstdAmt(_amount(one.amount_micros, currency), Ccy=currency)),
        *bank,
        MAKE.Cdtr(MAKE.Nm(one.to.holder)),
        MAKE.CdtrAcct(MAKE.Id(MAKE.IBAN(one.to.iban))),
        MAKE.RmtInf(MAKE.Ustrd(f"Royalties, {_id(one.payment)}")),
    )


def _bank(account: BankAccount) -> Any:
    if account.bic:
        return MAKE.FinInstnId(MAKE.BICFI(account.bic))
    return MAKE.FinInstnId(MAKE.Othr(MAKE.Id("NOTPROVIDED")))


def _amount(amount_micros: int, currency: str) -> str:
    return text(amount_micros, minor_units(currency)).replace(",", "")


def _id(ours: str) -> str:
    """Ids in payments hold no underscore."""
    return ours.replace("_", "-")
