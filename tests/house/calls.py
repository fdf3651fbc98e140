"""Every API operation and page as a call that can be made: its audience, and what to put into its path, query and body.

The tables below say what each name stands for. A name that they do not know fails the test: a new operation says first
whose things it is called with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver

from accord.parties.viewer import Role
from accord.server.api import api
from tests.house.world import Caller, Side
from tests.unit.catalog.messages import LABEL_DPID
from tests.unit.studio.scores import tune

NAMED = re.compile(r"[{<](?:\w+:)?(\w+)[}>]")

#: Names in paths, queries and bodies that mean something of a party's: name → key in `Side.ids`.
OWNED = {
    "account": "account", "asset": "recording", "assets": "recording", "by": "label", "case": "case", "change": "change", "claim": "claim",
    "claimant": "label", "collective": "collective", "concept": "concept", "conflict": "conflict", "creation": "creation", "creator": "fan",
    "deal": "deal", "decision": "decision", "delivery": "delivery", "escrow": "escrow", "first": "take", "hold": "hold", "licensor": "label",
    "mandate": "mandate", "member": "walt", "members": "walt", "membership": "membership", "model": "model", "party": "nina",
    "parties": "label", "part": "sub-catalogue", "person": "nina", "prefix": "prefix", "refusal": "prompt", "release": "release",
    "representative": "label", "root": "recording", "seal": "seal", "second": "its take", "session": "session", "sources": "recording",
    "spoken_by": "label", "statement": "statement", "subject": "recording", "take": "take", "upload": "upload", "voice": "voice", "winners": "claim",
    "a": "take", "against": "model", "b": "its take", "add": "recording", "remove": "recording", "outside": "outside",
}  # fmt: skip
#: Names that are nobody's.
OPEN: dict[str, Any] = {
    "amount": "10.00", "answer": "yes", "at": "2026-07-01T00:00:00Z", "because": "the test says so",
    "draft": 1, "edit": "gain -3", "evidence": "a letter", "feature": "blend", "form": "flac", "key": "opt_in_rate", "line": "1",
    "method": "passport", "name": "A name", "outcome": "dismissed", "participation": "nobody without a yes",
    "password": "correct horse battery staple", "period": "2026-Q3", "plays": 10, "reason": "the test says so",
    "release_label": "Made with consent", "right": "master", "roles": ["artist"], "sessions": 5, "share": "1/2",
    "sources_ppm": 700_000, "model_ppm": 0, "cocreator_ppm": 300_000, "stance": "support", "starts": "2026-01-01",
    "step": "suspend", "territories": "DE", "territory": "DE", "title": "A title", "use": "remix", "uses": ["remix"],
    "which": "model", "id": "nova", "council": "cou_000001", "email": "new@example.org", "kind": "person",
    "table": "ecb", "to": "EUR", "source": "the bank", "on": "2026-09-30", "rates": {"JPY": "0.0061"},
    "mark": "0" * 24, "stem": 0, "sum": "payable",
    "since": 0, "since_at": "2026-01-01T00:00:00Z", "limit": 10, "scheme": "dpid", "value": LABEL_DPID, "office": "legal", "side": "licensor",
    "version": "1", "adapter": "musicgen", "weights": "sha256:" + "a" * 64, "size_bytes": 9, "spdx": "MIT", "words": "a slow hum",
    "holder": "A name", "iban": "DE89370400440532013000", "bic": "COBADEFF",
}  # fmt: skip
#: Names that are lists of ids.
LISTS = {"add", "assets", "members", "parties", "remove", "winners"}
#: Where one operation needs something else under a name: operation → name → key in `Side.ids`, or the value after `=`.
INSTEAD: dict[str, dict[str, str]] = {
    "issued-release-issue": {"creation": "released"},
    "creation-remixes-say": {"creation": "released"},
    "page provenance:remixes": {"creation": "released"},
    "party-erase": {"party": "spare"},
    "party-join": {"party": "label"},
    "page integrity:sound": {"which": "=subject"},
    "page integrity:act": {"step": "=appeal"},
    "page studio:act": {"step": "=choose"},
    "page deals:act": {"step": "=sign"},
    "page payouts:period": {"step": "=draft"},
    "page payouts:explain-sum": {"name": "=payable"},
    "page payouts:account confirm": {"step": "=confirm"},
    "page payouts:account stop": {"step": "=stop"},
    "feature-consult": {"council": "council"},
    "figure": {"key": "=opt_in_rate"},
    "integrity-appeal": {"statement": "=it is mine"},
    "claim-assert": {"statement": "=it is mine"},
    "hold-place": {"case": "case"},
    "release-permissions": {"release": "catalogue release"},
    "public-domain-end": {"asset": "tune"},
    "public-domain-state": {"asset": "work"},
    "encoding-register": {"asset": "work"},
    "seal-set": {"feature": "=compose", "assets": "score"},
}
#: What pages read from the query or a form, since no schema says so: page → names.
READS: dict[str, tuple[str, ...]] = {
    "page studio:compare": ("a", "b"),
    "page studio:act": ("step",),
    "page provenance:remixes": ("feature", "answer"),
    "page studio:concept-begin": ("a", "b"),
    "page studio:make": (),
    "page studio:sittings": ("feature",),
    "page portal:revocation": ("person", "use", "feature", "asset"),
    "page participation:choices": ("person", "use", "feature", "asset", "answer"),
    "page deals:act": ("step",),
    "page integrity:act": ("step", "because"),
    "page integrity:voice": ("person",),
    "page governance:sign-off": ("office",),
    "page payouts:period": ("step",),
    "page payouts:account": ("party", "holder", "iban", "bic"),
    "page payouts:account confirm": ("party", "change", "step"),
    "page payouts:account stop": ("party", "change", "step", "because"),
    "page payouts:rates": ("period",),
    "page payouts:escrow": ("escrow", "party", "because"),
}
#: Pages with more forms than one: what each further one is sent for.
STEPS = {"page payouts:account": ("confirm", "stop")}
NOTES = tune(120, "C major", 1, bars=1).to_midi()
#: Operations whose body is no schema.
RAW: dict[str, Callable[[Side], dict[str, Any]]] = {
    "deal-terms": lambda side: {"data": json.dumps({"licensor": side["label"]}), "content_type": "application/json"},
    "usage": lambda side: {"data": "[]", "content_type": "application/json"},
    "deliver": lambda side: {"data": {"message": _file(side.message), "metadata_only": "true"}},
    "integrity-check": lambda side: {"data": {"file": _file(side.sound)}},
    "integrity-check-melody": lambda side: {"data": {"file": _file(NOTES)}},
    "voice-protect": lambda side: {"data": {"file": _file(side.sound), "agreed": "true"}},
    "integrity-upload": lambda side: {"data": {"file": _file(side.sound), "title": "A title"}},
    "encoding-register": lambda side: {"data": {"midi": _file(NOTES), "source": "a file"}},
    "verify": lambda side: {"data": {"file": _file(side.sound)}},
}


@dataclass(frozen=True)
class Slot:
    """A place in a call that takes a value."""

    where: str
    name: str

    @property
    def stands(self) -> str:
        """The name in the tables: `deal_id` and `deal` are the same thing."""
        return self.name.removesuffix("_id")

    @property
    def owned(self) -> bool:
        """Whether it says whose things the call is about."""
        return self.stands in OWNED


@dataclass(frozen=True)
class Call:
    """An API operation or a page."""

    name: str
    method: str
    route: str
    audience: frozenset[Role]
    slots: tuple[Slot, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def page(self) -> bool:
        """Whether it is for people."""
        return not self.route.startswith("/v1")

    @property
    def owned(self) -> tuple[Slot, ...]:
        """The slots that hold somebody's things."""
        said = {name for name, value in INSTEAD.get(self.name, {}).items() if value.startswith("=")}
        return tuple(slot for slot in self.slots if slot.owned and slot.stands not in said)

    def value(self, slot: Slot, side: Side, caller: Caller) -> Any:
        """What stands in a slot when the call is about that side's things."""
        if slot.stands == "office" and caller.role in (Role.LEGAL, Role.PRODUCT, Role.TRUST, Role.COMMS):
            return caller.role.value
        if slot.stands == "side" and caller.role is Role.LICENSING:
            return "platform"
        instead = INSTEAD.get(self.name, {}).get(slot.stands)
        if instead is not None and instead.startswith("="):
            return instead[1:]
        if slot.stands == "prefix" and caller.role and caller.side in (side, None):
            return caller.prefix
        if not slot.owned and instead is None:
            return OPEN[slot.stands]
        found = side.ids.get(instead or OWNED[slot.stands], "none_000000")
        if slot.stands == "sources":
            return [{"asset": found, "end_s": 2}]
        return [found] if slot.stands in LISTS else found

    def made(self, caller: Caller, side: Side, other: Side | None = None, theirs: Slot | None = None) -> Answer:
        """The answer to the call about `side`'s things; with `theirs`, that slot alone is about `other`'s."""
        values = {slot: self.value(slot, other if other and slot == theirs else side, caller) for slot in self.slots}
        path = NAMED.sub(lambda found: str(values[Slot("path", found[1])]), self.route)
        query = {slot.name: value for slot, value in values.items() if slot.where == "query"}
        body = {slot.name: value for slot, value in values.items() if slot.where == "body"}
        if self.page:
            sent = {"data": body, "query_params": body} if self.method == "POST" else {"data": query}
            answer = getattr(caller.browser, self.method.lower())(path, **sent)
        elif self.method == "GET":
            answer = caller.api.get(path, query)
        else:
            sent = RAW[self.name](side) if self.name in RAW else _json(body)
            answer = getattr(caller.api, self.method.lower())(path, **sent)
        return Answer(
            f"{caller}: {self.method} {path} {query or ''} {body or ''}", answer.status_code, _text(answer), answer
        )


