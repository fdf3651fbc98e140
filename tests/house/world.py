"""Two parties that have everything the house can hold, side by side, for law 10. All of it made through the real doors.

Each side has a label, a publisher, a performer, a writer and a creator, for whom one account acts; each has its own works,
recordings, claims, deals, choices, a session with takes, creations, a release, uploads, a case, a seal and statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from accord.attribution import actions as attribution
from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.catalog import queries as assets
from accord.clearance import actions as clearance
from accord.clearance import queries as clearances
from accord.deals import actions as deals
from accord.governance import actions as governance
from accord.integrity import actions as integrity
from accord.integrity import queries as cases
from accord.integrity.facts import VoiceProtected
from accord.integrity.voices import METHOD
from accord.journal.actions import writing
from accord.metering import actions as metering
from accord.participation import actions as participation
from accord.parties import accounts
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.payouts import accounts as bank_accounts
from accord.payouts import actions as payouts
from accord.payouts import queries as statements
from accord.provenance import actions as provenance
from accord.provenance import remixes
from accord.studio import actions as studio
from accord.studio import concepts
from accord.studio.records import RemixSource
from accord.terms.refusal import Refused
from accord.terms.right import Right
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import actions as training
from accord.training import outsiders
from accord.training.outside import licence
from accord.vault import actions as vault
from accord.vault import private
from tests.unit.catalog import messages
from tests.unit.studio import world as base
from tests.unit.studio.scores import tune

ACTOR = base.ACTOR
CLOSING = datetime(2026, 10, 5, 9, tzinfo=UTC)
#: Roles of people outside, who act for parties; the others are the platform's.
OUTSIDE = (Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER)
#: What anybody may know once a creation is released, because its credentials say so.
SAID_BY_A_RELEASE = frozenset(
    {
        *("label", "publisher", "nina", "walt", "fan"),
        *(
            "work",
            "recording",
            "deal",
            "deal publisher",
            "choice",
            "choice walt",
            "council",
            "released",
            "release",
            "its take",
            "its decision",
        ),
    }
)


@dataclass(repr=False)
class Side(base.World):
    """One of the two: ids by name, and whatever else was made for it."""

    name: str = ""
    account: str = ""
    sound: bytes = b""
    message: bytes = b""
    clock: base.World = field(default_factory=base.World)

    def now(self) -> datetime:
        """The next minute of the clock that both sides share."""
        return self.clock.now()

    @property
    def surname(self) -> str:
        """Stands in each name and title of the side, so that none of them is shown to another unnoticed."""
        return {"a": "Alder", "b": "Birch"}[self.name]

    @property
    def parties(self) -> tuple[str, ...]:
        """Those the side's account acts for."""
        return tuple(self[name] for name in ("label", "publisher", "nina", "walt", "fan"))

    @property
    def viewer(self) -> Viewer:
        """The side as it sees things."""
        return Viewer(self.account, frozenset(self.parties), frozenset({Role.PUBLIC, *OUTSIDE}))

    def secrets(self) -> set[str]:
        """What no other party may be shown: every id, and the word in every name and title."""
        return {*self.ids.values(), self.surname}

    def unreleased(self) -> set[str]:
        """What the public may not be shown: all that is not said by a release."""
        words = {f"{word} by {self.surname}" for word in ("Unheard", "Unsigned", "Mine")}
        return words | {found for key, found in self.ids.items() if key not in SAID_BY_A_RELEASE}


@dataclass(frozen=True, repr=False)
class Caller:
    """Somebody who calls in one role: by key the API, signed in the pages."""

    name: str
    role: Role | None
    account: str
    prefix: str
    api: Client
    browser: Client
    side: Side | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(repr=False)
