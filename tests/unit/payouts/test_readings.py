"""Who is paid for an asset: sides, claims and deals as exact parts."""

from __future__ import annotations

from fractions import Fraction

from tests.unit.payouts.made import MASTER, WORK, X, held, side

from accord.payouts.order import CURRENT
from accord.payouts.readings import parts as parts_of
from accord.payouts.readings import read_creator, read_source, weights
from accord.payouts.records import Account, Recipient, Subject
from accord.terms.right import Right

HALF = Fraction(1, 2)


def parts(subject: Subject, held_ppm: int = 700_000) -> dict[tuple[str, str], Fraction]:
    return {(one.account.value, one.party): one.share for one in read_source(subject, held_ppm, CURRENT)}


def recording(*works, master=(held("L", Right.MASTER, 1),), featured=()) -> Subject:
    return Subject(asset="R", master=side("R", MASTER, *master), works=works, featured=featured)


def test_parity_puts_master_and_publishing_at_one_to_one():
    """At 70 %, a label with the whole master gets 35 % of what the recording earned."""
    assert parts(X)["due", "L1"] == Fraction(35, 100)


def test_without_parity_the_order_says_how_the_sides_are_divided():
    """No deal in play asks for parity: three quarters are the master's."""
    plain = recording(
        side("W", WORK, held("P", Right.MR, 1, parity=False)), master=(held("L", Right.MASTER, 1, parity=False),)
    )
    assert parts(plain) == {
        ("due", "L"): Fraction(3, 4) * Fraction(7, 10),
        ("due", "P"): Fraction(1, 4) * Fraction(7, 10),
        ("platform", ""): Fraction(3, 10),
    }


def test_each_claimant_is_paid_at_its_own_deals_rate():
    """A label at 80 % and a publisher at 50 % leave the platform the rest of each."""
    mixed = recording(
        side("W", WORK, held("P", Right.MR, 1, rate_ppm=500_000)),
        master=(held("L", Right.MASTER, 1, rate_ppm=800_000),),
    )
    assert parts(mixed) == {
        ("due", "L"): Fraction(4, 10),
        ("due", "P"): Fraction(1, 4),
        ("platform", ""): Fraction(35, 100),
    }


def test_a_missing_share_is_kept_apart_at_the_best_rate():
    """12.5 % claimed by nobody is neither the platform's nor anybody else's."""
    missing = recording(side("W", WORK, held("P", Right.MR, Fraction(7, 8))))
    found = read_source(missing, 900_000, CURRENT)
    nobody = next(one for one in found if one.account is Account.UNMATCHED)
    assert nobody.share == HALF * Fraction(1, 8) * Fraction(9, 10)
    assert nobody.reason == "12.5 % of the mechanical right is claimed by nobody"


def test_a_claim_without_a_deal_is_kept_apart_and_named():
    """P3 claims and has no deal: its money waits under its claim."""
    found = read_source(recording(side("W", WORK, held("P3", Right.MR, 1, deal=None))), 700_000, CURRENT)
    nobody = next(one for one in found if one.account is Account.UNMATCHED)
    assert (nobody.reason, nobody.claims) == ("claimed by P3, who has no deal", ("clm-P3-MR",))


def test_claims_beyond_the_whole_pay_nobody():
    """Two claims of 100 % each: the side is kept apart until one of them is rejected."""
    twice = recording(
        side("W", WORK, held("P", Right.MR, 1)), master=(held("L1", Right.MASTER, 1), held("L2", Right.MASTER, 1))
    )
    found = read_source(twice, 700_000, CURRENT)
    assert {one.party for one in found if one.account is Account.DUE} == {"P"}
    assert any(one.reason == "claims to the master sum to 200 %" for one in found)


def test_a_disputed_share_goes_to_escrow_and_changes_nobody_elses():
    """P2's half is in escrow; P1's is what it would be without the dispute."""
    assert parts(X)["escrow", "P2"] == parts(X)["due", "P1"]


