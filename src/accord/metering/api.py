"""Usage in over HTTP: `POST /v1/usage`, answered only after it is durable."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError

from accord.metering import actions, door, periods, queries, signals
from accord.metering.door import LARGEST_BATCH
from accord.metering.lean import MAY_SEND
from accord.metering.schema import event_schema
from accord.parties.audience import audience
from accord.parties.viewer import Role
from accord.terms.money import micros

router = Router(tags=["metering"])
log = logging.getLogger("django.request")  # what went wrong goes to the server's output (settings)
OFFICE = (Role.PRODUCT, Role.FINANCE, Role.ADMIN)


class RevenueIn(Schema):
    """Revenue of a feature in a territory over a month or quarter; the amount in decimal text, such as `1000.00`."""

    feature: str
    territory: str
    period: str
    amount: str
    currency: str = "EUR"


class PlaysIn(Schema):
    """All plays and sessions on the platform in a territory over a period."""

    territory: str
    period: str
    plays: int
    sessions: int


BATCH = {"type": "array", "items": event_schema(), "maxItems": LARGEST_BATCH}
TAKES = {"application/cloudevents-batch+json": {"schema": BATCH}, "application/json": {"schema": BATCH}}


@router.post("/usage", url_name="usage", openapi_extra={"requestBody": {"required": True, "content": TAKES}})
@audience(*MAY_SEND)
def usage(request: HttpRequest) -> HttpResponse:
    """Usage events as a CloudEvents 1.0 batch: a JSON array of events, enveloped or flat. At most 10,000.

    Lines are counted from 1; rejected ones come back with their reason and the others are kept. Sending a batch again
    is safe: an event counts once by its source and id; an id that comes again with another body is rejected. A source
    belongs to the account that sent it first.
    """
    viewer = request.viewer  # type: ignore[attr-defined]
    try:
        answer = door.take(request.body, viewer.account or "", timezone.now())
    except door.NOT_KEPT as fault:
        log.exception("a batch of usage could not be kept")
        why = f"the batch could not be kept ({fault}): nothing of it counts; send it again later"
        raise HttpError(503, why) from fault
    return HttpResponse(answer, content_type="application/json")


@router.get("/usage/schema", url_name="usage-schema")
@audience(Role.PUBLIC)
def schema(request: HttpRequest) -> dict[str, Any]:
    """What a usage event is, as JSON Schema 2020-12."""
    return event_schema()


@router.post("/revenue", url_name="revenue")
@audience(Role.MACHINE, Role.FINANCE, Role.ADMIN)
def revenue(request: HttpRequest, body: RevenueIn) -> dict[str, str]:
    """Report what a feature earned; a later report of the same feature, territory and period replaces it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    report = actions.report_revenue(
        body.feature,
        body.territory,
        body.period,
        micros(body.amount),
        body.currency,
        timezone.now(),
        viewer.account or "",
    )
    return {"report": report}


@router.post("/platform-plays", url_name="platform-plays")
@audience(Role.MACHINE, Role.FINANCE, Role.ADMIN)
def platform_plays(request: HttpRequest, body: PlaysIn) -> dict[str, str]:
    """Report how much was heard on the platform in all."""
    viewer = request.viewer  # type: ignore[attr-defined]
    report = actions.report_platform_plays(
        body.territory, body.period, body.plays, body.sessions, timezone.now(), viewer.account or ""
    )
    return {"report": report}


@router.get("/usage/segments", url_name="usage-segments")
@audience(*OFFICE)
def segments(request: HttpRequest) -> list[dict[str, Any]]:
    """The files of events that count."""
    return [msgspec.to_builtins(segment) for segment in queries.segments()]


@router.get("/usage/signals", url_name="usage-signals")
@audience(Role.TRUST, Role.FINANCE, Role.ADMIN)
def usage_signals(request: HttpRequest, period: str) -> list[dict[str, Any]]:
    """Creations whose plays in a month or quarter stand out, and why; nothing is stopped by it."""
    found = signals.signals(periods.parse(period))
    return [msgspec.to_builtins(one) | {"because": signals.sentence(one)} for one in found]
