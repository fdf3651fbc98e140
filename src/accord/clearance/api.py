"""Clearance over HTTP: ask for up to 10,000 assets at a time, ask about the past, see holds, ask for a launch.

Platform people and the platform's own machines see the whole because. Rightsholders and artists may ask about what they
are credited on or claim, and see their own part of it alone.
"""

from __future__ import annotations

from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import msgspec
import pyarrow.parquet as parquet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router, Schema

from accord.clearance import actions, queries, table
from accord.clearance.feed import LARGEST_PAGE
from accord.clearance.records import Answer, Changes, HistoricalAnswer
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF, Role
from accord.terms import instant
from accord.terms.refusal import BadInput, NotThere
from accord.terms.territory import WORLD, TerritorySet

router = Router(tags=["clearance"])
ASKERS = (*sorted(STAFF), Role.MACHINE, Role.RIGHTSHOLDER, Role.ARTIST)


class QuestionIn(Schema):
    """May these assets (ids; up to 10,000) be used so in this feature? `territories` narrows the answer."""

    assets: list[str]
    use: str
    feature: str
    territories: str | None = None
    because: bool = True


class PastIn(Schema):
    """What was the answer at an instant, as known at a journal position (default: what was known then)?"""

    asset: str
    use: str
    feature: str
    at: str
    known: int | None = None


class HoldIn(Schema):
    """Stop every use of this asset or creation, and why."""

    subject: str
    reason: str
    case: str | None = None


class LiftIn(Schema):
    """Why the hold is taken off."""

    because: str


@router.post("/clearances", url_name="clearances")
@audience(*ASKERS)
def clearances(request: HttpRequest, body: QuestionIn) -> HttpResponse:
    """One answer per asset, all at one journal position, each with what is missing and who could grant it."""
    viewer = viewer_of(request)
    where = None if body.territories is None else TerritorySet.parse(body.territories)
    at = now()
    queries.check_visible(viewer, body.assets, at)
    answers = queries.decide_many(body.assets, body.use, body.feature, at)
    shown = queries.shown_many(viewer, list(answers.values()))
    return _json({"answers": [as_plain(answer, where, body.because) for answer in shown]})


@router.post("/clearances/as-of", url_name="clearance-as-of")
@audience(*sorted(STAFF), Role.MACHINE)
def as_of(request: HttpRequest, body: PastIn) -> HttpResponse:
    """The answer as it was. It is history and authorises nothing."""
    _check_all_seen(request)
    when = instant.parse(body.at)
    return _json(as_plain(queries.decide_as_of(body.asset, body.use, body.feature, when, body.known)))


@router.get("/clearances/changes", url_name="clearance-changes")
@audience(*sorted(STAFF), Role.MACHINE)
def changes(
    request: HttpRequest,
    use: str = "",
    feature: str = "",
    since: int | None = None,
    since_at: str | None = None,
    cursor: str | None = None,
    limit: int = LARGEST_PAGE,
) -> HttpResponse:
    """What changed for a copy of the answers: since a journal position, or from the `next` of an earlier answer.

    Each entry sets where an asset is cleared; applied in order, a copy is the full answer at `until` once there is no
    `more`. It is history and authorises nothing. 410: take a new full answer.
    """
    _check_all_seen(request)
    if (cursor is None) == (since is None):
        raise BadInput("say where the copy stands", do="give `cursor`, or `since` with `use` and `feature`")
    if cursor is not None:
        return _json(changes_plain(queries.changes(cursor, now(), limit)))
    began = None if since_at is None else instant.parse(since_at)
    return _json(changes_plain(queries.changes_since(use, feature, since or 0, now(), began, limit)))