@dataclass(frozen=True)
class Answer:
    """What came back, and what was sent."""

    sent: str
    status: int
    text: str
    response: Any

    @property
    def to_sign_in(self) -> bool:
        """Whether it leads to the sign-in page."""
        return self.status == 302 and self.response["Location"].startswith("/accounts/login/")

    @property
    def is_problem(self) -> bool:
        """Whether it is a problem document that says its own status (RFC 9457)."""
        if self.response["Content-Type"] != "application/problem+json":
            return False
        document = json.loads(self.text)
        return {"type", "title", "status", "detail"} <= document.keys() and document["status"] == self.status

    def shows(self, secrets: set[str]) -> list[str]:
        """Those of `secrets` that stand in the answer and were not in the question."""
        return sorted(
            one for one in secrets if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", self.text) and one not in self.sent
        )

    def __str__(self) -> str:
        raised = getattr(self.response, "exc_info", None)
        return (
            f"{self.sent}\n  → {self.status} {raised[1]!r} {self.text[:300]}"
            if raised
            else f"{self.sent}\n  → {self.status} {self.text[:300]}"
        )


def operations() -> Iterator[Call]:
    """Every operation of the API."""
    for router in api._get_bound_routers():  # those inside another router included
        for route, view in router.path_operations.items():
            for operation in view.operations:
                full = f"/v1{router.prefix}{route}"
                slots = [Slot("path", name) for name in NAMED.findall(full)]
                slots += [slot for model in operation.models for slot in _taken(model)]
                audience = operation.view_func.accord_audience
                for method in operation.methods:
                    yield Call(operation.url_name or f"{method} {full}", method, full, audience, tuple(slots))


