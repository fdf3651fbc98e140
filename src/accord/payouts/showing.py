"""A statement and its lines as pages, whether it is locked or still a draft: what both show (shell)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accord.parties import queries as parties
from accord.parties.colour import colours
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role, Viewer
from accord.payouts import bound, sheet
from accord.payouts.picture import bars
from accord.payouts.records import Step
from accord.terms.instant import Instant
from accord.terms.money import text

PER_PAGE = 30
ID = re.compile(r"\b[a-z]{3,4}_[0-9]{6}\b")


def statement_page(
    request: HttpRequest,
    document: dict[str, Any],
    root: str,
    *,
    draft: bool = False,
    provable: bool = False,
    paid: Instant | None = None,
) -> HttpResponse:
    """The sum, how it came about, the lines by feature and territory, in pages or (`lines=all`) to print; or as CSV.

    `root` is the path that its lines lie under, `paid` when what it made payable went out. Of a draft nothing is handed out but what it says here.
    """
    asked = {key: request.GET.get(key, "") for key in ("feature", "where", "lines")}
    every = sheet.every(document)
    lines = [line for line in every if asked["feature"] in ("", line.get("feature", ""))]
    lines = [line for line in lines if asked["where"] in ("", line.get("territory", ""))]
    if request.GET.get("format") == "csv":
        name = f"draft-{document['statement']}" if draft else document["statement"]
        return as_csv(name, *sheet.table(document, lines, bound.learned(document, lines)))
    lines.sort(key=lambda line: (-sheet.paid(line), line["line"]))
    page = Paginator(lines, max(1, len(lines)) if asked["lines"] else PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "document": document,
        "root": root,
        "draft": draft,
        "summary": {key: int(value) for key, value in document["summary"].items()},
        "sums": sheet.came_about(document),
        "beside": sheet.beside(document),
        "advances": sum(int(micros) for micros in document["advances_paid"].values()),
        "still_to_recoup": sum(int(micros) for micros in document["still_to_recoup"].values()),
        "name": name_of(document),
        "rows": bound.rows(page, document),
        "page": page,
        "provable": provable,
        "paid": paid,
        "count": len(every),
        "asked": asked,
        "query": urlencode(asked),
        **_came_from(document, every),
    }
    return render(request, "payouts/statement.html", context)


def line_page(
    request: HttpRequest, viewer: Viewer, document: dict[str, Any], number: int, steps: Sequence[Step], root: str
) -> HttpResponse:
    """One line, step by step, back to its listens; `root` is the statement's own page."""
    line = {one["line"]: one for one in sheet.every(document)}[number]
    spoken = {key for step in steps for key in ID.findall(f"{step.because} {step.rests_on}")} | {line["subject"]}
    deals = bound.deals({key for key in spoken if key.startswith("dea_")}, document["party"])
    feature = bound.features().get(line["feature"], line["feature"])
    context = {
        "document": document,
        "root": root,
        "line": line,
        "steps": [
            (
                step.step,
                step.because.replace(f"in {line['feature']},", f"in {feature},"),
                step.rests_on,
                _lead(viewer, line, step, deals),
            )
            for step in steps
        ],
        "names": bound.titles(spoken)
        | parties.names(key for key in spoken if key.startswith("pty_"))
        | bound.learners(spoken)
        | deals,
        "feature": feature,
        "name": name_of(document),
    }
    return render(request, "payouts/explain.html", context)


def name_of(document: dict[str, Any]) -> str:
    """Whose statement it is."""
    return parties.names([document["party"]])[document["party"]]


def _came_from(document: dict[str, Any], every: list[dict[str, Any]]) -> dict[str, Any]:
    """The picture of where the money came from, and the same as tables: by feature and territory, and by person."""
    found, names = bound.came_from(document, every)
    features, currency = bound.features(), document["currency"]
    people: Counter[str] = Counter()
    for source in found:
        people.update(dict(source.parts))
    ranked = sorted(people.items(), key=lambda pair: (not pair[0], -pair[1], pair[0]))
    worn = colours(who for who, _ in ranked if who)
    label = partial(_where, features)
    return {
        "features": features,
        "attribution": bound.attribution(document),
        "followed": [] if "attribution" in document else bound.followed({s.feature for s in found}, datetime.now(UTC)),
        "came_from": found,
        "people": [(who, names.get(who, "others"), amount) for who, amount in ranked] if worn else [],
        "worn": worn,
        "picture": bars(found, worn, names, label, lambda amount: f"{text(amount, 2)} {currency}", _only),
    }


def _where(features: dict[str, str], source: sheet.Source) -> str:
    if not source.feature:
        return "all others"
    return f"{features.get(source.feature, source.feature)}, {source.territory}"


def _only(source: sheet.Source) -> str:
    """The page with the lines of a source alone."""
    if not source.feature:
        return ""
    return f"?{urlencode({'feature': source.feature, 'where': source.territory})}#lines"


def _lead(viewer: Viewer, line: dict[str, Any], step: Step, deals: dict[str, str]) -> str:
    """The page of what a step rests on, where there is one that the viewer may see."""
    if step.rests_on.startswith("cre_"):
        return f"/creations/{step.rests_on}"
    if step.step == "deal" and viewer.has(Role.RIGHTSHOLDER) and deals.get(line["deal"]) == bound.OWN_DEAL:
        return f"/deals/{line['deal']}"
    if step.step == "claim" and viewer.has(Role.RIGHTSHOLDER, Role.ARTIST) and line["claims"]:
        return f"/catalog/{line['claimed']}"
    return ""
