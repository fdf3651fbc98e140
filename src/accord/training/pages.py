"""The registry's pages: which model serves what, where and until when, or why it does not; each with its history and cards."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.governance import queries as governance
from accord.parties import queries as parties
from accord.parties.audience import audience
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import STAFF
from accord.terms.instant import text
from accord.training import cards, outside, outsiders, standing
from accord.training.records import Cards
from accord.training.standing import Standing

COLUMNS = (
    "id", "name", "feature", "territories", "set", "serves", "because", "until", "successor", "loss", "loss_against", "against",
)  # fmt: skip


@audience(*sorted(STAFF))
def models(request: HttpRequest) -> HttpResponse:
    """Every model, by feature; also as CSV."""
    asked, at = request.GET.get("feature", ""), datetime.now(UTC)
    found = standing.standings(at, asked)
    if request.GET.get("format") == "csv":
        return as_csv("models", COLUMNS, (_csv_row(one) for one in found))
    elsewhere = outsiders.models(asked or None)
    context = {
        "found": found,
        "serving": sum(one.serves for one in found),
        "elsewhere": [(one, standing.of_outside(one)) for one in elsewhere],
        "asked": asked,
        "features": {feature.id: feature.name for feature in governance.features().values()},
        "names": parties.names([one.licence.licensor for one in elsewhere]),
        "not_attributable": outside.NOT_ATTRIBUTABLE,
    }
    return render(request, "training/models.html", context)


@audience(*sorted(STAFF))
def model(request: HttpRequest, model_id: str) -> HttpResponse:
    """One model: how it stands, its set, its held-out comparison, its attribution, its history and its cards."""
    found = standing.standing(model_id, datetime.now(UTC))
    held = found.model
    context = {
        "found": found,
        "model": held,
        "reliability": cards.reliability(held),
        "would": cards.would_be_attributable(held),
        "history": standing.history(model_id),
        "cards": [name for name in Cards.__struct_fields__ if held.cards and getattr(held.cards, name)],
    }
    return render(request, "training/model.html", context)


def _csv_row(one: Standing) -> list[object]:
    held, compared = one.model, one.model.compared
    losses = (compared.loss, compared.loss_against, compared.against) if compared else ("", "", "")
    until = text(held.sunset)[:10] if held.sunset else ""
    named = (held.id, held.name, held.feature, held.territories.text(), held.seal)
    return [*named, one.serves, one.because, until, held.successor or "", *losses]


urlpatterns = [
    path("models", models, name="models"),
    path("models/<slug:model_id>", model, name="model"),
]
