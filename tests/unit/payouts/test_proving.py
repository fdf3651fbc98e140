"""A party proves its own payments: the proof against a trust file, and everything that must not pass for one."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.payouts.house import ACTOR, CLOSING, story_6

from accord.cli.__main__ import run
from accord.journal.note import verifier_key
from accord.parties.viewer import Role, Viewer
from accord.payouts import actions, proving, queries
from accord.payouts.committing import committed, opening, root, stands
from accord.payouts.models import PeriodRow
from accord.payouts.proofs import lines, verify
from accord.provenance.queries import trust
from accord.provenance.trust import dumps, loads
from accord.terms.refusal import BadInput, NotThere

FINANCE = Viewer(account="acc_9", roles=frozenset({Role.FINANCE}))


@given(st.lists(st.binary(max_size=9), max_size=20), st.data())
def test_each_statement_opens_by_itself_and_none_in_another_place(statements, data):
    """Conservation of proof: each statement stands where it is, and nowhere else; another text stands nowhere."""
    kept = committed((bytes([n]) * 32, text) for n, text in enumerate(statements))
    size = len(statements)
    if not size:
        return
    here = data.draw(st.integers(0, size - 1))
    salt, path = opening(kept, here)
    assert stands(statements[here], salt, here, size, path, root(kept))
    assert not any(stands(statements[here], salt, n, size, path, root(kept)) for n in range(size) if n != here)
    assert not stands(statements[here] + b" ", salt, here, size, path, root(kept))
    assert not stands(salt[-1:] + statements[here], salt[:-1], here, size, path, root(kept))
    if size > 1:
        assert not stands(statements[here], salt, here, size, path[:-1], root(kept))


@pytest.fixture(scope="module")
def kept():
    """Proofs of story 6 as they were handed out once, which must be proven for good, with the trust file of then."""
    files = {
        file.name.split(".")[0]: json.loads(file.read_bytes()) for file in (Path(__file__).parent / "proven").iterdir()
    }
    return {"trust": loads(json.dumps(files.pop("trust")).encode()), "proofs": files}


@pytest.fixture
def closed(db, home):
    """Story 6 closed, its advance and payments out: name → id, name → statement."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    actions.pay(CLOSING + timedelta(days=1), ACTOR)
    heads = {head.party: head.id for head in queries.statements(FINANCE)}
    return ids, {name: heads[party] for name, party in ids.items() if party in heads}


def judged(document, trust):
    return verify(json.dumps(document).encode(), trust)


def proof_of(kept, name):
    return json.loads(json.dumps(kept["proofs"][name]))  # a copy, to spoil


def test_each_party_proves_its_own_and_learns_nobody_elses(closed, tmp_path, capsys):
    """Every statement is proven from its file and the trust file; it is handed to its party, and names no other."""
    ids, heads = closed
    proofs = {name: proving.proof(FINANCE, head)[1] for name, head in heads.items()}
    for name, text in proofs.items():
        found = verify(text, trust())
        assert found.proven and found.statement.party == ids[name] and found.statements == len(heads)
        assert not [other for other in heads if other != name and ids[other].encode() in text]
    own = Viewer(account="acc_2", parties=frozenset({ids["P1"]}), roles=frozenset({Role.RIGHTSHOLDER}))
    assert proving.proof(own, heads["P1"])[1] == proofs["P1"]
    with pytest.raises(NotThere):
        proving.proof(own, heads["L1"])
    _the_command_and_the_verifier_agree(ids["L1"], tmp_path, capsys)
    PeriodRow.objects.update(committed=0, commitments="")  # as in homes that locked it before there were commitments
    with pytest.raises(NotThere, match="before statements could be proven"):
        proving.proof(FINANCE, heads["L1"])


def _the_command_and_the_verifier_agree(party, folder, capsys):
    assert run(["pay", "statement", party, "2026-Q3", "--proof", "--to", str(folder)]) == 0
    file, trusted = next(folder.glob("*.proof.json")), folder / "trust.json"
    trusted.write_bytes(dumps(trust()))
    assert run(["verify", str(file), "--trust", str(trusted)]) == 0
    assert "payable: 262.50 EUR" in capsys.readouterr().out
    file.write_text(file.read_text().replace("262500000", "962500000"))
    assert run(["verify", str(file), "--trust", str(trusted)]) == 3
    file.write_text("{}")
    assert run(["verify", str(file)]) == 2


