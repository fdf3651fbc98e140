"""Territories: the table, its groups, the algebra and its texts."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.terms import territory
from accord.terms.refusal import BadInput
from accord.terms.territory import EMPTY, SIZE, TERRITORIES, WORLD, TerritorySet

sets = st.integers(min_value=0, max_value=WORLD.bits).map(TerritorySet)


def test_the_table_holds_iso_3166_and_kosovo() -> None:
    """All 249 ISO 3166-1 countries and Kosovo."""
    import pycountry

    assert set(TERRITORIES) == {c.alpha_2 for c in pycountry.countries} | {"XK"}
    assert SIZE == 250


@pytest.mark.parametrize("word", ["world", "Worldwide", "2136", "2WL"])
def test_every_word_for_everywhere_is_everywhere(word: str) -> None:
    """DDEX's Worldwide and TIS's 2136 are the whole table, those TIS does not list included."""
    assert TerritorySet.parse(word) == WORLD


def test_a_tis_group_expands_to_its_members() -> None:
    """TIS 2110 is Benelux; 2123, the European Union, has no United Kingdom."""
    assert TerritorySet.of("2110") == TerritorySet.of("BE", "NL", "LU")
    assert "GB" not in TerritorySet.of("2123")
    assert len(TerritorySet.of("2EN")) == 27


def test_tis_numbers_of_countries_are_read_with_and_without_leading_zeros() -> None:
    """CWR writes France 250 and Albania 8 or 0008."""
    assert TerritorySet.of("0250", "8", "0008") == TerritorySet.of("FR", "ALB")


@pytest.mark.parametrize("text", ["WORLD-JP", "world - jp", "Worldwide-JPN", "2136-392"])
def test_a_minus_takes_out(text: str) -> None:
    """Everywhere but Japan, in each way of writing it, has one canonical text."""
    assert TerritorySet.parse(text).text() == "WORLD-JP"


@pytest.mark.parametrize("text", ["", " ", "ZZ", "FRA-", "2199", "US-CA", "CA-QC", "DE--FR", "2110-JP", "200"])
def test_what_is_no_territory_is_bad_input(text: str) -> None:
    """Unknown, withdrawn and subdivided codes are refused, and named."""
    with pytest.raises(BadInput):
        TerritorySet.parse(text)


def test_asking_for_an_unknown_code_is_bad_input_and_not_a_no() -> None:
    """`in` refuses a code outside the table instead of saying it is not in the set."""
    with pytest.raises(BadInput, match="`XX`"):
        "XX" in WORLD  # noqa: B015


def test_ddex_exclusions_alone_mean_everywhere_else() -> None:
    """ExcludedTerritoryCode without TerritoryCode takes out of the world; neither is refused."""
    assert TerritorySet.ddex(excluded=["JP", "KR"]).text() == "WORLD-JP-KR"
    with pytest.raises(BadInput):
        TerritorySet.ddex()


@pytest.mark.parametrize("text", ["WORLD" + "-JP" * 9000, "X" * 9000, " " * 9000])
def test_a_refused_text_is_quoted_shortly(text: str) -> None:
    """However long it is, the sentence about it stays one that can be read."""
    with pytest.raises(BadInput) as refused:
        TerritorySet.parse(text)
    assert len(str(refused.value)) < 250


def test_one_code_is_one_territory() -> None:
    """`code` takes any form of one country and refuses a group."""
    assert territory.code("jpn") == "JP"
    with pytest.raises(BadInput):
        territory.code("2120")


@given(sets)
def test_the_text_reads_back(found: TerritorySet) -> None:
    """parse(text(s)) is s, and so are its words and its pickle."""
    assert TerritorySet.parse(found.text()) == found
    assert TerritorySet.from_words(found.words()) == found
    assert pickle.loads(pickle.dumps(found)) == found


@given(sets, sets)
def test_the_algebra_is_that_of_sets(a: TerritorySet, b: TerritorySet) -> None:
    """Union, intersection, difference and complement are Python's own on the sets of codes."""
    left, right = set(a), set(b)
    assert set(a | b) == left | right
    assert set(a & b) == left & right
    assert set(a - b) == left - right
    assert set(~a) == set(TERRITORIES) - left
    assert (a <= b) == (left <= right)
    assert len(a) == len(left) and list(a) == sorted(left)


def test_sets_do_not_change() -> None:
    """A set cannot be written to."""
    with pytest.raises(AttributeError):
        EMPTY.bits = 1
