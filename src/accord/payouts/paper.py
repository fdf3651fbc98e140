"""A statement as a PDF for whoever is paid: the one figure, how it came about, where it came from, line by line.

The same statement under the same names gives the same bytes: there is no clock in it and no chance (reportlab's invariant
form), and the only day it says is that of the close. Drawing it needs nothing but what is handed in.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import msgspec
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from accord.payouts import picture, sheet
from accord.payouts.sheet import Source
from accord.payouts.typeface import BOLD, MISSING, PLAIN, letters, runs
from accord.terms.instant import Instant
from accord.terms.money import text

#: The stylesheet's light `--who-N`, in its order (a test holds them together).
LIGHT = (
    *("#2f6f9f", "#b3562b", "#4d7d33", "#8a4fa3", "#947913", "#2a7f7a"),
    *("#b04a74", "#5b62b5", "#7a6a55", "#3d8f55", "#c2473f", "#4c6a7d"),
)
INK, SOFT, LINE, ACCENT = HexColor("#1d1c1a"), HexColor("#5d5a54"), HexColor("#dcd8cf"), HexColor("#8a2f4b")
MARGIN = 50.0
ACROSS = A4[0] - 2 * MARGIN - 12  # within the frame's padding
#: Lines beyond these are summed up in one; the CSV and JSON forms hold them all.
MOST_LINES = 2_000


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A statement with the names that its reader knows; `rows` and `attribution` as `bound` gives them, `colours` by
    person."""

    document: Mapping[str, Any]
    name: str
    month: str
    digest: str
    closed_at: Instant
    features: Mapping[str, str]
    names: Mapping[str, str]
    colours: Mapping[str, str]
    sources: Sequence[Source]
    attribution: Sequence[tuple[str, str]]
    rows: Sequence[dict[str, Any]]


