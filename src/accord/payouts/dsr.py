"""A statement's lines as a DDEX Digital Sales Report: flat file, RoyaltyReportingProfile 1.0.1 (pure).

Record types and cells go by the names of that profile. Each line is a block: AS02.01 for a recording, or AS01 with MW01.01
where a work is paid for; SU03.01 for its use; LI01 for what it gives. SY07 sums up each feature, territory and right. What
the profile has no cell for (that the use was made by AI, the line, its deal and exact share) stands in comment lines, which
every reader of the format passes over. docs/dsr.md says all of it. Using the standard needs DDEX's implementation licence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from accord.metering.periods import parse
from accord.payouts import sheet
from accord.payouts.sheet import Document, SheetLine
from accord.terms.instant import Instant
from accord.terms.share import percent

PROFILE, PROFILE_VERSION, MESSAGE_VERSION = "RoyaltyReportingProfile", "1.0.1", "dsrf/30"
#: The right that a claim is in → `RightsType`, DDEX's allowed value.
RIGHTS = {
    "master": "ReproductionRight",
    "MR": "MechanicalRight",
    "PR": "PerformingRight",
    "SR": "SynchronizationRight",
}
USER_DEFINED = "UserDefined"
PLAIN = str.maketrans({"\t": " ", "\r": " ", "\n": " ", "\\": "/", '"': "'"})
#: Our own comment record: what the profile has no cell for.
EXTENSION = "#X-ACCORD-AI"
EXTENSION_CELLS = (
    "BlockId",
    "Line",
    "Kind",
    "Account",
    "Feature",
    "Uses",
    "Deal",
    "Clause",
    "Share",
    "AdjustsPeriod",
    "Because",
)

#: cell → key in the statement
ATTRIBUTION_CELLS = {
    "Feature": "feature",
    "Model": "model",
    "Creations": "creations",
    "FollowedPartsPerMillion": "followed_ppm",
    "Said": "said",
}


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """An asset as a report names it; `seconds` is 0 where nobody said how long it is."""

    title: str
    artist: str = ""
    isrc: str = ""
    iswc: str = ""
    seconds: float = 0.0
    recording: bool = True


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is made from: the statement, both sides with their DDEX party ids, and what the ids in it stand for.

    `rights` is by claim, `uses` by feature (our own words, as governance writes them).
    """

    document: Document
    created: Instant
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    assets: Mapping[str, Heard]
    rights: Mapping[str, str]
    uses: Mapping[str, tuple[str, ...]]


def name(report: Report) -> str:
    """`DSR_<recipient>_<sender>_<service>_<period>_<territory>_1of1_<created>.tsv`; one file holds every territory."""
    territories = {line.get("territory", "") for line in sheet.every(report.document)}
    where = next(iter(territories)) if len(territories) == 1 and "" not in territories else "multi"
    recipient = report.recipient or report.document["party"].replace("_", "-")
    created = f"{report.created:%Y%m%dT%H%M%S}"
    parts = ("DSR", recipient, report.sender, "AI", report.document["period"], where, "1of1", created)
    return f"{'_'.join(parts)}.tsv"


def dsr(report: Report) -> bytes:
    """The file: tab separated, UTF-8, one record a line."""
    lines = sheet.every(report.document)
    summaries = _summaries(report, lines)
    records = [_head(report), *_columns(), *_attribution(report), *(record for _, record in summaries.values())]
    for number, line in enumerate(lines, 1):
        records += _block(report, line, number, summaries[_place(report, line)][0])
    counts = (len(records) + 1, len(summaries), len(lines))
    records.append(["FOOT", counts[0], counts[0], counts[1], counts[2], counts[2]])
    return "".join("\t".join(_cell(cell) for cell in record) + "\n" for record in records).encode()


def _head(report: Report) -> list[Any]:
    span = parse(report.document["period"])
    last = f"{span.end.fromordinal(span.end.toordinal() - 1):%Y-%m-%d}"
    return [
        *("HEAD", MESSAGE_VERSION, PROFILE, PROFILE_VERSION, report.document["statement"]),
        f"{report.created:%Y-%m-%dT%H:%M:%SZ}",
        *("1", "1", f"{span.start:%Y-%m-%d}", last, report.sender, report.sender_name, "AI"),
        *(report.recipient, report.recipient_name, ""),
    ]


def _columns() -> list[list[str]]:
    """The extension says its cells in a comment of its own."""
    return [[f"{EXTENSION}.COLUMNS", *EXTENSION_CELLS]]


