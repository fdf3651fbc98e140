"""What models wrote, laid into a mix: each may do so only in a feature and a territory that it serves now (shell).

Those in a model's set agreed to `train` for its feature, so what it wrote may be heard there, alone or in a mix; nobody of
them was asked for another feature. Recordings in the mix are asked for `remix` besides.
"""

from __future__ import annotations

from collections.abc import Iterable

from accord.governance import queries as governance
from accord.studio.rules import bound
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused
from accord.terms.territory import EMPTY, TerritorySet
from accord.terms.use import Use
from accord.training import outsiders
from accord.training import queries as training


def check_bound(models: Iterable[str], feature: str, subject: str) -> None:
    """Raises: Refused when `subject` holds what a model wrote that serves another feature or is not admitted to this one, or the
    feature makes no remixes."""
    for model in models:
        elsewhere = outsiders.find(model)
        if elsewhere is not None and elsewhere.admission(feature) is None:
            outsiders.check_serving(model, feature, "")
        refusal = None if elsewhere else bound(model, training.model(model).feature, feature, subject)
        if refusal := refusal or _no_remixes(feature):
            raise Refused(refusal)


def where(model: str, feature: str) -> TerritorySet:
    """The territories for which a model may be asked in a feature at all; none in a feature that it does not serve."""
    elsewhere = outsiders.find(model)
    if elsewhere is None:
        found = training.model(model)
        return found.territories if found.feature == feature else EMPTY
    admitted = elsewhere.admission(feature)
    return admitted.territories if admitted else EMPTY


def serves_now(model: str, feature: str, at: Instant) -> TerritorySet:
    """Where a model serves a feature now, by its seal or its admission; nowhere when it is refused."""
    asked = where(model, feature)
    if not asked:
        return EMPTY
    try:
        if outsiders.find(model) is not None:
            outsiders.check_serving(model, feature, next(iter(asked)))
        else:
            training.check_serving(model, next(iter(asked)), at)
    except Refused:
        return EMPTY
    return asked


def within(model: str, feature: str, cleared: TerritorySet, wanted: TerritorySet | None) -> str:
    """A territory in which a model and all else in a mix are allowed. Raises: Refused where they share none, or not all wanted."""
    shared = where(model, feature) & cleared
    missing = wanted - shared if wanted is not None else cleared
    if shared and (wanted is None or not missing):
        return next(iter(shared))
    raise Refused(
        Refusal(
            code="studio.nowhere-in-common",
            because=f"what {model} wrote may not be heard in {missing.named()}, where the rest of the mix may",
            hint="mix it with what is cleared where the model serves, or ask for fewer territories",
            subject=model,
        )
    )


def _no_remixes(feature: str) -> Refusal | None:
    if Use.REMIX in governance.feature(feature).uses:
        return None
    return Refusal(
        code="studio.no-remixes",
        because=f"{feature} makes no remixes: it does not name `remix` among its uses",
        hint="vary or continue the piece; product and legal could propose a feature that mixes",
        subject=feature,
    )
