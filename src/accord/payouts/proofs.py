"""Is this a party's statement, and was it paid what this says? Decided from the file and a trust file alone.

No database, no network, no Django. A payment proof is *proven* when all of this holds:
1. the checkpoint in it, one for all its parts, is signed by the trust file's journal key (C2SP signed note);
2. the fact that commits to the period's statements, and each payment's fact, stands under that checkpoint (RFC 9162
   inclusion of its salted commitment);
3. the statement's bytes are one of the statements committed to, in the place the file says;
4. statement and commitment are of one period, and every payment is to the statement's party in its currency, none twice.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeVar

import msgspec

from accord.journal.facts import NAMES, Fact, from_body
from accord.payouts.committing import stands
from accord.payouts.facts import AdvancePaid, PaymentMade, StatementsCommitted
from accord.payouts.records import SUMMARY
from accord.provenance.carried import Proof
from accord.provenance.showing import STEERING
from accord.provenance.trust import Trust
from accord.provenance.verify import Verdict, under_checkpoint
from accord.terms.money import text as amount
from accord.terms.refusal import BadInput

FORMAT = "accord.payment-proof/1"
ALWAYS = ("earned", "payable")  # of the sums; the others where they are not nothing
F = TypeVar("F", bound=Fact)
LATER = (
    "what was paid after the checkpoint is not in this file, and nothing shows that no payment was left out of it; "
    "that money arrived, the bank says, not this"
)


class PaymentProof(msgspec.Struct, frozen=True, kw_only=True):
    """A statement's own bytes as text, what opens its commitment (hex), and the facts with their proofs.

    `payments` were made to the party in the statement's currency, advances too, in the order of the journal.
    """

    format: str
    statement: str
    salt: str
    index: int
    path: tuple[str, ...]
    committed: Proof
    payments: tuple[Proof, ...]


class Payment(msgspec.Struct, frozen=True):
    """A payment or an advance, when it was written down, and at which position of the journal."""

    id: str
    at: str
    amount_micros: int
    position: int
    advance: bool


class Stated(msgspec.Struct, frozen=True):
    """What a statement says of itself; `summary` is its sums in micros."""

    statement: str
    party: str
    period: str
    currency: str
    summary: dict[str, int]


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict with its reasons, and what the file says (trustworthy only when it is `PROVEN`)."""

    verdict: Verdict
    because: tuple[str, ...] = ()
    statement: Stated | None = None
    statements: int = 0
    payments: tuple[Payment, ...] = ()
    origin: str = ""
    checkpoint_size: int = 0

    @property
    def proven(self) -> bool:
        """Whether the exit code is 0."""
        return self.verdict is Verdict.PROVEN


def looks_like_one(data: bytes) -> bool:
    """Whether a file is JSON, and so no sound: then it can only be a payment proof."""
    return data[:64].lstrip()[:1] == b"{"


def verify(data: bytes, trust: Trust | None) -> Proven:
    """Verify a payment proof. Raises: BadInput when it is not one at all."""
    try:
        proof = msgspec.json.decode(data, type=PaymentProof)
        if proof.format != FORMAT:
            raise BadInput(f"its format is `{proof.format}`, and this program reads `{FORMAT}`")
        stated = msgspec.json.decode(proof.statement, type=Stated, strict=False)  # sums are written as text
        committed = _fact(proof.committed, StatementsCommitted)
        payments = tuple(_payment(one, stated) for one in proof.payments)
        if any(a.position >= b.position for a, b in pairwise(payments)):
            raise BadInput("a payment in it is told twice, or out of order")
        opened = bytes.fromhex(proof.salt), [bytes.fromhex(digest) for digest in proof.path]
        root = bytes.fromhex(committed.root)
    except (msgspec.MsgspecError, KeyError, ValueError, BadInput, RecursionError) as error:
        why = error.what if isinstance(error, BadInput) else "it is not complete, or not well-formed"
        do = "make one with `accord pay statement PARTY PERIOD --proof`"
        raise BadInput("this is not a payment proof", why=why, do=do) from None
    broken = []
    if not stands(proof.statement.encode(), opened[0], proof.index, committed.statements, opened[1], root):
        broken.append("the statement is not one of those that the instance committed to")
    if stated.period != committed.period:
        broken.append(f"the statement is of {stated.period}, the commitment is to those of {committed.period}")
    if any(one.checkpoint != proof.committed.checkpoint for one in proof.payments):
        broken.append("its parts stand under different checkpoints")
    said = Proven(verdict=Verdict.INTACT, statement=stated, statements=committed.statements, payments=payments)
    return _judged(proof, trust, broken, said)