def _attribution(report: Report) -> list[list[Any]]:
    """How far what models wrote followed attribution, in comments with columns of their own."""
    said = report.document.get("attribution", ())
    rows = [[f"{EXTENSION}.ATTRIBUTION", *(one[key] for key in ATTRIBUTION_CELLS.values())] for one in said]
    return [[f"{EXTENSION}.ATTRIBUTION.COLUMNS", *ATTRIBUTION_CELLS], *rows] if rows else []


Place = tuple[str, str, str]


def _place(report: Report, line: SheetLine) -> Place:
    """What a summary sums up: feature, territory, right."""
    rights = {RIGHTS[report.rights[claim]] for claim in line.get("claims", ()) if claim in report.rights}
    return (line.get("feature", ""), line.get("territory", ""), rights.pop() if len(rights) == 1 else USER_DEFINED)


def _summaries(report: Report, lines: Iterable[SheetLine]) -> dict[Place, tuple[str, list[Any]]]:
    """SY07 by place, each with its `SummaryRecordId`."""
    amounts: defaultdict[Place, int] = defaultdict(int)
    plays: defaultdict[Place, dict[tuple[Any, ...], int]] = defaultdict(dict)
    for line in lines:
        place = _place(report, line)
        amounts[place] += sheet.paid(line)
        heard = (
            line.get("subject"),
            line.get("reading"),
            line.get("of"),
        )  # one play is counted once, however it is shared
        plays[place][heard] = int(line["plays"]) if line.get("plays") else 0
    return {
        place: (str(number), _summary(report, place, str(number), sum(plays[place].values()), amounts[place]))
        for number, place in enumerate(sorted(amounts), 1)
    }


def _summary(report: Report, place: Place, number: str, plays: int, amount_micros: int) -> list[Any]:
    feature, territory, right = place
    amount = sheet.decimal(amount_micros)
    return [
        *(
            "SY07",
            number,
            "",
            "",
            "AsPerContract",
            USER_DEFINED,
            territory or "Worldwide",
            right,
            _service(feature),
            plays,
        ),
        *("", report.document["currency"], "", report.recipient_name, _party_id(report.recipient), "", amount, amount),
    ]


def _service(feature: str) -> str:
    """`ServiceDescription` holds neither spaces nor underscores."""
    return "-".join(["AI", *feature.replace("_", " ").split()])


def _party_id(dpid: str) -> str:
    return f"DPID::{dpid}" if dpid else ""


def _block(report: Report, line: SheetLine, number: int, summary: str) -> list[list[Any]]:
    subject, claimed = line.get("subject", ""), line.get("claimed", "")
    amount, earned = (
        sheet.decimal(sheet.paid(line)),
        sheet.decimal(int(line.get("earned_micros") or line["amount_micros"])),
    )
    share = percent(Fraction(line.get("claim_share") or 1))
    right = _place(report, line)[2]
    used = ["SU03.01", number, f"L{line['line']}", summary, subject, line.get("plays", ""), earned, "", ""]
    due = [
        "LI01",
        number,
        summary,
        report.recipient_name,
        _party_id(report.recipient),
        claimed,
        share,
        right,
        amount,
        amount,
    ]
    return [*_resource(report, number, subject, claimed, line), used, due, _extension(report, line, number)]


def _resource(report: Report, number: int, subject: str, claimed: str, line: SheetLine) -> list[list[Any]]:
    heard = report.assets.get(subject, Heard(title=line.get("kind", subject), recording=False))
    kind = "SoundRecording" if heard.recording else "UserDefinedResource"
    basic = [
        number,
        "R1",
        subject,
        heard.isrc,
        heard.title,
        "",
        heard.artist or "unknown",
        "",
        _duration(heard.seconds),
        kind,
    ]
    work = report.assets.get(claimed)
    if work is None or claimed == subject:
        return [["AS02.01", *basic, heard.iswc, *[""] * 9]]
    return [["AS01", *basic], ["MW01.01", number, claimed, work.iswc, work.title, *[""] * 11]]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"PT{minutes // 60}H{minutes % 60}M{rest}S"


def _extension(report: Report, line: SheetLine, number: int) -> list[Any]:
    feature = line.get("feature", "")
    because = line.get("because") or line.get("reason") or ""
    return [
        *(EXTENSION, number, line["line"], line.get("kind", ""), line.get("account", ""), feature),
        *("|".join(report.uses.get(feature, ())), line.get("deal", ""), line.get("clause", ""), line.get("share", "")),
        *(line.get("of", ""), because if isinstance(because, str) else "; ".join(because)),
    ]


def _cell(value: Any) -> str:
    """A cell's text, without what parts cells and lines, escapes or quotes in readers of tab separated files."""
    return str(value).translate(PLAIN).strip()