class House:
    """The two sides, and a caller for each role."""

    a: Side
    b: Side
    callers: dict[tuple[str, Role | None], Caller] = field(default_factory=dict)

    def as_a(self, role: Role) -> Caller:
        """In this role: A's own account, or the platform's."""
        return self.callers["a" if role in OUTSIDE else "", role]

    def as_b(self, role: Role) -> Caller:
        """The same role, acting for B."""
        return self.callers["b", role]

    @property
    def nobody(self) -> Caller:
        """Not signed in."""
        return self.callers["", None]


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def build() -> House:
    """Everything, for both sides."""
    clock = base.World()
    house = House(_side("a", clock), _side("b", clock))
    base.open_feature(clock, "blend", Use.REMIX)
    base.open_feature(clock, "compose", Use.TRAIN)
    for side in (house.a, house.b):
        _agreed(side)
    for feature in ("blend", "compose"):
        base.launch(clock, feature)
    integrity.index_recordings([house.a["recording"], house.b["recording"]], clock.now(), ACTOR)
    for side in (house.a, house.b):
        _made(side)
        _outside(side)
        _said(side)
    _paid(house)
    _known_to_staff(house.a)
    _callers(house)
    return house


def _side(name: str, clock: base.World) -> Side:
    """Parties with an account, a work, a recording, a score and their claims."""
    side = Side(name=name, clock=clock)
    for who, kind in (("label", "label"), ("publisher", "publisher"), ("nina", "person"), ("walt", "person"),
                      ("fan", "person"), ("spare", "person"), ("collective", "collective")):  # fmt: skip
        called = f"{who.title()} {side.surname}"
        side.ids[who] = parties.register_party(kind, called, at=side.now(), actor=ACTOR, demonstration=True)
    side.account = accounts.open_account(
        f"{name}@example.org", "correct horse battery staple", [*OUTSIDE], side.parties, at=side.now()
    )
    side.ids["account"] = side.account
    side.ids["work"] = base.work(side, f"Work by {side.surname}")
    notes = tune(120 if name == "a" else 92, "C major", 1 if name == "a" else 2, bars=5)
    side.ids["recording"] = base.recording(side, f"Air by {side.surname}", "work", notes)
    side.sound = vault.read(assets.asset(side["recording"]).audio or "")
    side.ids["score"] = catalog.register_score(
        side["work"], f"Work by {side.surname}", notes.to_midi(), at=side.now(), actor=ACTOR, demonstration=True
    )
    (side.ids["claim"],) = (c.id for c in assets.claims([side["recording"]]))
    return side


def _agreed(side: Side) -> None:
    """Deals in force, one still talked about, and yeses, for `remix` and for `train`."""
    side.ids["deal"] = base.licence(side, "label", (Right.MASTER,), "blend", Use.REMIX)
    work_rights = (Right.MR, Right.PR, Right.SR)
    side.ids["deal publisher"] = base.licence(side, "publisher", work_rights, "blend", Use.REMIX)
    side.ids["deal train"] = base.licence(side, "publisher", work_rights, "compose", Use.TRAIN)
    side.ids["sub-catalogue"] = deals.name_sub_catalogue(
        side["label"], f"The {side.surname} masters", [side["recording"]], side.now(), ACTOR
    )
    side.ids["draft deal"] = deals.open_deal(side["label"], f"Unsigned by {side.surname}", side.now(), ACTOR)
    for person in ("nina", "walt"):
        parties.verify_identity(side[person], side.account, "passport", {"seen": "yes"}, at=side.now(), actor=ACTOR)
    for key, person, use, feature in (
        ("choice", "nina", Use.REMIX, "blend"), ("choice walt", "walt", Use.REMIX, "blend"),
        ("choice train", "walt", Use.TRAIN, "compose"),
    ):  # fmt: skip
        side.ids[key] = participation.choose(
            side[person], side[person], use, feature, at=side.now(), actor=side.account
        )