@router.get("/clearances/all", url_name="clearance-all")
@audience(*sorted(STAFF), Role.MACHINE)
def whole(request: HttpRequest, use: str, feature: str) -> FileResponse:
    """Where every asset is cleared, now, as Parquet: what a copy starts from. Its schema's metadata names the journal
    position, the instant, and the cursor from which the changes go on; headers name them too."""
    _check_all_seen(request)
    answer = queries.decide_all(use, feature, now())
    stands_at = queries.stands_at(answer)
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    parquet.write_table(table.of(answer, stands_at), file)
    file.seek(0)
    name = f"cleared-{answer.use}-{answer.feature}-{answer.known}.parquet"
    headers = {"Accord-Position": str(answer.known), "Accord-At": instant.text(answer.at), "Accord-Next": stands_at}
    return FileResponse(
        file, as_attachment=True, filename=name, content_type="application/vnd.apache.parquet", headers=headers
    )


@router.get("/clearances/{decision}", url_name="clearance-recorded")
@audience(*sorted(STAFF))
def recorded(request: HttpRequest, decision: str) -> HttpResponse:
    """A recorded decision, asked again as of its own position."""
    return _json(as_plain(queries.recorded(decision)))


@router.get("/holds", url_name="holds")
@audience(Role.TRUST, Role.LICENSING, Role.LEGAL, Role.ADMIN)
def holds(request: HttpRequest, subject: str | None = None) -> HttpResponse:
    """The holds that stand."""
    return _json({"holds": queries.holds(subject)})


@router.post("/holds", url_name="hold-place")
@audience(Role.TRUST)
def place_hold(request: HttpRequest, body: HoldIn) -> dict[str, str]:
    """Stop every use of an asset or creation at once."""
    at, account = now(), str(viewer_of(request).account)
    return {"hold": actions.place_hold(body.subject, body.reason, body.case, at=at, actor=account)}


@router.post("/holds/{hold}/lift", url_name="hold-lift")
@audience(Role.TRUST)
def lift_hold(request: HttpRequest, hold: str, body: LiftIn) -> dict[str, str]:
    """Take a hold off."""
    actions.lift_hold(hold, body.because, at=now(), actor=str(viewer_of(request).account))
    return {"hold": hold}


@router.post("/features/{feature}/launch", url_name="feature-launch")
@audience(Role.PRODUCT)
def launch(request: HttpRequest, feature: str) -> dict[str, str]:
    """Take a feature live; refused with everything that is missing."""
    actions.launch(feature, now(), str(viewer_of(request).account))
    return {"feature": feature, "state": "live"}


def _check_all_seen(request: HttpRequest) -> None:
    """Raises: NotThere for a key that acts for a party, whatever its role."""
    if not queries.sees_all(viewer_of(request)):
        raise NotThere("there is nothing here for you")


def changes_plain(page: Changes) -> dict[str, Any]:
    """A page of changes as plain JSON values; territories in their canonical text."""
    found: dict[str, Any] = msgspec.to_builtins(page, enc_hook=_text, builtin_types=(datetime,))
    found |= {"since_at": instant.text(page.since_at), "until_at": instant.text(page.until_at)}
    return found


def as_plain(
    answer: Answer | HistoricalAnswer, where: TerritorySet | None = None, because: bool = True
) -> dict[str, Any]:
    """An answer as plain JSON values; with `where`, what concerns these territories alone."""
    asked = WORLD if where is None else where
    cleared = answer.cleared if isinstance(answer, Answer) else answer.was_cleared
    found: dict[str, Any] = {
        "decision": answer.decision,
        "asset": answer.asset,
        "use": answer.use.value,
        "feature": answer.feature,
        "at": instant.text(answer.at),
        "known": answer.known,
        "rule_version": answer.rule_version,
        "cleared" if isinstance(answer, Answer) else "was_cleared": (cleared & asked).text(),
        "deals": list(answer.deals),
        "choices": list(answer.choices),
    }
    if isinstance(answer, Answer):
        found["answer"] = "yes" if answer.covers(answer.offered if where is None else where) else "no"
        found["conditions"] = msgspec.to_builtins(answer.conditions)
    else:
        found["history"] = True
    if because:
        short = [one for one in answer.shortfalls if one.territories & asked]
        found["shortfalls"] = [msgspec.to_builtins(one, enc_hook=_text) for one in short]
    return found


def _json(value: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value, enc_hook=_text), content_type="application/json")


def _text(value: Any) -> str:
    return value.text() if hasattr(value, "text") else str(value)
