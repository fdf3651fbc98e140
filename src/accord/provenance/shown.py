"""A verified file as a page shows it: who agreed, to what it was made from, under which deals, in names. Pure.

`showing.lines` says the same in full, ids and all, for the command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from accord.provenance.verify import Verification

SHOWN = 12
STANDINGS = {
    "master": "owner of the recording",
    "mechanical": "owner of the work",
    "performing": "owner of the work",
    "synchronisation": "owner of the work",
    "featured": "featured artist",
    "maker": "maker of a creation in it",
}


class Consent(msgspec.Struct, frozen=True):
    """One party's yeses together: as what it agreed, and to how many works and recordings."""

    party: str
    standings: tuple[str, ...]
    assets: int


def consents(agreed: Iterable[tuple[str, str, str]]) -> list[Consent]:
    """(party, asset, standing) of each yes → each party once, who agreed to most first."""
    standings: dict[str, dict[str, None]] = {}
    assets: dict[str, set[str]] = {}
    for party, asset, standing in agreed:
        words = standing.rsplit(" ", 2)[0] if standing.endswith("%") else standing
        standings.setdefault(party, {})[STANDINGS.get(words, words)] = None
        assets.setdefault(party, set()).add(asset)
    found = [Consent(party, tuple(words), len(assets[party])) for party, words in standings.items()]
    return sorted(found, key=lambda one: (-one.assets, one.party))


def agreed_in(found: Verification) -> list[Consent]:
    """Who agreed, as the file says."""
    return consents((one["party"], one["asset"], one["standing"]) for one in found.release.get("agreed", ()))


def shares_in(found: Verification) -> tuple[list[dict[str, Any]], int]:
    """The largest shares, (subject, name, share of one), and how many more there are."""
    total, shares = found.release.get("total_units") or 1, found.release.get("shares", ())
    ranked = sorted(shares, key=lambda share: (-share["units"], share["subject"]))
    called = found.names | found.titles
    return [
        {"subject": s["subject"], "name": called.get(s["subject"], s["subject"]), "share": s["units"] / total}
        for s in ranked[:SHOWN]
    ], max(0, len(ranked) - SHOWN)


def sources_in(found: Verification) -> list[str]:
    """What is heard in it and when, or what the model learned from, in words."""
    body = found.release
    out = [_model(one) for one in (body, *body.get("written", ())) if one.get("model")]
    for source in body.get("sources", ()):
        spans = ", ".join(f"{a:.1f}–{b:.1f} s" for a, b, _ in source.get("spans", ()))
        out += [f"{source['title']}, heard from {spans}"] if spans else []
    for made in body.get("made_with", ()):
        out.append(f"“{made['title']}”, a creation by {found.names.get(made['maker'], made['maker'])}")
    return out


def _model(one: dict[str, Any]) -> str:
    spans = ", ".join(f"{a:.1f}–{b:.1f} s" for a, b, _ in one.get("spans", ()))
    heard = f", heard from {spans}" if spans else ""
    if outside := one.get("outside"):
        return f"{outside['name']} {outside['version']}, a model trained elsewhere: what it learned from is not known{heard}"
    return f"a model that learned from {one.get('learned_works')} works and from nothing else{heard}"