def pages() -> Iterator[Call]:
    """Every page, as it is looked at and as its form is sent."""
    for room, route, pattern in _patterns(get_resolver()):
        name = f"page {room}:{pattern.name}"
        audience = pattern.callback.accord_audience
        path = tuple(Slot("path", found) for found in NAMED.findall(route))
        for method, where in (("GET", "query"), ("POST", "body")):
            for called in (name, *(f"{name} {step}" for step in STEPS.get(name, ()) if method == "POST")):
                slots = (*path, *(Slot(where, read) for read in READS.get(called, ())))
                yield Call(called, method, f"/{route}", audience, slots)


def unknown(call: Call) -> list[str]:
    """The names that a call takes and the tables do not know."""
    return [slot.name for slot in call.slots if slot.stands not in OWNED and slot.stands not in OPEN]


def _patterns(resolver: URLResolver, room: str = "", before: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, pattern.app_name or room, route)
        elif pattern.callback.__module__.startswith("accord."):
            yield pattern.callback.__module__.split(".")[1], route, pattern


def _taken(model: Any) -> Iterator[Slot]:
    """What an operation takes in its query or body: what it must have, and what names somebody."""
    where = model.__ninja_param_source__
    if where not in ("query", "body"):
        return
    for name, given in model.model_fields.items():
        schema = given.annotation
        within = schema.model_fields if hasattr(schema, "model_fields") else {name: given}
        for inner, field in within.items():
            if field.is_required() or inner in OWNED:
                yield Slot(where, inner)


def _file(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("file.wav", data)


def _json(body: dict[str, Any]) -> dict[str, Any]:
    return {"data": json.dumps(body), "content_type": "application/json"}


def _text(answer: Any) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return data.decode("utf-8", "replace") + (answer.headers.get("Location", ""))