def pdf(printed: Printed) -> bytes:
    """The file."""
    letters()
    file = io.BytesIO()
    title = f"Statement, {printed.name}, {printed.month}"
    page = SimpleDocTemplate(
        file,
        pagesize=A4,
        invariant=1,
        title=title,
        author="Accord",
        subject=printed.document["statement"],
        lang="en",
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
    )
    story = [*_head(printed), *_came_about(printed), *_came_from(printed), *_lines(printed), *_check(printed)]

    def foot(canvas: Any, at: Any) -> None:
        _foot(canvas, at.page, printed)

    page.build(story, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def _style(size: float, font: str = PLAIN, colour: Color = INK, **more: Any) -> ParagraphStyle:
    values = {"fontName": font, "fontSize": size, "leading": size * 1.35, "textColor": colour, **more}
    return ParagraphStyle(f"{font}{size}{colour}", **values)


BODY, SMALL, SECTION = _style(9), _style(7.5, colour=SOFT), _style(11, BOLD, spaceBefore=14, spaceAfter=5)
RIGHT = _style(9, alignment=2)
STRONG, STRONG_RIGHT = _style(9, BOLD), _style(9, BOLD, alignment=2)


def _words(words: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Text in a style, letter by letter in a font that has it."""
    marked = (f'<font name="{font}">{escape(some)}</font>' if font else escape(some) for font, some in runs(words))
    return Paragraph("".join(marked), style)


def _head(printed: Printed) -> list[Flowable]:
    document = printed.document
    payable = f"{text(int(document['summary']['payable_micros']), 2)} {document['currency']}"
    return [
        _words("Statement", SMALL),
        _words(printed.name, _style(20, BOLD)),
        _words(f"{printed.month}, closed on {printed.closed_at:%-d %B %Y}", _style(10, colour=SOFT)),
        Spacer(1, 12),
        _words(payable, _style(26, BOLD, ACCENT)),
        _words("payable", _style(9, colour=SOFT)),
        *(_words(f"{note[:1].upper()}{note[1:]}.", _style(9, spaceBefore=6)) for note in document["notes"]),
    ]


def _came_about(printed: Printed) -> list[Flowable]:
    """From what was brought forward to what is payable, in the order of the deductions, and what stands beside it."""
    document, summary = printed.document, printed.document["summary"]
    rows = [(words, micros, False) for _, words, micros in sheet.came_about(document)]
    rows.append((f"Payable, {document['currency']}", int(summary["payable_micros"]), True))
    beside = [(words.capitalize(), micros) for words, micros in sheet.beside(document)]
    beside += [
        (words, int(summary[key]))
        for key, words in (("escrow_micros", "In escrow while disputed"), ("threshold_micros", "Paid out from"))
        if int(summary.get(key, 0))
    ]
    beside += [
        (f"{what.capitalize()}: {_about(about, printed)}", micros)
        for what, about, micros in sheet.named_amounts(document)
        if micros
    ]
    table = _sums([*rows, *((words, micros, False) for words, micros in beside)], len(rows))
    order = f"The deductions run in this order: {', '.join(document['order']['steps'])} (version {document['order']['version']})."
    return [_words("How it came about", SECTION), table, Spacer(1, 3), _words(order, SMALL)]


def _about(about: str, printed: Printed) -> str:
    return printed.names.get(about, about)


def _sums(rows: Sequence[tuple[str, int, bool]], until: int) -> Table:
    cells = [
        [_words(words, STRONG if strong else BODY), _words(_micros(micros), STRONG_RIGHT if strong else RIGHT)]
        for words, micros, strong in rows
    ]
    table = Table(cells, colWidths=[ACROSS * 0.72, ACROSS * 0.28])
    table.setStyle(TableStyle([*PLAIN_TABLE, ("LINEABOVE", (0, until - 1), (-1, until - 1), 0.8, INK)]))
    return table


PLAIN_TABLE = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def _came_from(printed: Printed) -> list[Flowable]:
    """A bar for each feature and territory in the colours of those heard, and whose colour is whose."""
    if not printed.sources:
        return [
            _words("Where it came from", SECTION),
            _words("Nothing was earned in this period."),
            *_followed(printed),
        ]
    some = picture.shown(printed.sources)
    most, wide = picture.largest(some), ACROSS * 0.42
    cells = [
        [_words(_where(one, printed)), _bar(one, most, wide, printed), _words(_micros(one.amount_micros), RIGHT)]
        for one in some
    ]
    table = Table(cells, colWidths=[ACROSS * 0.3, ACROSS * 0.45, ACROSS * 0.25])
    table.setStyle(TableStyle([*PLAIN_TABLE, ("VALIGN", (1, 0), (1, -1), "MIDDLE")]))
    return [
        KeepTogether([_words("Where it came from", SECTION), table, Spacer(1, 5), *_people(printed)]),
        *_followed(printed),
    ]


def _followed(printed: Printed) -> list[Flowable]:
    """How far what models wrote followed attribution, and how right that was found to be."""
    said = ((printed.features.get(feature, feature), words) for feature, words in printed.attribution)
    return [_words(f"{feature}: {words}.", _style(8.5, spaceBefore=4)) for feature, words in said]


def _where(one: Source, printed: Printed) -> str:
    if not one.feature:
        return "all others"
    return ", ".join(part for part in (printed.features.get(one.feature, one.feature), one.territory) if part)


def _bar(one: Source, most: int, wide: float, printed: Printed) -> Drawing:
    drawing, left = Drawing(wide, 8), 0.0
    for who, length in picture.widths(one, most, wide):
        drawing.add(Rect(left, 0, length, 8, fillColor=_colour(who, printed), strokeColor=None))
        left += length
    return drawing


def _colour(who: str, printed: Printed) -> Color:
    number = printed.colours.get(who, "").removeprefix("var(--who-").removesuffix(")")
    return HexColor(LIGHT[int(number)]) if number else SOFT


def _people(printed: Printed) -> list[Flowable]:
    sums: defaultdict[str, int] = defaultdict(int)
    for source in printed.sources:
        for who, amount in source.parts:
            sums[who] += amount
    ranked = sorted(sums.items(), key=lambda pair: (not pair[0], -pair[1], pair[0]))
    if not any(who for who, _ in ranked):
        return []
    cells = []
    for who, amount in ranked:
        dot = Drawing(8, 8)
        dot.add(Rect(0, 0, 7, 7, fillColor=_colour(who, printed), strokeColor=None))
        cells.append([dot, _words(printed.names.get(who, who) if who else "others"), _words(_micros(amount), RIGHT)])
    table = Table(cells, colWidths=[14, ACROSS * 0.75 - 14, ACROSS * 0.25])
    table.setStyle(TableStyle([*PLAIN_TABLE, ("VALIGN", (0, 0), (0, -1), "MIDDLE")]))
    return [_words("Who is heard in it, or wrote it", SMALL), table]


def _lines(printed: Printed) -> list[Flowable]:
    """Every line with its because, by feature and territory, the largest first in each."""
    if not printed.rows:
        return []
    largest = sorted(printed.rows, key=lambda row: (-abs(sheet.paid(row["line"])), row["line"]["line"]))
    groups: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in largest[:MOST_LINES]:
        groups[row["line"]["feature"], row["line"]["territory"]].append(row)
    cells, style = _grouped(groups, printed)
    rest = largest[MOST_LINES:]
    if rest:
        words = f"{len(rest):,} smaller lines, all of them in the statement’s CSV and JSON forms"
        cells.append([_words(words), "", _words(_micros(sum(sheet.paid(row["line"]) for row in rest)), RIGHT)])
    table = Table(cells, colWidths=[ACROSS * 0.36, ACROSS * 0.45, ACROSS * 0.19], repeatRows=1, splitByRow=1)
    table.setStyle(TableStyle([*PLAIN_TABLE, ("RIGHTPADDING", (0, 0), (1, -1), 8), *style]))
    return [_words("Lines", SECTION), table]


def _grouped(
    groups: Mapping[tuple[str, str], Sequence[dict[str, Any]]], printed: Printed
) -> tuple[list[list[Any]], list[Any]]:
    cells: list[list[Any]] = [[_words(words, SMALL) for words in ("What is heard", "Because", "Amount")]]
    cells[0][2] = _words("Amount", _style(7.5, colour=SOFT, alignment=2))
    style: list[Any] = []
    sums = {place: sum(sheet.paid(row["line"]) for row in rows) for place, rows in groups.items()}
    for place in sorted(groups, key=lambda place: (-sums[place], place)):
        style.append(("BACKGROUND", (0, len(cells)), (-1, len(cells)), HexColor("#f4f1ea")))
        one = Source(feature=place[0], territory=place[1], amount_micros=sums[place], parts=())
        cells.append([_words(_where(one, printed) or "Other", STRONG), "", _words(_micros(sums[place]), STRONG_RIGHT)])
        cells += [_line(row) for row in groups[place]]
    return cells, style


def _line(row: dict[str, Any]) -> list[Any]:
    line = row["line"]
    what = [_words(f"{line['line']}. {row['title']}")]
    about = [f"for {row['for']}"] if row["for"] else []
    about += [f"learned from by {row['learned']}"] if row["learned"] else []
    about += ["paid direct"] if line["account"] == "direct" else []
    about += [line["account"].replace("-", " ")] if line["account"] not in ("", "due", "direct") else []
    about += [f"adjusts {line['of']}"] if line["of"] else []
    if about:
        what.append(_words(", ".join(about), SMALL))
    why = [f"§{line['clause']} of {row['deal']}" if line["clause"] else row["deal"]] if row["deal"] else []
    return [
        what,
        _words("; ".join([*why, *([said] if (said := sheet.said(line)) else [])])),
        _words(_micros(sheet.paid(line)), RIGHT),
    ]


def _check(printed: Printed) -> list[Flowable]:
    document = printed.document
    period, statement = document["period"], document["statement"]
    words = [
        f"This is statement {statement}. Its own bytes are the JSON form; their hash is {printed.digest}.",
        f"They rest on the journal up to position {document['known']:,}. Whoever holds the journal closes {period} again with"
        f" `accord pay reproduce {period}` and compares every byte.",
        f"`accord pay explain {statement} LINE` walks a line back to its listens; on the statement’s page, each line leads there.",
        "Amounts are whole micros, a millionth of the currency’s unit, and nothing is rounded on the way but to the micro.",
    ]
    if MISSING in "".join(some for row in printed.rows for _, some in runs(str(row["title"]))) or MISSING in _shown(
        printed.name
    ):
        words.append(
            f"{MISSING} stands for letters that this file’s typeface does not have; the statement’s page shows them."
        )
    return [
        KeepTogether([_words("How to check it", SECTION), *(_words(one, _style(8.5, spaceAfter=3)) for one in words)])
    ]


def _shown(name: str) -> str:
    return "".join(some for _, some in runs(name))


def _foot(canvas: Any, page: int, printed: Printed) -> None:
    canvas.setFont(PLAIN, 7.5)
    canvas.setFillColor(SOFT)
    canvas.drawString(MARGIN, 26, printed.document["statement"])
    canvas.drawRightString(A4[0] - MARGIN, 26, f"page {page}")


def _micros(amount_micros: int) -> str:
    return text(amount_micros, 6).replace("-", "\N{MINUS SIGN}")