def _made(side: Side) -> None:
    """A session with takes; one creation released, one not; a sealed set and a model of it."""
    session = side.ids["session"] = studio.open_session(side["fan"], "blend", side.now(), side.account)
    clip = (RemixSource(asset=side["recording"], end_s=7),)
    side.ids["its take"] = studio.remix(session, clip, side.now(), side.account)
    side.ids["take"] = studio.edit(side["its take"], "trim 0 4", side.now(), side.account)
    side.ids["concept"] = concepts.open_concept(side["its take"], side["take"], "", 9, side.now(), side.account)
    side.ids["released"] = studio.submit(side["its take"], side.now(), side.account, f"Two airs by {side.surname}")
    side.ids["creation"] = studio.submit(side["take"], side.now(), side.account, f"Unheard by {side.surname}")
    for creation in ("released", "creation"):
        attribution.attribute(side[creation], side.now(), ACTOR)
    side.ids["release"] = provenance.release(side["released"], side.now(), ACTOR).id
    remixes.say(side["released"], "blend", "yes", side.now(), side.account)
    seal = training.seal_set("compose", TerritorySet.of("DE"), side.now(), ACTOR, assets=[side["score"]])
    side.ids["seal"] = seal.id
    side.ids["model"] = training.register(
        seal.id, f"Model of {side.surname}", vault.put(b"weights"), "elsewhere", side.now(), ACTOR
    ).id


def _outside(side: Side) -> None:
    """A model that was trained elsewhere, under a licence of the label's, admitted to `blend`."""
    held = licence("MIT", side["label"], (), False)
    digest = f"sha256:{sha256(side.name.encode()).hexdigest()}"
    found = outsiders.register(f"Of {side.surname}", "1", "musicgen", digest, 9, held, side.now(), ACTOR)
    side.ids["outside"] = outsiders.admit(found.id, "blend", TerritorySet.of("DE"), side.now(), ACTOR).id


def _said(side: Side) -> None:
    """An upload that is a copy and so a case, a refused prompt, a mandate, a membership, a delivery."""
    upload = integrity.receive_upload(side.account, side.sound, f"Mine by {side.surname}", side.now(), side.account)
    side.ids["upload"] = upload.id
    side.ids["case"] = cases.cases(side.viewer)[0].id
    with pytest.raises(Refused) as refusal:
        text = f"an air in the style of Nina {side.surname}"
        integrity.check_prompt(text, "blend", side["fan"], side.now(), side.account)
    side.ids["prompt"] = refusal.value.refusal.subject
    side.ids["voice"] = _voice(side)
    side.ids["change"] = _bank_account(side)
    door = {"at": side.now(), "actor": ACTOR}
    side.ids["mandate"] = parties.register_mandate(
        side["label"], side["nina"], [Use.REMIX], "signed", date(2026, 1, 1), **door
    )
    side.ids["membership"] = parties.join_collective(side["label"], side["collective"], **door)
    number = messages.LABEL_DPID if side.name == "a" else messages.OTHER_DPID
    parties.add_identifier(side["label"], "dpid", number, **door)
    if side.name == "a":
        side.message = messages.ern(sender=number)
        report = catalog.deliver(side.message, metadata_only=True, **door)
        side.ids["delivery"] = report.delivery
        (side.ids["catalogue release"],) = report.releases
        side.ids |= {f"delivered {n}": asset for n, asset in enumerate((*report.recordings, *report.works))}


def _bank_account(side: Side) -> str:
    """Where Nina is paid, and a change of it that waits."""
    for iban in ("DE89370400440532013000", "FR1420041010050500013M02606"):
        bank_accounts.give(side["nina"], f"Nina {side.surname}", iban, "", side.now(), ACTOR)
    waiting = bank_accounts.standing(side["nina"], side.now()).waiting
    assert waiting is not None
    return waiting.details


def _voice(side: Side) -> str:
    """Nina's voice, protected; by its fact, for no made-up sound passes for a voice."""
    with writing(side.account, side.now()) as journal:
        voice = journal.mint("voi")
        mark = private.put(side["nina"], "voice-print", np.eye(1, 256, dtype="<f4").tobytes())
        journal.append(
            VoiceProtected(
                voice=voice,
                person=side["nina"],
                account=side.account,
                print=mark,
                sample=mark,
                method=METHOD,
                voice_s=30,
            )
        )
    return voice


