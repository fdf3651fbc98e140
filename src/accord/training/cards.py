"""The two cards of a model, in Markdown: what it is and may do (Hugging Face's model card form), and what it learned from.

Everything on them comes from facts; names are ids, so that a card shows nobody to somebody who may not see them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from accord.terms.instant import text
from accord.training import mixture
from accord.training.records import Calibration, Excluded, Model, Seal, SealedItem

NOT_CALIBRATED = "not calibrated, so its output is not attributable: all of it is paid by sealed tokens"


PPM = 1_000_000


def model_card(model: Model, seal: Seal, licences: Mapping[str, str]) -> str:
    """The model card: YAML head, then what the model is, its licences, its figures and its limits."""
    return "\n".join(
        [
            *_head(model, seal),
            f"# {_line_of(model.name)}",
            "",
            f"`{model.id}`, trained {text(model.at)[:10]} on the sealed set `{seal.id}`. {_what(model)}",
            "",
            "## Where it may serve",
            "",
            f"Feature `{model.feature}`, in {model.territories.text()} and nowhere else, while every item of its set stays cleared.",
            f"A retrain is a new use: it needs a new seal. Sunset: {_sunset(model)}.",
            "",
            "## Under which licences",
            "",
            *_licences(licences),
            "",
            "## Training",
            "",
            f"- {len(seal.items)} items in {len(seal.clusters)} de-duplicated works, {seal.note_tokens:,} notes; "
            f"{len(seal.excluded)} left out{_reasons(seal.excluded)}, each with its reason on the data card",
            f"- set: `{seal.digest}`",
            f"- weights: `{model.weights}`, {model.parameters:,} parameters, seed {model.seed}, "
            f"{model.steps:,} steps in {model.trained_s:.0f} CPU-seconds",
            "",
            "## Held-out loss",
            "",
            *_losses(model),
            "",
            *_compared(model),
            "## Attribution",
            "",
            *_attribution(model),
            "",
            "## Limits",
            "",
            "It writes scores, not sound. It knows no lyrics, no names and no styles by name. Tempo and instruments follow the",
            "request, not what was learned. Every output is compared with the catalogue first.",
            "",
            "## What it has by heart",
            "",
            _memorised(model),
            "",
        ]
    )


def data_card(seal: Seal, licences: Mapping[str, str]) -> str:
    """The data card: counts, licences, every item's ground, and every exclusion with its reason."""
    return "\n".join(
        [
            f"# Data card of {seal.id}",
            "",
            f"Sealed {text(seal.at)} for feature `{seal.feature}` in {seal.territories.text()}; manifest `{seal.digest}`.",
            "",
            "| | |",
            "|---|---|",
            f"| items | {len(seal.items)} |",
            f"| de-duplicated works | {len(seal.clusters)} |",
            f"| notes | {seal.note_tokens:,} |",
            *(f"| of these, {kind}s | {n} |" for kind, n in sorted(Counter(i.kind for i in seal.items).items())),
            f"| demonstration | {sum(i.demonstration for i in seal.items)} |",
            f"| non-commercial only | {sum(i.non_commercial for i in seal.items)} |",
            f"| left out | {len(seal.excluded)} |",
            "",
            "## Licences",
            "",
            *_licences(licences),
            "",
            "## Terms that the encodings state",
            "",
            *_terms(seal.items),
            "",
            "## Left out, and why",
            "",
            *_excluded(seal.excluded),
            "",
            "## Items",
            "",
            "| asset | title | work | cluster | notes | decision | deals |",
            "|---|---|---|---|---|---|---|",
            *(_line(item) for item in seal.items),
            "",
        ]
    )


def licence_words(licensor: str, clauses: Iterable[Mapping[str, object]], starts: str, ends: str | None) -> str:
    """One licence in words, from its public terms: licensor, what each clause grants, and until when."""
    granted = "; ".join(f"clause {clause.get('number', '?')}: {_clause(clause)}" for clause in clauses)
    return f"licensor {licensor}, {starts} to {ends or 'no end'}: {granted or 'terms not public'}"


