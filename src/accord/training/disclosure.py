"""What the law asks a model's provider to publish about what it learned from, filled in from facts (pure).

Two texts: the public summary of training content of the European AI Act (Article 53(1)(d), in the sections of the
Commission's template of July 2025), and California's AB 2013 (Civil Code § 3111: twelve items). What no fact says is said
to be unknown here, for the operator to fill in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from accord.terms.instant import text
from accord.training.records import Licence, Model, Seal

UNKNOWN = "No fact of this instance says; the operator fills this in."
#: Ranges that the template counts content in.
RANGES = ((1_000, "fewer than 1,000"), (10_000, "1,000 to 10,000"), (100_000, "10,000 to 100,000"))


def europe(model: Model, seal: Seal, licences: Sequence[Licence]) -> str:
    """The public summary of training content."""
    clear = _without_deal(seal)
    return "\n".join(
        [
            f"# Public summary of training content: {model.id}",
            "",
            "## 1. General information",
            "",
            f"- Provider: {UNKNOWN}",
            f"- Model: {_line(model.name)} (`{model.id}`), version by weights `{model.weights}`",
            f"- Placed on the market: {_since(model)}, for feature `{model.feature}` in {model.territories.text()}",
            f"- Modality: music as scores (notes); size: {_range(seal.note_tokens)} notes ({seal.note_tokens:,}) in {len(seal.items)} items",
            f"- Kinds of content: {_kinds(seal)}",
            f"- Latest acquisition: the set was fixed on {text(seal.at)[:10]}; nothing is learned after that",
            "- Languages: none; no text is learned from",
            "",
            "## 2. Sources of data",
            "",
            f"- 2.1 Publicly available data sets: none as such; {clear} items need no deal (public domain, or the terms of their encoding)",
            f"- 2.2 Private data licensed by rightsholders: {len(seal.items) - clear} items, under {len(licences)} deals",
            *(f"    - `{one.deal}`: {_line(one.words)}" for one in licences),
            "- 2.3 Data crawled from the web: none; a set is sealed from the catalogue alone",
            "- 2.4 User data: none; what listeners and creators do is not learned from",
            "- 2.5 Synthetic data: none is made for training",
            "- 2.6 Other: none",
            "",
            "## 3. How the data was treated",
            "",
            "- Reservations of rights: nothing is learned from unless everybody needed said yes; "
            f"{len(seal.excluded)} candidates were left out{_why(seal)}",
            f"- Taken back since: {len(seal.revoked)} items; sunset of the model: {text(model.sunset)[:10] if model.sunset else 'none set'}",
            "- Illegal content: holds of the integrity room keep an asset out of every set",
            f"- Near-duplicates are joined: {len(seal.items)} items are {len(seal.clusters)} works",
            "",
        ]
    )


def california(model: Model, seal: Seal, licences: Sequence[Licence]) -> str:
    """The twelve items of AB 2013, in the order of the law."""
    clear = _without_deal(seal)
    owners = ", ".join(sorted({one.licensor for one in licences})) or "no licensor: every item is free of deals"
    purpose = f"It learns how scores of this kind go on, to write new ones in feature `{model.feature}`."
    points = f"{_range(seal.note_tokens)} notes ({seal.note_tokens:,}) in {len(seal.items)} items; it is fixed and does not grow."
    cleaning = (
        f"Notes are brought to one key, grid and register; near-duplicates are joined into {len(seal.clusters)} works; "
        f"{len(seal.excluded)} candidates were left out."
    )
    rights = (
        f"{len(seal.items) - clear} items are under deals with those who control them; {clear} need none (public domain, or "
        f"the terms of their encoding). Trademarks and patents: {UNKNOWN[:-1].lower()}."
    )
    said = (
        ("Sources or owners of the data sets", f"The sealed set `{seal.id}`; licensors: {owners}."),
        ("How the data sets further the intended purpose", purpose),
        ("Number of data points", points),
        ("Types of data points", f"{_kinds(seal)}, read as notes; no labels."),
        ("Copyright, trademark, patent, or public domain", rights),
        ("Purchased or licensed", f"Licensed: {len(licences)} deals. {_purchased(clear)}"),
        ("Personal information", f"Credits name {_people(seal)} people by id; they are not learned from. Names are kept apart."),
        ("Aggregate consumer information", "None is learned from."),
        ("Cleaning, processing or modification", cleaning),
        ("When the data was collected", f"Until {text(seal.at)[:10]}, when the set was fixed; collection for this model is over."),
        ("When the data was first used", f"{text(model.at)[:10]}, when this model was trained."),
        ("Synthetic data", "None is used or made in developing it."),
    )  # fmt: skip
    lines = [f"{number}. **{item}.** {answer}" for number, (item, answer) in enumerate(said, start=1)]
    return "\n".join([f"# Training data of {model.id} (California, AB 2013)", "", *lines, ""])


def _without_deal(seal: Seal) -> int:
    return sum(not item.deals for item in seal.items)


def _since(model: Model) -> str:
    return text(model.live_from)[:10] if model.live_from else f"not yet; trained {text(model.at)[:10]}"


def _kinds(seal: Seal) -> str:
    return ", ".join(f"{n} {kind}s" for kind, n in sorted(Counter(item.kind for item in seal.items).items()))


def _people(seal: Seal) -> int:
    return len({person for item in seal.items for person in item.people})


def _purchased(clear: int) -> str:
    return f"{clear} items came without a deal." if clear else "Nothing came without a deal."


def _why(seal: Seal) -> str:
    counted = sorted(Counter(one.code for one in seal.excluded).items())
    return f" ({', '.join(f'{n} × `{code}`' for code, n in counted)})" if counted else ""


def _range(count: int) -> str:
    return next((words for most, words in RANGES if count < most), "more than 100,000")


def _line(words: str) -> str:
    return " ".join(words.split())
