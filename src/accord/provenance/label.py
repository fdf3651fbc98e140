"""What a listener is told, and what DDEX messages say about AI. Pure.

DDEX ERN 4.3.2: ContainsAI is All, Partly or None, and its absence says nothing; undeclared is therefore never written as
None. `All` allows no contributor but GenerativeAI, `None` allows none with a part in it (AVS v9, AiContribution).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accord.provenance.records import AiContribution, Disclosure
from accord.studio.descent import models_in, recordings
from accord.studio.records import Creation, DeedKind

GENERATOR = "GenerativeAI"
HUMAN_DEEDS = frozenset({DeedKind.SEED_PHRASE, DeedKind.PLAYED_PHRASE, DeedKind.EDIT})


def disclosure(creation: Creation, declared: Mapping[str, str | None], makers: Iterable[str] = ()) -> Disclosure:
    """The AI disclosure of `creation`; `declared` is what each source's delivery said (None: it said nothing).

    `makers` are those of the remixes that are heard in it: they mixed it too.
    """
    if creation.model is not None:
        return _by_model(creation)
    heard = {asset: declared.get(asset) for asset in recordings(creation.lineage)}
    mixed = dict.fromkeys((creation.creator, *makers))
    people = tuple(AiContribution(party, "Remixer", "None") for party in mixed)
    if models_in(creation.lineage):
        parts = (AiContribution(GENERATOR, "Composer", "All"), AiContribution(GENERATOR, "Performer", "All"))
        known = tuple(AiContribution(asset, "Source", value) for asset, value in sorted(heard.items()))
        return Disclosure(
            "Partly", (*people, *parts, *known), "a person mixed it, and a model wrote what is heard in it"
        )
    sources = (*people, *(AiContribution(asset, "Source", value) for asset, value in sorted(heard.items())))
    if any(value in ("All", "Partly") for value in heard.values()):
        return Disclosure("Partly", sources, "at least one source says that it contains AI")
    undeclared = sorted(asset for asset, value in heard.items() if value is None)
    if undeclared or not heard:
        return Disclosure(
            None,
            sources,
            f"no model made it, but {_count(len(undeclared))} said nothing about AI: undeclared",
        )
    return Disclosure("None", sources, "no model made it, and every source says that it contains no AI")


def _by_model(creation: Creation) -> Disclosure:
    human = sorted({deed.kind.value for deed in creation.made_by if deed.kind in HUMAN_DEEDS})
    if human or creation.lineage:
        parts = (AiContribution(creation.creator, "Composer", "None"), AiContribution(GENERATOR, "Composer", "All"))
        return Disclosure(
            "Partly", parts, f"a model wrote it together with a person's {' and '.join(human or ['sources'])}"
        )
    return Disclosure(
        "All",
        (AiContribution(GENERATOR, "Composer", "All"), AiContribution(GENERATOR, "Performer", "All")),
        "a model wrote every note; a person set it going and chose it",
    )


def label(
    creation: Creation,
    disclosed: Disclosure,
    feature_name: str,
    sources: Iterable[str],
    lines: Iterable[str],
    learned: Iterable[int | str] = (),
    made_with: Iterable[str] = (),
) -> str:
    """The listener's label: how it was made, of whom, and the words that the deals ask for, each once.

    `made_with` are the titles of creations of others in it; their makers' names are bound where it is shown.
    `learned` says of each model how many works it learned from; of one that was trained elsewhere what it is called, since
    no one says whose music that learned from.
    """
    how = {
        "All": "Made by an AI model",
        "Partly": _partly(creation),
        "None": "A remix made by a person, without AI",
        None: "A remix made by a person; whether its sources contain AI was not declared",
    }[disclosed.contains_ai]
    text = [f"{how}, in {feature_name}."]
    text += [_learned(of) for of in learned]
    inside = [f"“{title}”" for title in dict.fromkeys(made_with)]
    if inside:
        text.append(
            f"It was made with {_listed(inside)}, {'which others' if len(inside) > 1 else 'which somebody else'} made here and agreed to."
        )
    named = list(dict.fromkeys(sources))
    if named:
        text.append(f"It contains {_listed(named)}, with everyone's agreement.")
    if creation.demonstration:
        text.append("A demonstration: its parties are fictional.")
    asked = dict.fromkeys(line.strip() for line in lines if line.strip())
    return " ".join([*text, *(line if line[-1] in ".!?" else f"{line}." for line in asked)])


def _partly(creation: Creation) -> str:
    if creation.model:
        return "Made by a person and an AI model together"
    if not models_in(creation.lineage):
        return "A remix that contains AI-made parts"
    return f"Mixed by a person from {'recordings and ' if recordings(creation.lineage) else ''}what an AI model wrote"


def _learned(of: int | str) -> str:
    if isinstance(of, int):
        return f"The model learned only from music whose owners and artists agreed ({of} works)."
    return f"The model, {of}, was trained elsewhere: whose music it learned from is not known here, and nobody is credited for it."


def _count(number: int) -> str:
    return "one source" if number == 1 else f"{number} sources"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