def _clause(clause: Mapping[str, object]) -> str:
    parts = []
    for name in ("uses", "features", "territories", "rights", "conditions"):
        value = clause.get(name)
        if isinstance(value, list | tuple):
            value = ", ".join(str(v) for v in value)
        if isinstance(value, dict):
            value = ", ".join(_term(k, v) for k, v in value.items() if v not in (None, False, ""))
        if value:
            parts.append(f"{name} {value}")
    return "; ".join(parts)


def _term(name: str, value: object) -> str:
    words = name.replace("_", " ")
    return words if value is True else f"{words} “{value}”"


def _line_of(text: str) -> str:
    """Text as it can stand in a line of Markdown and in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _reasons(excluded: tuple[Excluded, ...]) -> str:
    counted = sorted(Counter(one.code for one in excluded).items(), key=lambda pair: (-pair[1], pair[0]))
    return f" ({', '.join(f'{n} × `{code}`' for code, n in counted)})" if counted else ""


def _head(model: Model, seal: Seal) -> list[str]:
    loss = f"{model.losses.mixture:.4f}" if model.losses else "null"
    return [
        "---",
        "license: other",
        "license_name: per-licensor deals, see below",
        "library_name: accord",
        "pipeline_tag: other",
        "tags: [music, symbolic, midi, licensed-training-data]",
        f"datasets: [{seal.id}]",
        "model-index:",
        f"- name: {model.id}",
        "  results:",
        "  - task: {type: other, name: symbolic music generation}",
        f"    dataset: {{type: {seal.id}, name: held-out clusters of {seal.id}}}",
        f"    metrics: [{{type: loss, name: nats per token of the mixture, value: {loss}}}{_head_score(model)}]",
        "---",
        "",
    ]


def _head_score(model: Model) -> str:
    measured = model.calibration
    named = "linear datamodelling score of what its works are paid by"
    return f", {{type: lds, name: {named}, value: {measured.paid.lds.value}}}" if measured else ""


def _what(model: Model) -> str:
    if model.method != mixture.KIND:
        return f"Trained elsewhere and registered here; it runs through the adapter `{model.method}`."
    return (
        "An autoregressive model of scores over REMI tokens: half an interpolated n-gram whose counts carry the works they "
        "come from, half a small transformer."
    )


def _sunset(model: Model) -> str:
    if model.sunset_set is None:
        return "none set"
    return f"{text(model.sunset_set.at)[:10]} ({model.sunset_set.because})"


def _licences(licences: Mapping[str, str]) -> list[str]:
    return [f"- `{deal}`: {_line_of(words)}" for deal, words in sorted(licences.items())] or [
        "- none: everything in it is free of them"
    ]


def _losses(model: Model) -> list[str]:
    if model.losses is None:
        return ["Not measured: fewer than ten de-duplicated works, or trained elsewhere."]
    held = model.losses
    return [
        f"Nats a token on {held.clusters} clusters ({held.tokens:,} tokens) that the network never saw:",
        "",
        "| n-gram | transformer | half and half |",
        "|---|---|---|",
        f"| {held.ngram:.3f} | {held.network:.3f} | {held.mixture:.3f} |",
        "",
        "For this figure the n-gram was counted without them; the one that serves has counted the whole set.",
    ]


def reliability(model: Model) -> str:
    """In a few words: how much of what its output earns its set follows attribution, and why not more."""
    measured = model.calibration
    if measured is None:
        return NOT_CALIBRATED
    score = f"linear datamodelling score {measured.paid.lds.words()}"
    if not measured.weight_ppm:
        return f"calibrated, but no better than chance can be told ({score}), so its output is not attributable: all of it is paid by sealed tokens"
    w = measured.weight_ppm / 10_000
    return f"{w:.1f} % is paid by attribution ({score}), {100 - w:.1f} % by sealed tokens"


def would_be_attributable(model: Model) -> str:
    """What would make a model's output attributable; nothing where that is done, or cannot be."""
    if model.calibration is not None or model.method != mixture.KIND:
        return ""
    return "`accord attribution calibrate` measures what attribution is worth for it, by retraining a small model of its kind"


