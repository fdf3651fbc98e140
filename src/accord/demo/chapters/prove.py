"""Chapters 13 and 14: the figures; the journal verified and the tables made again from it, byte for byte."""

from __future__ import annotations

from hashlib import sha256

from accord.catalog import queries as catalog
from accord.demo.stage import Stage
from accord.integrity import queries as integrity
from accord.journal import actions as journal
from accord.journal import queries as journal_queries
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.payouts import proofs, proving
from accord.payouts import queries as payouts
from accord.provenance.queries import trust
from accord.terms.money import text


def prove(stage: Stage) -> None:
    """Recompute the tree; drop every table of facts and get the same rows and statements."""
    journal.publish()
    with stage.working("recomputing the tree") as bar:
        verdict = journal.verify(bar)
    stage.kept["verdict"] = verdict
    stage.say(f"{verdict.size:,} facts, {verdict.checkpoints} signed checkpoints, root {verdict.root[:16]}…: " +
              ("verified" if not verdict.faults else "; ".join(verdict.faults)))  # fmt: skip
    _payments(stage)
    before, statements = journal_queries.table_digest(), _statements()
    with stage.working("rebuilding every table") as bar:
        journal.rebuild(bar)
    changed = [table for table, digest in journal_queries.table_digest().items() if before[table] != digest]
    same = not changed and statements == _statements()
    stage.kept["rebuilt"] = same
    stage.say(
        f"{len(before)} tables dropped and made again from the facts: every row and all {len(statements)} statements the same, byte for byte"
        if same
        else f"DIFFERENT after rebuild: {', '.join(changed) or 'statements'}"
    )


def _payments(stage: Stage) -> None:
    """The largest statement, proven by its party from a file and the trust file alone."""
    head = max(payouts.statements(SYSTEM), key=lambda one: one.payable_micros)
    name, content = proving.proof(SYSTEM, head.id)
    file = stage.home / "proofs" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    found = proofs.verify(content, trust())
    stage.kept["payments_proven"] = found.proven
    who, trusted = parties.names([head.party])[head.party], stage.home / "trust.json"
    stage.say(
        f"{who} proves its statement of {head.period} from a file: {found.verdict.value}, one of {found.statements}, "
        f"with {len(found.payments)} of its payments; nobody else's money is in it"
    )
    stage.say(f"try: accord verify {file} --trust {trusted}")


def _statements() -> dict[str, str]:
    return {head.id: sha256(payouts.statement_text(SYSTEM, head.id)).hexdigest() for head in payouts.statements(SYSTEM)}


def last_lines(stage: Stage) -> None:
    """What the demonstration leaves, in figures."""
    stats, verdict, balance = catalog.stats(), stage.kept["verdict"], stage.kept["balance"]
    cleared = stage.kept["cleared"]
    top = sorted(stage.kept["reasons"].items(), key=lambda pair: -pair[1])[:3]
    found = integrity.cases(SYSTEM)
    held = all(stage.kept[name] for name in ("rebuilt", "whole", "payments_proven"))
    proven = not verdict.faults and balance.balanced and held
    stage.kept["proven"] = proven
    stage.console.print()
    for name, value in (
        ("works", f"{stats['works']:,}"),
        ("recordings", f"{stats['recordings']:,} with {stats['stems']:,} stems"),
        (
            "cleared / refused",
            f"{cleared['cleared']:,} / {cleared['refused']:,}, top reasons: " + ", ".join(f"{c} {n}" for c, n in top),
        ),
        ("creations", f"{len(stage.kept['creations'])} released in {3 * len(stage.kept['creations'])} files"),
        ("cases", f"{len(found)}, {sum(case.readings != () for case in found)} read"),
        ("statements", f"{len(stage.kept['statements'])}"),
        ("debits == credits", f"{text(balance.debits_micros)} == {text(balance.credits_micros)}"),
        ("journal", f"{verdict.size:,} facts, root {verdict.root}"),
        ("verified", "yes" if proven else "NO"),
    ):
        stage.console.print(f"   {name:<18} {value}", markup=False)
