"""CWR 2.2: what is written is read back; what is wrong is named with its line; what is claimed where comes out exactly."""

from __future__ import annotations

import re
from fractions import Fraction

import msgspec
import pytest
from tests.unit.catalog.cwr.made_cwr import HALF, SENDER, transmission, work

from accord.catalog.cwr import build_cwr, claims, read_cwr
from accord.catalog.cwr.layout import LAYOUTS
from accord.catalog.cwr.records import Collection, OtherRecord, Publisher, Recording, Shares, Writer
from accord.terms.identifiers import isrc
from accord.terms.refusal import BadInput
from accord.terms.territory import WORLD, TerritorySet

GOOD = build_cwr(transmission())
LINES = GOOD.decode().splitlines()


def refusal(data: bytes | str) -> str:
    """The sentence that refuses `data`."""
    with pytest.raises(BadInput) as refused:
        read_cwr(data if isinstance(data, bytes) else data.encode())
    sentence = str(refused.value)
    assert "\n" not in sentence and len(sentence) < 300
    return sentence


def changed(kind: str, old: str, new: str) -> str:
    """The good file with `old` replaced in the first line of a record type."""
    number = next(i for i, line in enumerate(LINES) if line.startswith(kind))
    assert old in LINES[number]
    return "\r\n".join([*LINES[:number], LINES[number].replace(old, new, 1), *LINES[number + 1 :]])


def test_what_was_written_is_read_back() -> None:
    """Every record type and field survives."""
    assert read_cwr(GOOD) == transmission()


def test_unix_line_ends_and_trailing_blank_lines_are_read() -> None:
    """CR LF or LF, and blank lines at the end."""
    assert read_cwr(GOOD.replace(b"\r\n", b"\n") + b"\n\n") == transmission()


def test_lines_whose_trailing_blanks_were_cut_are_read() -> None:
    """Senders trim; what is behind the mandatory part may be missing."""
    assert read_cwr("\n".join(line.rstrip() for line in LINES).encode()) == transmission()


@pytest.mark.parametrize(
    ("kind", "length"),
    {
        "HDR": 167,
        "GRH": 28,
        "NWR": 260,
        "SPU": 183,
        "SPT": 58,
        "SWR": 180,
        "SWT": 52,
        "PWR": 112,
        "ALT": 83,
        "GRT": 37,
    }.items(),
)
def test_the_layouts_have_the_lengths_of_public_files(kind: str, length: int) -> None:
    """Line lengths as in published 2.2 files."""
    assert LAYOUTS[kind].length == length
    assert all(len(line) == length for line in LINES if line.startswith(kind))


def test_the_missing_eighth_comes_out_of_the_territories() -> None:
    """Half of the mechanical right everywhere but in Japan, three eighths there."""
    found = {(c.share, c.territories.text()) for c in claims(work()) if c.right == "mr"}
    assert found == {(Fraction(1, 2), "WORLD-JP"), (Fraction(3, 8), "JP")}


def test_others_parties_are_not_claimed_for() -> None:
    """OPU and OWR are named, not spoken for."""
    assert {c.ip for c in claims(work())} == {"P0002", "W0001"}


def test_three_thirds_written_as_33_33_are_a_whole() -> None:
    """Each publisher's 33.33 of a sum of 99.99 is exactly a third, in its territories too."""
    third = Shares(mr=Fraction(3333, 10_000))
    own = Publisher(ip="P1", name="P1 SONGS", ownership=third, collections=(Collection(tis="2136", shares=third),))
    others = tuple(Publisher(controlled=False, sequence=i, ip=f"P{i}", ownership=third) for i in (2, 3))
    found = claims(work(publishers=(own, *others), writers=()))
    assert [(c.right, c.share, c.territories) for c in found] == [("mr", Fraction(1, 3), WORLD)]


def test_an_incomplete_work_is_not_rounded_up() -> None:
    """87.5 % stays 87.5 %."""
    part = Shares(mr=Fraction(7, 8))
    own = Publisher(ip="P1", name="P1 SONGS", ownership=part, collections=(Collection(tis="2136", shares=part),))
    assert [c.share for c in claims(work(publishers=(own,), writers=()))] == [Fraction(7, 8)]


def test_a_group_of_territories_is_expanded() -> None:
    """TIS 2110, Benelux."""
    own = Publisher(ip="P1", name="P1 SONGS", ownership=HALF, collections=(Collection(tis="2110", shares=HALF),))
    found = claims(work(publishers=(own,), writers=()))
    assert {c.territories for c in found} == {TerritorySet.of("BE", "NL", "LU")}