def test_it_says_what_was_paid(kept):
    """L1 was paid 262.50, L2 an advance of 100."""
    paid = judged(proof_of(kept, "L1"), kept["trust"])
    assert paid.proven and [(one.amount_micros, one.advance) for one in paid.payments] == [(262_500_000, False)]
    ahead = judged(proof_of(kept, "L2"), kept["trust"])
    assert ahead.proven and [(one.amount_micros, one.advance) for one in ahead.payments] == [(100_000_000, True)]
    assert any("advance: 100.00" in line for line in lines(ahead))


def test_a_file_without_payments_claims_nothing_of_them(kept):
    """What was left out of a file nobody sees: the verifier says what it holds, and that."""
    found = judged(proof_of(kept, "L1") | {"payments": []}, kept["trust"])
    assert found.proven and "paid: no payment is in this file" in lines(found) and "left out" in lines(found)[-1]


def test_without_a_trust_file_nobody_vouches(kept):
    found = judged(proof_of(kept, "L1"), None)
    assert found.verdict == "intact, signer unknown" and "the file says of itself:" in lines(found)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda d, o: d.update(statement=d["statement"].replace("262500000", "962500000")), "not one of those"),
        (lambda d, o: d.update(index=d["index"] ^ 1), "not one of those"),
        (lambda d, o: d.update(salt="00" * 32), "not one of those"),
        (lambda d, o: d.update(statement=o["statement"], payments=[]), "not one of those"),
        (lambda d, o: d["committed"].update(position=1), "not in the journal"),
        (
            lambda d, o: d["payments"][0].update(canonical=d["payments"][0]["canonical"].replace("262", "962")),
            "payment",
        ),
        (
            lambda d, o: d["payments"][0].update(checkpoint=d["payments"][0]["checkpoint"] + "\n"),
            "different checkpoints",
        ),
        (lambda d, o: d["committed"].update(checkpoint=d["committed"]["checkpoint"].replace("/", "!")), "checkpoint"),
    ],
)
def test_what_was_changed_is_not_proven(kept, spoil, says):
    document = proof_of(kept, "L1")
    spoil(document, proof_of(kept, "P1"))
    found = judged(document, kept["trust"])
    assert not found.proven and says in " ".join(found.because)


def test_another_instance_s_trust_file_does_not_prove_it(kept):
    key = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    other = msgspec.structs.replace(kept["trust"], journal=verifier_key(kept["trust"].origin, key))
    assert not judged(proof_of(kept, "L1"), other).proven


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d, o: d.pop("salt"),
        lambda d, o: d.update(payments=[d["committed"]]),
        lambda d, o: d.update(committed=d["payments"][0]),
        lambda d, o: d.update(payments=o["payments"]),
        lambda d, o: d["payments"].append(d["payments"][0]),
        lambda d, o: d.update(format="accord.payment-proof/2"),
        lambda d, o: d.update(statement="{}"),
        lambda d, o: d.update(salt="zz"),
        lambda d, o: d["committed"].update(canonical="[" * 100_000),
    ],
)
def test_what_is_no_payment_proof_is_said_to_be_none(kept, spoil):
    """A missing part, a fact that does not belong there, a payment of somebody else or told twice, endless nesting."""
    document = proof_of(kept, "L1")
    spoil(document, proof_of(kept, "P1"))
    with pytest.raises(BadInput, match="not a payment proof"):
        judged(document, kept["trust"])


@given(data=st.data())
def test_no_changed_byte_of_a_statement_or_a_proof_passes(kept, data):
    """One character of any proof changed: not proven, or no payment proof; it never passes with other content."""
    document = kept["proofs"]["L1"]
    text = json.dumps(document)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda c: c != text[at]))
    try:
        found = verify((text[:at] + other + text[at + 1 :]).encode(), kept["trust"])
    except BadInput:
        return
    before = judged(document, kept["trust"])
    assert not found.proven or (found.statement, found.payments) == (before.statement, before.payments)
