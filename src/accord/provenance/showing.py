"""A verification in plain lines, for people. Pure."""

from __future__ import annotations

import re
from typing import Any

from accord.provenance.percent import percent
from accord.provenance.verify import Verdict, Verification

GRADES = {
    4: "the person, verified",
    3: "a representative with a mandate",
    2: "a label's clause",
    1: "a blanket default",
}
SHOWN, MANY = 12, 3
#: Control characters (C0, DEL, C1), line and paragraph separators, and what overrides the direction of text.
STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def lines(found: Verification) -> list[str]:
    """What the verifier prints: the verdict, then who agreed, from what, under what, and what it does not say.

    A file can say anything, so nothing in it may end a line, move the cursor or turn the direction of reading.
    """
    return [STEERING.sub("�", line) for line in _lines(found)]


def _lines(found: Verification) -> list[str]:
    out = [f"{found.verdict.value.upper()}: {'; '.join(found.because)}"]
    if found.verdict is Verdict.NO_CREDENTIALS or not found.release:
        return out
    if not found.proven:
        out.append(
            "what the file says of itself is not shown, since nothing vouches for it"
            if found.verdict is Verdict.NOT_PROVEN
            else "the file says of itself:"
        )
        if found.verdict is Verdict.NOT_PROVEN:
            return out
    body = found.release
    out += [
        f"title: {body.get('title')} (release {body.get('release')}, creation {body.get('creation')})",
        f"label: {found.label}",
        f"AI disclosure (DDEX ContainsAI): {_ai(body)}",
        f"made by: {_named(found, body.get('creator', ''))}, in feature {body.get('feature')}, for {body.get('territories')}",
        *_made_of(body),
        *[_made_with(found, one) for one in body.get("made_with", ())],
        *_agreed(found),
        *[f"deal {_deal(found, deal)}" for deal in body.get("deals", ())],
        *_shares(found),
        *[f"credits: {line}" for line in found.credits],
        f"signed by: {found.signer}",
    ]
    if found.proven:
        out.append(
            f"proven as of checkpoint {found.checkpoint_size} of {found.origin} (fact {found.position}, {found.released_at})"
        )
    out.append(found.later)
    return out


def _made_of(body: dict[str, Any]) -> list[str]:
    out = [f"made of: {_model(one)}" for one in (body, *body.get("written", ())) if one.get("model")]
    for source in body.get("sources", ()):
        spans = "; ".join(f"{a:.2f}–{b:.2f} s at gain {g:g}" for a, b, g in source.get("spans", ()))
        if spans:
            out.append(f"made of: {source['title']} ({source['asset']}), {spans}, cleared by {source.get('decision')}")
    return out


def _model(one: dict[str, Any]) -> str:
    """The model that wrote a release, or a part of it and when that is heard."""
    spans = "; ".join(f"{a:.2f}–{b:.2f} s at gain {g:g}" for a, b, g in one.get("spans", ()))
    heard = f", {spans}" if spans else ""
    if outside := one.get("outside"):
        return (
            f"outside model {outside['name']} {outside['version']} ({one['model']}), weights {outside['weights']} under "
            f"{outside['spdx']} of {outside['licensor']}: what it learned from is not known here, so it is not attributable{heard}"
        )
    works = f"{one.get('learned_works')} works, each with its decision in {one.get('seal_digest')}"
    return f"model {one['model']}, which learned from sealed set {one.get('seal')}: {works}{heard}"


def _made_with(found: Verification, one: dict[str, Any]) -> str:
    agreed = f", who agreed by {one['leave']}" if one.get("leave") else ""
    return f"made with: “{one['title']}” ({one['creation']}), by {_named(found, one['maker'])}{agreed}"


def _agreed(found: Verification) -> list[str]:
    """Each yes; a party's equal yeses to more than MANY assets in one line."""
    grouped: dict[tuple[str, str, str, int | None], list[str]] = {}
    for one in found.release.get("agreed", ()):
        key = (one["party"], one["standing"], one["by"], one.get("grade"))
        grouped.setdefault(key, []).append(one["asset"])
    out = []
    for (party, standing, by, grade), assets in grouped.items():
        words = f"by {by}" + (f", {GRADES.get(grade, 'unknown grade')}" if grade else "")
        named = [_titled(found, asset) for asset in assets]
        if len(assets) > MANY:
            named = [f"{len(assets)} works ({', '.join(named[:2])} …)"]
        out += [f"agreed: {_named(found, party)}, {standing} of {asset}, {words}" for asset in named]
    return out


def _shares(found: Verification) -> list[str]:
    total, shares = found.release.get("total_units") or 1, found.release.get("shares", ())
    ranked = sorted(shares, key=lambda s: (-s["units"], s["subject"]))
    out = [
        f"share: {percent(s['units'], total)} % {s['kind']} {_subject(found, s['subject'])} ({s['method']})"
        for s in ranked[:SHOWN]
    ]
    rest = sum(s["units"] for s in ranked[SHOWN:])
    return [*out, f"share: {percent(rest, total)} % {len(ranked) - SHOWN} more (all in --json)"] if rest else out


def _deal(found: Verification, deal: dict[str, Any]) -> str:
    words = [f"{deal['deal']} clause {deal['clause']}: {_named(found, deal['licensor'])} licenses"]
    words.append("/".join(deal.get("uses") or ["(uses not public)"]))
    words.append("in " + ("/".join(deal.get("features") or ["(features not public)"])))
    words.append(f"for {deal.get('territories') or '(territories not public)'}")
    words.append(
        f"from {deal['starts']} to {deal.get('ends') or 'open end'}" if deal.get("starts") else "(period not public)"
    )
    return " ".join(words)


def _ai(body: dict[str, Any]) -> str:
    disclosure = body.get("disclosure") or {}
    return f"{disclosure.get('contains_ai') or 'undeclared'}, because {disclosure.get('because')}"


def _subject(found: Verification, subject: str) -> str:
    return _titled(found, subject) if subject in found.titles else _named(found, subject)


def _titled(found: Verification, asset: str) -> str:
    title = found.titles.get(asset)
    return f"“{title}” ({asset})" if title else asset


def _named(found: Verification, party: str) -> str:
    name = found.names.get(party)
    return f"{name} ({party})" if name else party
