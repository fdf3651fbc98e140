"""The page of duplicates in the catalogue, for reviewers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries as catalog
from accord.catalog.records import Asset
from accord.integrity import found_alike, queries, rules
from accord.integrity.records import CaseKind, Cluster, Relation
from accord.parties import queries as parties
from accord.parties.audience import audience
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role

SHOWN_PAIRS = 24
CLUSTER_COLUMNS = ("cluster", "one", "other", "relation", "part", "agreeing", "pitch_factor", "tempo_factor")
RELATIONS = {
    Relation.COPY: "the same sound",
    Relation.VERSION: "a version",
    Relation.PART: "a part in common",
}


@audience(Role.TRUST)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Recordings that hold the same sound, in clusters: who delivered each, and how they are alike."""
    found = found_alike.clusters()
    if request.GET.get("format") == "csv":
        rows = (
            [c.id, one.one, one.other, one.relation, one.part, one.agreeing, one.match.pitch_factor,
             one.match.tempo_factor]
            for c in found
            for one in c.likenesses
        )  # fmt: skip
        return as_csv("duplicates", CLUSTER_COLUMNS, rows)
    known = catalog.assets([recording for cluster in found for recording in cluster.recordings])
    names = parties.names(party for asset in known.values() for party in (asset.delivered_by, asset.label) if party)
    context = {
        "clusters": [_cluster(cluster, known, names) for cluster in found],
        "last": found_alike.last_search(),
        "recordings": sum(len(cluster.recordings) for cluster in found),
    }
    return render(request, "integrity/duplicates.html", context)


def _cluster(cluster: Cluster, known: dict[str, Asset], names: dict[str, str]) -> dict[str, Any]:
    """A cluster in words: its recordings with who delivered them, and each pair's spans and factors."""
    assets = [known[recording] for recording in cluster.recordings if recording in known]
    senders = {asset.id: asset.delivered_by or asset.label or "" for asset in assets}
    titles = {asset.id: asset.title for asset in assets}
    return {
        "id": cluster.id,
        "title": titles.get(cluster.id, cluster.id),
        "recordings": [(asset, names.get(senders[asset.id], "nobody known")) for asset in assets],
        "parties": len({sender for sender in senders.values() if sender}),
        "pairs": [
            {
                "likeness": one,
                "one": titles.get(one.one, one.one),
                "other": titles.get(one.other, one.other),
                "says": RELATIONS[one.relation],
                "match": (match := one.seen_from(one.other)),
                "differs": rules.differs(match),
            }
            for one in cluster.likenesses[:SHOWN_PAIRS]
        ],
        "unshown": max(0, len(cluster.likenesses) - SHOWN_PAIRS),
        "cases": [case for asset in assets if (case := queries.case_about(asset.id, CaseKind.SAME_SOUND))],
    }


urlpatterns = [path("cases/duplicates", duplicates, name="duplicates")]