def _known_to_staff(side: Side) -> None:
    """A hold, a recorded decision, a council, a conflict about a claim."""
    side.ids["tune"] = catalog.register_tune("Old tune", "first printed 1690", at=side.now(), actor=ACTOR)
    side.ids["hold"] = clearance.place_hold(side["upload"], "somebody asked", at=side.now(), actor=ACTOR)
    (answer,) = clearances.decide_many([side["recording"]], Use.REMIX, "blend", side.now()).values()
    side.ids["decision"] = clearance.record_decision(answer, at=side.now(), actor=ACTOR)
    side.ids["council"] = governance.form_council("Writers", [side["walt"]], side.now(), ACTOR)
    other = side.ids["second claim"] = claims.assert_claim(
        side["recording"], Right.MASTER, side["publisher"], Fraction(1, 2), at=side.now(), actor=ACTOR
    )
    claims.evidence_claim(other, "a contract", at=side.now(), actor=ACTOR)
    side.ids["conflict"] = assets.conflicts([side["recording"]])[0].id


def _paid(house: House) -> None:
    """Listens to both sides' releases, revenue, and the close of a quarter."""
    heard = datetime(2026, 8, 1, 12, tzinfo=UTC)
    events = [
        {"source": "urn:test", "id": f"{side.name}1", "kind": "listen", "feature": "blend", "user": "u1",
         "creation": side["released"], "territory": "DE", "seconds": 30, "at": heard.isoformat()}
        for side in (house.a, house.b)
    ]  # fmt: skip
    metering.ingest(events, "test", CLOSING, ACTOR)
    metering.report_revenue("blend", "DE", "2026-Q3", 1_000_000_000, "EUR", CLOSING, ACTOR)
    for side in (house.a, house.b):
        mine = next(claim for claim in assets.claims([side["work"]]) if claim.claimant == side["publisher"])
        claims.dispute_claim(mine.id, side["label"], "it is theirs", at=CLOSING, actor=ACTOR)
        side.ids["escrow"] = f"escrow:{mine.id}:{side['publisher']}"
    payouts.close("2026-Q3", CLOSING + timedelta(days=1), ACTOR)
    for side in (house.a, house.b):
        for party in ("label", "publisher", "fan"):
            (head,) = statements.statements(SYSTEM, "2026-Q3", side[party])
            side.ids["statement" if party == "label" else f"statement {party}"] = head.id


def _callers(house: House) -> None:
    """A key and a browser for each role: A's and B's for those outside (and a machine of B's), the platform's own."""
    house.callers["", None] = Caller("nobody", None, "", "none", _client(), _client())
    for side in (house.a, house.b):
        accounts.change_account(side.account, [*OUTSIDE, Role.MACHINE])
        for role in (*OUTSIDE, Role.MACHINE):
            house.callers[side.name, role] = caller(side.account, role, side)
        side.ids["prefix"] = house.callers[side.name, Role.ARTIST].prefix
    for role in Role:
        if role in OUTSIDE or role is Role.PUBLIC:
            continue
        account = accounts.open_account(f"{role}@example.org", "correct horse battery staple", [role], ())
        house.callers["", role] = caller(account, role)


def caller(account: str, role: Role, side: Side | None = None) -> Caller:
    """The account, calling in one of its roles."""
    key = accounts.issue_key(account, roles=[role])
    browser = _client()
    browser.force_login(user(account))
    name = f"{role} of {side.name.upper()}" if side else f"{role}"
    bearer = {"Authorization": f"Bearer {key}"}
    return Caller(name, role, account, key.split("_")[1], _client(headers=bearer), browser, side)


def _client(**more: object) -> Client:
    return Client(raise_request_exception=False, **more)  # type: ignore[arg-type]


def user(account: str) -> Any:
    """The Django user of an account."""
    return get_user_model().objects.get(username=accounts.account(account).email)
