"""Facts of training → rows. A set's items are read from its manifest in the vault, which the fact names by hash."""

from __future__ import annotations

import msgspec

from accord.journal.registry import Entry, projects
from accord.training import facts, manifest, models
from accord.training.records import ModelState
from accord.vault import actions as vault


@projects(facts.SetSealed)
def on_sealed(entry: Entry, f: facts.SetSealed) -> None:
    """A set, its items, and the people credited on them."""
    models.SealRow.objects.create(
        id=f.seal,
        feature=f.feature,
        territories=f.territories.text(),
        manifest=f.manifest,
        known=f.known,
        items=f.items,
        excluded=f.excluded,
        clusters=f.clusters,
        licences=list(f.licences),
        at=entry.at,
    )
    held = manifest.read(vault.read(f.manifest)).items
    models.SealedItemRow.objects.bulk_create(
        [
            models.SealedItemRow(key=f"{f.seal}/{i.asset}", seal=f.seal, asset=i.asset, cluster=i.cluster, revoked=None)
            for i in held
        ],
        batch_size=500,
    )
    models.SealedPersonRow.objects.bulk_create(
        [
            models.SealedPersonRow(key=f"{f.seal}/{i.asset}/{person}", seal=f.seal, asset=i.asset, person=person)
            for i in held
            for person in dict.fromkeys(i.people)
        ],
        batch_size=500,
    )


@projects(facts.SealRevoked)
def on_revoked(entry: Entry, f: facts.SealRevoked) -> None:
    """Mark the items; an earlier mark stays."""
    for item in f.items:
        rows = models.SealedItemRow.objects.filter(key=f"{f.seal}/{item.asset}", revoked__isnull=True)
        rows.update(revoked=msgspec.to_builtins(item))


@projects(facts.ModelTrained)
def on_trained(entry: Entry, f: facts.ModelTrained) -> None:
    """A model that serves nobody yet."""
    seal = models.SealRow.objects.get(id=f.seal)
    models.ModelRow.objects.create(
        id=f.model,
        name=f.name,
        seal=f.seal,
        feature=seal.feature,
        territories=seal.territories,
        weights=f.weights,
        method=f.method,
        seed=f.seed,
        parameters=f.parameters,
        steps=f.steps,
        losses=msgspec.to_builtins(f.losses),
        held_out=list(f.held_out),
        checkpoints=list(f.checkpoints),
        memorised=msgspec.to_builtins(f.memorised),
        trained_s=f.trained_s,
        state=ModelState.TRAINED.value,
        at=entry.at,
        position=entry.position,
    )


@projects(facts.CardsPublished)
def on_cards(entry: Entry, f: facts.CardsPublished) -> None:
    """The newest cards."""
    models.ModelRow.objects.filter(id=f.model).update(cards=msgspec.to_builtins(f.cards))


@projects(facts.ModelCalibrated)
def on_calibrated(entry: Entry, f: facts.ModelCalibrated) -> None:
    """The newest calibration, and what was prepared for it."""
    measured = msgspec.to_builtins(f.calibration)
    models.ModelRow.objects.filter(id=f.model).update(calibration=measured, factors=f.factors)


@projects(facts.ModelPromoted)
def on_promoted(entry: Entry, f: facts.ModelPromoted) -> None:
    """The model is live; those it replaces are superseded."""
    models.ModelRow.objects.filter(id__in=f.replaces).update(state=ModelState.SUPERSEDED.value, successor=f.model)
    models.ModelRow.objects.filter(id=f.model).update(state=ModelState.LIVE.value, live_from=entry.at)


@projects(facts.ModelsCompared)
def on_compared(entry: Entry, f: facts.ModelsCompared) -> None:
    """The newest comparison."""
    models.ModelRow.objects.filter(id=f.model).update(compared=msgspec.to_builtins(f.compared))


@projects(facts.ModelRolledBack)
def on_rolled_back(entry: Entry, f: facts.ModelRolledBack) -> None:
    """The one before serves again; the other is as it was before it was promoted."""
    models.ModelRow.objects.filter(id=f.instead_of).update(state=ModelState.TRAINED.value, live_from=None)
    back = models.ModelRow.objects.filter(id=f.model)
    back.update(state=ModelState.LIVE.value, live_from=entry.at, successor=None)


@projects(facts.ModelSunsetSet)
def on_sunset(entry: Entry, f: facts.ModelSunsetSet) -> None:
    """The day it must be gone by; a stricter one replaces it."""
    models.ModelRow.objects.filter(id=f.model).update(sunset=msgspec.to_builtins(f.sunset))


@projects(facts.ModelRetired)
def on_retired(entry: Entry, f: facts.ModelRetired) -> None:
    """It never serves again."""
    models.ModelRow.objects.filter(id=f.model).update(state=ModelState.RETIRED.value)


@projects(facts.OutsideRegistered)
def on_outside(entry: Entry, f: facts.OutsideRegistered) -> None:
    """A model of elsewhere that serves nobody yet."""
    models.OutsideRow.objects.create(
        id=f.model,
        name=f.name,
        version=f.version,
        adapter=f.adapter,
        weights=f.weights,
        size_bytes=f.size_bytes,
        licence=msgspec.to_builtins(f.licence),
        by=entry.actor,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.OutsideAdmitted)
def on_admitted(entry: Entry, f: facts.OutsideAdmitted) -> None:
    """The one admission to a feature."""
    key = f"{f.model}/{f.feature}"
    models.AdmissionRow.objects.filter(key=key).delete()
    models.AdmissionRow.objects.create(
        key=key,
        id=f.admission,
        model=f.model,
        feature=f.feature,
        territories=f.territories.text(),
        by=entry.actor,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.OutsideDismissed)
def on_dismissed(entry: Entry, f: facts.OutsideDismissed) -> None:
    """No admission any more."""
    models.AdmissionRow.objects.filter(key=f"{f.model}/{f.feature}").delete()
