"""Identifiers: one claim a test, over all seven modules where they share it."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from accord.terms.identifiers import dpid, grid, icpn, ipi, isni, isrc, iswc
from accord.terms.refusal import BadInput

GOOD = [
    (isrc, "USRC17607839", "US-RC1-76-07839"),
    (isrc, "JPTO09404900", "JP-TO0-94-04900"),
    (iswc, "T0345246801", "T-034.524.680-1"),
    (isni, "000000012281955X", "0000 0001 2281 955X"),
    (ipi, "00250165006", "002501650 06"),
    (dpid, "PADPIDA2007050901U", "PA-DPIDA-2007050901-U"),
    (dpid, "PADPIDA2014111801Y", "PA-DPIDA-2014111801-Y"),
    (dpid, "PADPIDA2013020802I", "PA-DPIDA-2013020802-I"),
    (icpn, "009463143200", "009463143200"),
    (grid, "A12425GABC1234002M", "A1-2425G-ABC1234002-M"),
]
BAD = [
    (isrc, "USRC176078390", "13 characters"),
    (isrc, "USRC1760783X", "seven digits"),
    (isrc, "1SRC17607839", "two letters"),
    (isrc, "AARC17607839", "prefix `AA`"),
    (iswc, "T-034.524.680-2", "check digit"),
    (iswc, "X-034.524.680-1", "letter T"),
    (isni, "0000000122819551", "check digit"),
    (isni, "00000001228195XX", "15 digits"),
    (ipi, "00250165007", "check digit"),
    (ipi, "25O165006", "11 digits"),
    (dpid, "PADPIDA2014999999Z", "check digit"),
    (dpid, "PADPIDA2014", "18"),
    (icpn, "009463143205", "check digit"),
    (icpn, "1234", "12"),
    (grid, "A12425GABC1234003M", "check digit"),
]


@pytest.mark.parametrize(("module", "code", "shown"), GOOD)
def test_a_good_number_is_read_back_from_how_people_write_it(module: ModuleType, code: str, shown: str) -> None:
    """A valid identifier survives formatting, lower case and outer white space."""
    assert module.format(code) == shown
    assert module.validate(f"  {shown.lower()} ") == code
    assert module.is_valid(shown)


@pytest.mark.parametrize(("module", "code", "why"), BAD)
def test_a_bad_number_is_refused_in_one_sentence(module: ModuleType, code: str, why: str) -> None:
    """What is wrong is named, with the input in backticks."""
    with pytest.raises(BadInput) as refused:
        module.validate(code)
    sentence = str(refused.value)
    assert f"`{code}`" in sentence and why in sentence and "\n" not in sentence
    assert not module.is_valid(code)


@pytest.mark.parametrize("module", [isrc, iswc, isni, ipi, dpid, icpn, grid])
@pytest.mark.parametrize("text", ["", " ", "٣٤٥٦٧٨٩٠١٢٣", "T٠٣٤٥٢٤٦٨٠١", "x" * 10_000, "PADPIDA²007050901U", "²" * 11])
def test_odd_text_is_refused_and_never_crashes(module: ModuleType, text: str) -> None:
    """Empty text, other scripts' digits and very long text are bad input."""
    assert not module.is_valid(text)
    with pytest.raises(BadInput) as refused:
        module.validate(text)
    assert len(str(refused.value)) < 400


def test_the_base_number_has_its_own_start_value() -> None:
    """Two published IPI base numbers hold, and one of them with another digit does not."""
    assert ipi.validate_base("I0000000393") == "I-000000039-3"
    assert ipi.validate_base("i-004791736-0") == "I-004791736-0"
    with pytest.raises(BadInput):
        ipi.validate_base("I-004791736-1")


def test_minting_gives_valid_numbers() -> None:
    """What the demonstration mints is valid by the same rules as what comes in."""
    assert iswc.is_valid(iswc.with_check_digit(912_000_001))
    assert ipi.is_valid(ipi.with_check_digit(990_000_001))
    assert ipi.validate_base(ipi.with_check_digit_base(990_000_001))
    assert isni.is_valid(isni.with_check_digit(9_000_001))
    assert dpid.is_valid(dpid.with_check_digit("2026DEMO01"))
    assert icpn.is_valid(icpn.with_check_digit("990000000001"))
    assert grid.is_valid(grid.with_check_digit("A1DEMO10000000001"))
    assert isrc.mint("ZZDM1", 2026, 7) == "ZZDM12600007"


@pytest.mark.parametrize("module", [isrc, iswc, isni, ipi, dpid, icpn, grid])
def test_the_docs_examples_hold(module: ModuleType) -> None:
    """Each module's own examples run."""
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0
