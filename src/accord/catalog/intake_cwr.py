"""A CWR transmission as a plan for the catalogue (pure).

Claims are those of the parties that the sender controls (SPU, SWR), by what they collect where (SPT, SWT); see `cwr.claims`.
OPU and OWR parties are named as writers and publishers and claim nothing here. A version (MOD) points to its original by
the VER record (CWR 2.2: title in columns 1 to 60 behind the prefix, ISWC in the 11 that follow).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from accord.catalog.cwr.claims import claims
from accord.catalog.cwr.records import PUBLIC_DOMAIN, CwrTransmission, Publisher, Work, Writer
from accord.catalog.facts import WorkHint
from accord.catalog.intake import ClaimGiven, Plan, WorkGiven
from accord.catalog.records import Credit
from accord.parties.records import Given, Identifier, PartyKind
from accord.terms.identifiers import ipi, iswc
from accord.terms.refusal import BadInput
from accord.terms.right import Right

RIGHTS = {"pr": Right.PR, "mr": Right.MR, "sr": Right.SR}


def plan(transmission: CwrTransmission) -> Plan:
    """The plan. Raises: BadInput as `cwr.claims` does, and where one number or code of the file means two things."""
    _refuse_two_meanings(transmission)
    works = tuple(_work(work, number) for number, work in enumerate(transmission.works))
    return Plan(
        kind="cwr",
        message=f"{transmission.sender} {transmission.created.isoformat()}",
        created=transmission.created,
        sender=_sender(transmission),
        parties=tuple(_parties(transmission)),
        controlled=tuple(dict.fromkeys(_key(w) for work in transmission.works for w in work.writers if w.controlled)),
        works=works,
        findings=tuple(_remarks(transmission)),
        counts=_counts(transmission),
    )


def _refuse_two_meanings(transmission: CwrTransmission) -> None:
    parties: dict[str, Publisher | Writer] = {}
    for work in transmission.works:
        for party in (party for party in _named(work) if party.ip):
            other = parties.setdefault(party.ip, party)
            if _differ(party, other):
                who = f"`{_name(other)}` and `{_name(party)}`"
                do = "give each party a number of its own"
                raise BadInput(f"the party number `{party.ip}` names two", f"work `{work.title}`", who, do)
    for group in transmission.groups:
        for scheme in ("number", "iswc"):
            given = [code for work in group.works if (code := getattr(work, scheme))]
            if twice := [code for code, times in Counter(given).items() if times > 1]:
                label = "ISWC" if scheme == "iswc" else "work number"
                do = "register each work once, under its own"
                raise BadInput(f"the {label} `{twice[0]}` names two works of one group", do=do)


def _differ(one: Publisher | Writer, other: Publisher | Writer) -> bool:
    """Whether two entries cannot be one party: by kind, by IPI, or without IPIs by name."""
    if isinstance(one, Publisher) is not isinstance(other, Publisher):
        return True
    if one.ipi and other.ipi:
        return ipi.compact(one.ipi) != ipi.compact(other.ipi)
    return _name(one) != _name(other)


def _sender(transmission: CwrTransmission) -> Given:
    if ipi.is_valid(transmission.sender):
        identifier = Identifier("ipi", ipi.compact(transmission.sender))
    else:
        identifier = Identifier("own:cisac-society", transmission.sender)
    kind = PartyKind.PUBLISHER if transmission.sender_type == "PB" else PartyKind.COLLECTIVE
    return Given(name=transmission.sender_name or transmission.sender, kind=kind, identifiers=(identifier,))


def _parties(transmission: CwrTransmission) -> Iterator[tuple[str, Given]]:
    seen = set()
    for work in transmission.works:
        for party in _named(work):
            if _key(party) not in seen:
                seen.add(_key(party))
                yield _key(party), _given(transmission, party, work.demonstration)


def _named(work: Work) -> list[Publisher | Writer]:
    """Whom it names; the writer of what is public domain is nobody."""
    return [p for p in _everybody(work) if not p.unknown and _name(p) not in ("", PUBLIC_DOMAIN)]


def _given(transmission: CwrTransmission, party: Publisher | Writer, demonstration: bool) -> Given:
    identifiers = [Identifier("ipi", ipi.compact(party.ipi))] if party.ipi else []
    if party.ip:
        identifiers.append(Identifier(f"own:{transmission.sender}", party.ip))
    kind = PartyKind.PUBLISHER if isinstance(party, Publisher) else PartyKind.PERSON
    return Given(name=_name(party), kind=kind, identifiers=tuple(identifiers), demonstration=demonstration)


def _key(party: Publisher | Writer) -> str:
    """The sender's own number where it gives one; else the IPI or the name."""
    return f"ip {party.ip}" if party.ip else f"ipi {party.ipi}" if party.ipi else f"name {_name(party)}"


def _name(party: Publisher | Writer) -> str:
    if isinstance(party, Publisher):
        return party.name
    return f"{party.first_name} {party.last_name}".strip()


def _work(work: Work, number: int) -> WorkGiven:
    keys = {party.ip: _key(party) for party in _named(work)}
    return WorkGiven(
        reference=f"{number} {work.number}",
        title=work.title,
        iswc=iswc.compact(work.iswc) if work.iswc else None,
        number=work.number or None,
        credits=tuple(dict.fromkeys(Credit(_key(w), "writer") for w in _named(work) if isinstance(w, Writer))),
        claims=tuple(
            ClaimGiven(right=RIGHTS[c.right], party=keys[c.ip], share=c.share, territories=c.territories)
            for c in claims(work)
        ),
        arranges=_original(work),
        recordings=work.isrcs,
        demonstration=work.demonstration,
    )


def _original(work: Work) -> WorkHint | None:
    for record in work.others:
        if record.kind == "VER" and work.version == "MOD":
            number = record.text[60:71].strip()
            return WorkHint(iswc=number if iswc.is_valid(number) else None, title=record.text[:60].strip())
    return None


def _counts(transmission: CwrTransmission) -> tuple[tuple[str, int], ...]:
    works = transmission.works
    return (
        ("groups", len(transmission.groups)),
        ("works", len(works)),
        ("publishers", sum(len(work.publishers) for work in works)),
        ("writers", sum(len(work.writers) for work in works)),
        ("recordings named", sum(len(work.recordings) for work in works)),
    )


def _everybody(work: Work) -> list[Publisher | Writer]:
    return [*work.publishers, *work.writers]


def _remarks(transmission: CwrTransmission) -> Iterator[str]:
    for work in transmission.works:
        where = f"work {work.number or work.title}"
        if not work.iswc:
            yield f"{where}: no ISWC is given, so recordings are matched by title and writers"
        if unknown := [party for party in _everybody(work) if party.unknown]:
            yield f"{where}: {len(unknown)} interested parties are unknown to the sender"