def test_a_territory_included_twice_is_refused() -> None:
    """Benelux and then the European Union, which holds it: which share counts is not said."""
    twice = (Collection(tis="2110", shares=HALF), Collection(tis="2123", shares=HALF))
    own = Publisher(ip="P1", name="P1 SONGS", ownership=HALF, collections=twice)
    sentence = refusal(build_cwr(transmission(work(publishers=(own,), writers=()))))
    assert "party `P1` includes BE, LU, NL twice, at line 3 (NWR)" in sentence


@pytest.mark.parametrize("kind", ["NWR", "SPU", "SPT", "SWR", "SWT", "GRT", "TRL", "HDR", "ALT"])
def test_a_line_cut_short_is_named(kind: str) -> None:
    """The line, its length and what it should have."""
    number = next(i for i, line in enumerate(LINES) if line.startswith(kind))
    cut = "\n".join([*LINES[:number], LINES[number][: LAYOUTS[kind].shortest - 1], *LINES[number + 1 :]])
    assert re.match(
        rf"this CWR line is cut short, at line {number + 1} \({kind}\): it has \d+ characters", refusal(cut)
    )


@pytest.mark.parametrize(
    ("kind", "old", "new", "says"),
    [
        ("GRT", "00000002", "00000003", "the transaction count is wrong, at line"),
        ("GRT", "00000030", "00000031", "the record count is wrong"),
        ("TRL", "00002", "00001", "the group count is wrong"),
        ("GRH", "NWR00001", "NWR00002", "the group number is wrong"),
        ("SPU", "SPU0000000000000001", "SPU0000000000000002", "the record sequence number is wrong"),
        ("SPU", "SPU00000000", "SPU00000001", "the transaction sequence number is wrong"),
        ("SPU", "05000", "11000", "the MR share is 110.00 %, at line 4 (SPU), column"),
        ("SPU", "05000", " 5000", "a share is five digits"),
        ("SPU", "05000", "5O000", "digits belong here"),
        ("SPU", SENDER, SENDER[:10] + "0", "is not an IPI name number, at line 4 (SPU)"),
        ("NWR", "T0345246801", "T0345246802", "is not an ISWC, at line 3 (NWR)"),
        ("REC", "ZZDM12600001", "ZZDM1260000X", "is not an ISRC"),
        ("SPT", "I2136", "I9999", "`9999` is not a territory, at line 5 (SPT)"),
        ("SPT", "I2136", "X2136", "neither includes nor excludes"),
        ("SPT", "P0002", "P0009", "this SPT belongs to nobody"),
        ("SWT", "W0001", "W0009", "this SWT belongs to nobody"),
        ("PWR", "W0001", "W0009", "this PWR belongs to nobody"),
        ("NWR", "THE ACROBAT'S HORNPIPE", " " * 22, "this work has no title"),
        ("GRH", "GRHNWR", "GRHACK", "a group of `ACK` is not read here"),
        ("GRH", "02.20", "03.00", "CWR version `03.00` is not read here"),
        ("HDR", "20260421", "20261321", "is no date"),
        ("ALT", "EN", "ENGLISH", "at most 83 characters"),
        ("HDR", "HDR99000010125", "HDRPB000000000", "names no sender, at line 1 (HDR)"),
        ("HDR", "20260421100509", "20260421250509", "no hour of creation, at line 1 (HDR)"),
        ("SPU", "LANTERN MUSIC", "             ", "this SPU has no name, at line 4 (SPU)"),
        ("SPU", "P0002", "     ", "this SPU has no interested party number"),
        ("SWR", "W0001", "     ", "this SWR has no interested party number"),
        ("SWR", "QUILL", "DP   ", "nobody controls the public domain"),
        ("NWR", "ACROBAT'S", "ACR\x1b[31mS", "character 27 is U+001B"),
        ("NWR", "ACROBAT'S", "ACR\tBAT'S", "character 27 is U+0009"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(kind: str, old: str, new: str, says: str) -> None:
    """One sentence: what, where, why."""
    sentence = refusal(changed(kind, old, new))
    assert says in sentence and "line" in sentence, sentence


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "this CWR file is empty"),
        (b"<?xml version='1.0'?>", "this is no CWR file, at line 1: it begins with `<?xml version='1"),
        (b"RIFF\xff\xff", "this is no CWR file"),
        (GOOD.replace(b"NADIA", b"NAD\xffA", 1), "is 0xff, which is neither ASCII nor UTF-8"),
        (GOOD + b"HDR", "cut short"),
        (GOOD.decode().encode("utf-16"), "this is no CWR file"),
        (GOOD.replace(b"\r\n", b"\r"), "character 168 is U+000D"),
        (GOOD.replace(b"\r\nNWR", b"\r\n\r\nNWR", 1), "this CWR line is empty, at line 3"),
        (b"\r\n" + GOOD, "this CWR line is empty, at line 1"),
        (GOOD + GOOD, "the file goes on after TRL"),
    ],
)
def test_what_is_no_cwr_file_is_refused(data: bytes, says: str) -> None:
    """Another file, bytes that are no text, two files in one."""
    assert says in refusal(data)


