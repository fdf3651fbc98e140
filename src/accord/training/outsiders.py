"""The doors of outside models: register, place, admit to a feature, dismiss, and ask whether one may serve (shell)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from accord.governance import queries as features
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import adapters, facts, outside, outside_card, weights
from accord.training.models import AdmissionRow, OutsideRow
from accord.training.outside import Admission, OutsideModel, WeightsLicence

LONGEST_NAME = 80
MOST_BYTES = 2**53 - 1  # the largest integer that a fact can hold


def model(model_id: str) -> OutsideModel:
    """One outside model as it stands. Raises: NotThere."""
    found = find(model_id)
    if found is None:
        raise NotThere(f"there is no outside model `{model_id}`", do="`accord model list` shows those there are")
    return found


def find(model_id: str | None) -> OutsideModel | None:
    """The outside model of an id; None when there is none."""
    row = OutsideRow.objects.filter(id=model_id).first() if model_id else None
    return _model(row) if row is not None else None


def models(feature: str | None = None) -> list[OutsideModel]:
    """Every outside model in the order they were registered, those admitted to a feature where one is named."""
    found = [_model(row) for row in OutsideRow.objects.order_by("position", "id")]
    return [one for one in found if feature is None or one.admission(feature)]


def register(
    name: str,
    version: str,
    adapter: str,
    weights_digest: str,
    size_bytes: int,
    licence: WeightsLicence,
    at: Instant,
    actor: str,
) -> OutsideModel:
    """Register a model that was trained elsewhere; it serves nobody before it is admitted. Raises: BadInput, NotThere."""
    adapters.check_known(adapter)
    for what, words in (("name", name), ("version", version)):
        if not 0 < len(words.strip()) <= LONGEST_NAME:
            raise BadInput(f"a model needs a {what}", do=f"say it in at most {LONGEST_NAME} characters")
    if not weights.is_digest(weights_digest):
        raise BadInput(f"`{weights_digest[:90]}` is no digest of weights", do="`accord model weights FOLDER` prints it")
    if not 0 < size_bytes <= MOST_BYTES:
        raise BadInput(f"`{size_bytes}` bytes is no size of weights", do="`accord model weights FOLDER` prints it")
    parties.party(licence.licensor)
    with writing(actor=actor, at=at) as journal:
        new = journal.mint("omd")
        journal.append(
            facts.OutsideRegistered(
                model=new,
                name=name.strip(),
                version=version.strip(),
                adapter=adapter,
                weights=weights_digest,
                size_bytes=size_bytes,
                licence=licence,
            )
        )
    return model(new)


def place(model_id: str, folder: Path) -> OutsideModel:
    """Say where on this machine an outside model's folder stands. Raises: NotThere, BadInput when it holds something else."""
    found = model(model_id)
    weights.place(folder, found.weights)
    return found


def admit(model_id: str, feature: str, territories: TerritorySet, at: Instant, actor: str) -> OutsideModel:
    """Let an outside model serve a feature. Raises: NotThere, BadInput; Refused when its weights' licence forbids it."""
    if not territories:
        raise BadInput("a model is admitted in at least one territory", do="name one, such as DE, or WORLD")
    with writing(actor=actor, at=at) as journal:
        found, asked = model(model_id), features.feature(feature)
        refusal = outside.may_be_admitted(found, asked, _called(found))
        if refusal is not None:
            raise Refused(refusal)
        where = territories & asked.territories
        if not where:
            raise BadInput(f"{asked.name} is for {asked.territories.text()} and for nothing of {territories.text()}")
        admission = journal.mint("adm")
        journal.append(facts.OutsideAdmitted(admission=admission, model=found.id, feature=asked.id, territories=where))
    return model(model_id)


def dismiss(model_id: str, feature: str, because: str, at: Instant, actor: str) -> OutsideModel:
    """Let an outside model serve a feature no more. Raises: NotThere when it does not; BadInput without a reason."""
    if not because.strip():
        raise BadInput("to dismiss a model needs a reason", do='say in a few words what was wrong: --because "…"')
    with writing(actor=actor, at=at) as journal:
        if model(model_id).admission(feature) is None:
            raise NotThere(f"{model_id} is not admitted to `{feature}`", do="`accord model show` says where it is")
        journal.append(facts.OutsideDismissed(model=model_id, feature=feature, because=because.strip()))
    return model(model_id)


def check_serving(model_id: str, feature: str, territory: str) -> tuple[OutsideModel, Admission]:
    """The model and its admission, if it may serve a feature in a territory now. Raises: NotThere, Refused."""
    found = model(model_id)
    refusal = outside.may_serve(found, features.feature(feature), territory, _called(found))
    admitted = found.admission(feature)
    if refusal is not None or admitted is None:
        assert refusal is not None  # a model without admission is refused
        raise Refused(refusal)
    return found, admitted


def check_released(model_id: str, uses: Iterable[Use]) -> None:
    """Raises: Refused when the weights' licence forbids one of the uses of a release; NotThere."""
    found = model(model_id)
    refusal = outside.may_be_released(found, uses, _called(found))
    if refusal is not None:
        raise Refused(refusal)


def sound(found: OutsideModel, request: adapters.SoundRequest) -> tuple[adapters.Samples, int]:
    """What it makes of a request, which is looked at before gigabytes are read.

    Raises: BadInput; Refused when its weights are not here or not what was registered, and while another sound is made.
    """
    adapters.check(request, found.adapter)
    with adapters.alone():
        folder = weights.folder_of(found.id, found.weights)
        return adapters.sound(found.adapter, folder, found.weights, request)


def card(model_id: str, which: str = "model") -> bytes:
    """A card, written now from the facts: `model` in Markdown, `bom` as CycloneDX. Raises: NotThere."""
    found = model(model_id)
    if which == "bom":
        return outside_card.bom(found)
    if which != "model":
        raise NotThere(f"{model_id} has no `{which}` card", do="an outside model has `model` and `bom`")
    licensor = found.licence.licensor
    return outside_card.markdown(found, parties.names([licensor])).encode()


def _called(found: OutsideModel) -> str:
    licensor = found.licence.licensor
    return parties.names([licensor]).get(licensor, licensor)


def _model(row: OutsideRow) -> OutsideModel:
    admissions = AdmissionRow.objects.filter(model=row.id).order_by("position")
    return OutsideModel(
        id=row.id,
        name=row.name,
        version=row.version,
        adapter=row.adapter,
        weights=row.weights,
        size_bytes=row.size_bytes,
        licence=msgspec.convert(row.licence, WeightsLicence),
        by=row.by,
        at=row.at,
        admissions=tuple(_admission(one) for one in admissions),
    )


def _admission(row: AdmissionRow) -> Admission:
    where = TerritorySet.parse(row.territories)
    return Admission(id=row.id, feature=row.feature, territories=where, by=row.by, at=row.at)