def _judged(proof: PaymentProof, trust: Trust | None, broken: list[str], said: Proven) -> Proven:
    if broken:
        return Proven(verdict=Verdict.NOT_PROVEN, because=tuple(broken))
    if trust is None:
        because = "it agrees with itself, but without a trust file nobody vouches for the journal it names"
        return msgspec.structs.replace(said, because=(because,))
    checkpoint, unproven = under_checkpoint(proof.committed, trust, "the commitment to the statements")
    for one, paid in zip(proof.payments, said.payments, strict=True):
        unproven += under_checkpoint(one, trust, f"payment {paid.id}")[1]
    if unproven or checkpoint is None:
        return Proven(verdict=Verdict.NOT_PROVEN, because=tuple(dict.fromkeys(unproven)))
    because = f"it is one of the {said.statements:,} statements that {checkpoint.origin} committed to"
    return msgspec.structs.replace(
        said,
        verdict=Verdict.PROVEN,
        because=(because,),
        origin=checkpoint.origin,
        checkpoint_size=checkpoint.size,
    )


def _fact(proof: Proof, kind: type[F]) -> F:
    told = proof.told()
    found = from_body(told.kind, told.version, told.body)
    if not isinstance(found, kind):
        raise BadInput(f"a fact in it is {told.kind}, which is not what belongs there")
    return found


def _payment(proof: Proof, stated: Stated) -> Payment:
    ahead = proof.told().kind == NAMES[AdvancePaid][0]
    found = _fact(proof, AdvancePaid) if ahead else _fact(proof, PaymentMade)
    if (found.party, found.currency) != (stated.party, stated.currency):
        raise BadInput(f"a payment in it is to {found.party} in {found.currency}, the statement is not")
    known = found.advance if isinstance(found, AdvancePaid) else found.payment
    return Payment(known, proof.told().at, found.amount_micros, proof.position, isinstance(found, AdvancePaid))


def lines(found: Proven) -> list[str]:
    """What the verifier prints: the verdict, the statement's sums, the payments, and what it does not say.

    As of released files: nothing in a file may end a line, move the cursor or turn the direction of reading.
    """
    return [STEERING.sub("�", line) for line in _lines(found)]


def _lines(found: Proven) -> list[str]:
    out = [f"{found.verdict.value.upper()}: {'; '.join(found.because)}"]
    stated = found.statement
    if stated is None:
        return out
    if not found.proven:
        out.append("the file says of itself:")
    out.append(f"statement {stated.statement} of {stated.party} for {stated.period}")
    for name in SUMMARY:
        micros = stated.summary.get(f"{name}_micros", 0)
        if micros or name in ALWAYS:
            out.append(f"{name.replace('_', ' ')}: {amount(micros)} {stated.currency}")
    for one in found.payments:
        what = "advance" if one.advance else "paid"
        out.append(f"{what}: {amount(one.amount_micros)} {stated.currency} ({one.id}, fact {one.position}, {one.at})")
    if not found.payments:
        out.append("paid: no payment is in this file")
    if found.proven:
        out.append(f"proven as of checkpoint {found.checkpoint_size} of {found.origin}")
    return [*out, LATER]