def test_the_featured_artists_part_comes_out_of_the_masters():
    """40 % of the label's part goes to two artists direct, in equal parts."""
    direct = recording(
        side("W", WORK, held("P", Right.MR, 1)),
        master=(held("L", Right.MASTER, 1, featured_artist_ppm=400_000),),
        featured=("N1", "N2"),
    )
    found = parts(direct)
    assert found["due", "L"] == Fraction(35, 100) * Fraction(6, 10)
    assert found["direct", "N1"] == found["direct", "N2"] == Fraction(35, 100) * Fraction(2, 10)


def test_nobody_is_paid_for_a_work_in_the_public_domain():
    """Its part stays with the platform, under that reason, and not in the unmatched money."""
    found = read_source(recording(side("W", WORK, public_domain=True)), 700_000, CURRENT)
    free = next(one for one in found if one.account is Account.PLATFORM and one.claimed == "W")
    assert (free.share, free.reason) == (HALF, "in the public domain: there is nobody to pay")


def test_several_works_share_the_publishing_side_equally():
    """A recording of two works pays each half of the side."""
    both = recording(side("W1", WORK, held("P", Right.MR, 1)), side("W2", WORK, held("Q", Right.MR, 1)))
    assert parts(both)["due", "P"] == parts(both)["due", "Q"] == Fraction(7, 40)


def test_rights_collect_in_equal_parts_and_a_party_with_both_has_one_line():
    """P holds all of MR and half of PR: three quarters of the work, in one part."""
    work = side(
        "W",
        (Right.MR, Right.PR),
        held("P", Right.MR, 1),
        held("P", Right.PR, HALF),
        held("Q", Right.PR, HALF),
    )
    found = read_source(Subject(asset="W", master=None, works=(work,)), 700_000, CURRENT)
    mine = next(one for one in found if one.party == "P")
    assert (mine.share, mine.claims) == (Fraction(3, 4) * Fraction(7, 10), ("clm-P-MR", "clm-P-PR"))
    assert mine.side * mine.claim_share * Fraction(mine.rate_ppm, 1_000_000) == mine.share


def test_a_work_alone_has_no_master_side():
    """What a model learned from a score is publishing only."""
    assert parts(Subject(asset="W", master=None, works=(side("W", WORK, held("P", Right.MR, 1)),))) == {
        ("due", "P"): Fraction(7, 10),
        ("platform", ""): Fraction(3, 10),
    }


def test_a_co_creator_gets_what_the_split_gives():
    """No deal stands between a co-creator and its share."""
    (only,) = read_creator("N", CURRENT)
    assert (only.account, only.party, only.share) == (Account.CREATOR, "N", 1)


def test_weights_are_the_shares_over_one_denominator():
    """1/3 and 2/3 are 1 and 2."""
    shares = [
        Recipient(rank=0, party=p, claimed="A", account=Account.DUE, share=Fraction(n, 3))
        for p, n in (("P", 1), ("Q", 2))
    ]
    assert weights(shares) == (1, 2)


def test_shares_beyond_62_bits_are_split_exactly_all_the_same():
    """No weights of 64 bits say 1/p for four large primes; their exact parts of an amount do, largest rest first."""
    primes = (9967, 9973, 10007, 10009, 10037)
    shares = [Fraction(1, prime) for prime in primes]
    shares.append(1 - sum(shares))
    found = [
        Recipient(rank=0, party=f"P{n}", claimed="A", account=Account.DUE, share=share)
        for n, share in enumerate(shares)
    ]
    assert weights(found) is None
    whole = 10**15 + 7
    split = parts_of(found, whole)
    assert sum(split) == whole
    assert all(abs(part - whole * share) < 1 for part, share in zip(split, shares, strict=True))
    rests = [whole * share - part for part, share in zip(split, shares, strict=True)]
    assert max(rest for rest in rests if rest < 0) < 0 <= min(rest for rest in rests if rest >= 0) < 1


def test_a_micro_left_over_of_equal_shares_goes_to_the_lowest_id():
    """Whichever order they stand in: of two micros among three equals, `par_1` and `par_10` have one each."""
    found = [
        Recipient(rank=0, party=party, claimed="A", account=Account.DUE, share=Fraction(1, 3))
        for party in ("par_2", "par_10", "par_1")
    ]
    assert parts_of(found, 2) == (0, 1, 1)