def _attribution(model: Model) -> list[str]:
    measured = model.calibration
    opening = f"Of what its output earns the works it learned from: **{reliability(model)}**."
    if measured is None:
        return [opening, *([f"{would}."] if (would := would_be_attributable(model)) else [])]
    lines = [f"| {m.name} | {m.lds.words()} | {m.within.words()} |" for m in measured.methods]
    agreed = f"Two seeds of one subset agree to {measured.agreement:.2f}; no method could score more than {measured.ceiling:.2f}"
    return [
        opening,
        "",
        f"Measured against {measured.subsets} random halves of {measured.works} de-duplicated works, each retrained with "
        f"{measured.seeds} seeds{' by a *proxy*' if measured.is_proxy else ''}: {measured.retrained}. Checkpoints ({measured.checkpoints}), "
        f"damping ({measured.damping:g}) and the part of influence ({measured.part_ppm / 10_000:g} %) were chosen on {measured.chosen_on} "
        f"pieces; what follows is measured on {measured.reported} others, with 95 % intervals over pieces and subsets.",
        "",
        "| method | linear datamodelling score | within one style |",
        "|---|---|---|",
        *lines,
        "",
        f"- over likeness alone: {measured.over_likeness.words()}",
        f"- {agreed}: the method that pays reaches {_part_of(measured):.0f} % of that",
        f"- money error, leaving out one of {measured.owners} owners at a time: {measured.money_error.words()} of the money goes to another "
        f"owner than by retrained effect; by sealed tokens alone {measured.money_error_pro_rata.words()}{_over(measured)}",
        "- w = the least of: the lower end of the score's interval, the lower end within one style, and the part by "
        f"attribution with the least money error on the pieces chosen on ({measured.best_ppm / 10_000:g} %); zero where the score's interval "
        f"reaches a control's or the one within a style reaches zero. Here **w = {measured.weight_ppm / PPM:.4f}**",
        f"- a work's effect is {'that of its tokens, so by its size' if measured.by_token else 'its own, whatever its size'}",
        f"- {measured.cpu_s:.0f} CPU-seconds",
    ]


def _over(measured: Calibration) -> str:
    over = measured.money_error_over
    return f"; the first less the second on the same pieces {over.words(3)}" if over else ""


def _compared(model: Model) -> list[str]:
    return [f"Compared: {model.compared.words()}.", ""] if model.compared else []


def _memorised(model: Model) -> str:
    found = model.memorised
    if found is None:
        return "Not measured: trained before this was, or elsewhere."
    low, high = _between(found.held, found.pieces)
    return (
        f"No piece leaves with a run of more than {found.bound} notes, with their rhythm, that stands in a voice of the set, in "
        f"whatever key or tempo. Before that guard {found.held} of {found.pieces} pieces ({found.notes:,} notes in the lines of their "
        f"voices) held one: {100 * found.held / found.pieces:.0f} %, by so few pieces between {100 * low:.0f} and {100 * high:.0f} % of "
        f"all it writes (95 %). Their longest run was of {found.longest} notes."
    )


def _between(held: int, pieces: int) -> tuple[float, float]:
    """The 95 % interval of a part that was seen in `held` of `pieces` (Clopper & Pearson 1934)."""
    from scipy.special import betaincinv  # imported late: most who read models never write a card

    low = betaincinv(held, pieces - held + 1, 0.025) if held else 0.0
    high = betaincinv(held + 1, pieces - held, 0.975) if held < pieces else 1.0
    return float(low), float(high)


def _part_of(measured: Calibration) -> float:
    return 100 * measured.paid.lds.value / measured.ceiling if measured.ceiling else 0.0


def _terms(items: Iterable[SealedItem]) -> list[str]:
    counted = Counter(item.licence or "none stated" for item in items)
    return [f"- {n} × {_line_of(terms)}" for terms, n in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def _excluded(excluded: tuple[Excluded, ...]) -> list[str]:
    if not excluded:
        return ["Nothing was."]
    reasons = Counter(one.code for one in excluded)
    whole = len(excluded)
    summary = [
        f"- {n} ({float(Fraction(100 * n, whole)):.0f} %) `{code}`"
        for code, n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    lines = [f"| {one.asset} | {_line_of(one.title)} | `{one.code}` | {_line_of(one.because)} |" for one in excluded]
    return [*summary, "", "| asset | title | code | because |", "|---|---|---|---|", *lines]


def _line(item: SealedItem) -> str:
    deals = ", ".join(item.deals) or "none needed"
    return f"| {item.asset} | {_line_of(item.title)} | {item.work} | {item.cluster} | {item.note_tokens} | {item.decision} | {deals} |"