def test_a_file_cut_after_any_line_is_refused() -> None:
    """Nothing is half-read: without its trailer a file is not whole."""
    for end in range(1, len(LINES)):
        refusal("\r\n".join(LINES[:end]))


def test_a_file_with_any_line_missing_is_refused() -> None:
    """Counts and sequence numbers see every lost line."""
    for gone in range(len(LINES)):
        refusal("\r\n".join(LINES[:gone] + LINES[gone + 1 :]))


def test_ownership_over_a_hundred_percent_is_refused() -> None:
    """60 + 50: the right and the sum are named."""
    big = msgspec.structs.replace(work().publishers[0], ownership=Shares(mr=Fraction(6, 10)), collections=())
    sentence = refusal(build_cwr(transmission(work(publishers=(big, work().publishers[1])))))
    assert "the MR ownership shares sum to 110 %, at line 3 (NWR): work `THE ACROBAT'S HORNPIPE`" in sentence


def test_collection_over_a_hundred_percent_names_the_territory() -> None:
    """Two administrators who each collect 60 % in France."""
    part = Shares(mr=Fraction(6, 10))
    both = tuple(
        Publisher(ip=ip, name=ip, sequence=i, ownership=Shares(), collections=(Collection(tis="250", shares=part),))
        for i, ip in enumerate(("P1", "P2"), start=1)
    )
    sentence = refusal(build_cwr(transmission(work(publishers=both, writers=()))))
    assert "the MR collection shares sum to 120 % (FR)" in sentence


@pytest.mark.parametrize("title", ["lower case", "TABBED\tTITLE", "ÉTUDE", "X" * 61])
def test_text_that_cwr_cannot_hold_is_refused_when_writing(title: str) -> None:
    """Upper-case ASCII that fits its field; the builder changes nothing silently."""
    with pytest.raises(ValueError, match=r"ASCII|fit"):
        build_cwr(transmission(work(title=title)))


def test_a_third_is_refused_when_writing() -> None:
    """Two decimals of percent cannot hold 1/3."""
    with pytest.raises(ValueError, match="two decimals"):
        build_cwr(transmission(work(writers=(Writer(ip="W1", ownership=Shares(pr=Fraction(1, 3))),))))


def test_a_byte_order_mark_is_no_part_of_the_first_record() -> None:
    """Editors put it there."""
    assert read_cwr(b"\xef\xbb\xbf" + GOOD) == transmission()


def test_a_tax_number_of_letters_and_digits_is_read() -> None:
    """It is text in CWR, and says nothing here."""
    line = next(line for line in LINES if line.startswith("SPU"))
    assert read_cwr(GOOD.replace(line.encode(), (line[:78] + "DE1234567" + line[87:]).encode())) == transmission()


def test_the_records_of_a_work_stand_in_the_sequence_of_22() -> None:
    """SPU, SPT, OPU, SWR, SWT, PWR, OWR, ALT, VER, PER, REC and what else there is, however they were given."""
    whole = work(others=(OtherRecord("XRF", "052123456BR      WY"), OtherRecord("VER", "OLD HORNPIPE")))
    turned = work(publishers=whole.publishers[::-1], writers=whole.writers[::-1], others=whole.others)
    kinds = [line[:3] for line in build_cwr(transmission(turned)).decode().split("\r\n")]
    assert [k for n, k in enumerate(kinds[2:17]) if k != kinds[n + 1]] == [
        "NWR", "SPU", "SPT", "OPU", "SWR", "SWT", "PWR", "OWR", "ALT", "VER", "PER", "REC", "XRF",
    ]  # fmt: skip


def test_a_recording_whose_link_is_known_to_be_wrong_is_no_link() -> None:
    """REC says whether its ISRC (N) and its link to the work (U) hold."""
    recordings = tuple(
        Recording(isrc=isrc.mint("ZZDM1", 2026, n), validity=v) for n, v in enumerate(("Y", "", "U", "N"))
    )
    assert work(recordings=recordings).isrcs == ("ZZDM12600000", "ZZDM12600001")


def test_no_party_has_more_territories_than_can_be_numbered() -> None:
    """A thousand territories of one party are refused, since their number has three digits."""
    hdr, grh, nwr, spu, spt = LINES[:5]
    many = [f"SPT00000000{number:08d}{spt[19:55]}999" for number in range(2, 1002)]
    end = ["GRT000010000000100001004   0000000000", "TRL000010000000100001006"]
    sentence = refusal("\r\n".join([hdr, grh, nwr, spu, *many, *end]))
    assert "this is one SPT too many, at line 1004 (SPT)" in sentence
