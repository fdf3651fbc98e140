"""Before the first chapter: the parties, who belongs to whom, and the accounts of the sign-in page."""

from __future__ import annotations

import json

from accord.demo.people import Cast, cast
from accord.demo.stage import ACTOR, Stage, day
from accord.parties import actions as parties
from accord.parties.viewer import Role
from accord.terms.use import Use

PASSWORD = "a-demonstration"  # noqa: S105 - of a demo home alone, shown on its sign-in page
AT = day("2026-04-20")
KINDS = {"major": "label", "label": "label", "collective": "collective", "distributor": "distributor"}


def register(stage: Stage) -> None:
    """Register everybody; `kept`: cast, party (key → id), account (key → id)."""
    people = cast()
    found: dict[str, str] = {}
    with stage.working("registering parties") as bar:
        for number, (key, kind, name, identifiers) in enumerate(_everybody(people)):
            found[key] = parties.register_party(kind, name, identifiers, at=AT, actor=ACTOR, demonstration=True)
            bar(number + 1, 60)
    stage.kept |= {"cast": people, "party": found}
    _belong(people, found)
    stage.kept["account"] = _accounts(stage, people, found)


def _everybody(people: Cast) -> list[tuple[str, str, str, dict[str, str]]]:
    rows = []
    for company in people.companies.values():
        identifiers = {"dpid": company.dpid} | ({"ipi": company.ipi} if company.ipi else {})
        rows.append((company.key, KINDS.get(company.kind, company.kind), company.name, identifiers))
    for person in (*people.performers.values(), *people.writers.values()):
        identifiers = {"isni": person.isni} | ({"ipi": person.ipi} if person.ipi else {})
        rows.append((person.key, "person", person.name, identifiers))
    rows.append(("robin", "person", "Robin Okafor-Lund", {}))
    rows.append(("sam", "person", "Sam Whitlock", {}))
    rows.append(("manager", "organisation", "Quayside Artist Management", {}))
    rows.append(("tove", "person", "Tove Marchbank", {}))
    return rows


def _belong(people: Cast, party: dict[str, str]) -> None:
    """Labels join the collective, artists the distributor, writers their publisher; one singer has a manager."""
    for member in people.companies["commonhall"].members:
        parties.join_collective(party[member], party["commonhall"], at=AT, actor=ACTOR, kind="collective")
    for artist in people.companies["openhand"].members:
        parties.join_collective(party[artist], party["openhand"], at=AT, actor=ACTOR, kind="distribution")
    for writer, publisher in people.publisher_of.items():
        parties.join_collective(party[writer], party[publisher], at=AT, actor=ACTOR, kind="administration")
    parties.register_mandate(
        party["manager"],
        party["sable-harbour"],
        [Use.TRAIN, Use.REMIX],
        "management agreement of 3 March 2026, clause 4",
        AT.date(),
        at=AT,
        actor=ACTOR,
    )


def _accounts(stage: Stage, people: Cast, party: dict[str, str]) -> dict[str, str]:
    """Accounts of people and companies (verified), and of the platform's own people; the sign-in page lists some."""
    shown = []
    accounts = {}
    theirs = [*people.performers, *people.writers]
    with stage.working("opening accounts", len(theirs) + 20) as bar:
        for number, key in enumerate([*theirs, *people.companies]):
            role = Role.ARTIST if key in theirs else Role.RIGHTSHOLDER
            email = f"{key}@demo.example"
            accounts[key] = parties.open_account(email, PASSWORD, [role], [party[key]], at=AT, demonstration=True)
            method = "a video call and a document" if key in theirs else "the company's signed authority"
            parties.verify_identity(party[key], accounts[key], method, "seen for the demonstration", at=AT, actor=ACTOR)
            bar(number + 1)
    for key, title, about, roles, acts_for in _office():
        parties_of = [party[acts_for]] if acts_for else []
        accounts[key] = parties.open_account(
            f"{key}@demo.example", PASSWORD, roles, parties_of, at=AT, demonstration=True
        )
        shown.append((key, title, about))
    for key in ("robin", "sam", "tove"):
        parties.verify_identity(
            party[key], accounts[key], "an e-mail link", "seen for the demonstration", at=AT, actor=ACTOR
        )
    shown[0:0] = [
        ("ilse-varga", "An artist", "Ilse Varga: choose what may be done with her recordings, see her money"),
        ("adela-fenwick", "A songwriter", "Adela Fenwick: choose what may be done with her works"),
        ("aurelia", "A label", "Aurelia Music Group: catalogue, deals, statements"),
        ("larkspur", "A publisher", "Larkspur Songs: works, deals, statements"),
    ]
    listed = [
        {"email": f"{key}@demo.example", "password": PASSWORD, "title": title, "about": about}
        for key, title, about in shown
    ]
    (stage.home / "demonstration.json").write_text(json.dumps({"accounts": listed}, indent=2, ensure_ascii=False))
    return accounts


def _office() -> list[tuple[str, str, str, list[Role], str]]:
    """(key, title, about, roles, party acted for) of creators and of the platform's own people."""
    return [
        ("robin", "A creator", "Robin makes things in the studio", [Role.CREATOR], "robin"),
        ("sam", "Another creator", "Sam, whose copy was caught", [Role.CREATOR], "sam"),
        ("tove", "A third creator", "Tove, who remixed what Robin made", [Role.CREATOR], "tove"),
        ("licensing", "Licensing", "the deal desk", [Role.LICENSING], ""),
        ("legal", "Legal", "approves deals, signs off features", [Role.LEGAL], ""),
        ("product", "Product", "approves deals, signs off features", [Role.PRODUCT], ""),
        ("reviewer", "Trust & safety", "reads cases", [Role.TRUST], ""),
        ("second-reader", "Trust & safety, second reader", "decides appeals", [Role.TRUST], ""),
        ("comms", "Communications", "signs off features", [Role.COMMS], ""),
        ("finance", "Finance", "closes periods, sees every statement", [Role.FINANCE], ""),
        ("machine", "The platform's services", "send usage over HTTP", [Role.MACHINE], ""),
    ]
