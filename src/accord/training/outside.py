"""Models that were trained elsewhere, on what nobody here can say: their licence, where they are admitted, and the rules (pure).

Such a model has no seal. What it may serve is what its weights' licence and the platform's own admission to a feature
say; what it makes is *not attributable* here. Licences are named by SPDX id (spdx.org/licenses, `LicenseRef-…` for one
that is not on that list).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from accord.governance.records import Feature
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal
from accord.terms.territory import TerritorySet
from accord.terms.use import OUTWARD, Use

METHOD = "not attributable"
NOT_ATTRIBUTABLE = "its output is not attributable here: it was trained elsewhere, on what nobody here can say, so nothing is paid by attribution"
#: The one thing beside outward uses that a licence may forbid.
COMMERCIAL = "commercial"
FORBIDDABLE = (COMMERCIAL, *sorted(use.value for use in OUTWARD))
#: Licences on the SPDX list that are known here to allow commercial use. Of any other, unknown is no.
FREE = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "ISC",
        "MIT", "MIT-0", "MPL-2.0", "Unlicense", "Zlib",
    }
)  # fmt: skip
NON_COMMERCIAL = ("-NC-", "-NONCOMMERCIAL-", "NCGL-")


class WeightsLicence(msgspec.Struct, frozen=True, kw_only=True):
    """Under what a model's weights are: an SPDX id, the party that licenses them, and what the licence forbids (FORBIDDABLE)."""

    spdx: str
    licensor: str
    forbids: tuple[str, ...] = ()

    def words(self, names: dict[str, str] | None = None) -> str:
        """`CC-BY-NC-4.0, of pty_000012; it forbids commercial use`."""
        whose = (names or {}).get(self.licensor, self.licensor)
        forbidden = " and ".join("commercial use" if one == COMMERCIAL else f"`{one}`" for one in self.forbids)
        return f"{self.spdx}, of {whose}; it forbids {forbidden}" if forbidden else f"{self.spdx}, of {whose}"


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """That the platform lets an outside model serve a feature in some territories; `by` is the account that said so."""

    id: str
    feature: str
    territories: TerritorySet
    by: str
    at: Instant


class OutsideModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model without a seal. `weights` is the digest of its folder, `size_bytes` its size; `adapter` names the loader.

    `by` is the account that registered it; `admissions` are those that stand.
    """

    id: str
    name: str
    version: str
    adapter: str
    weights: str
    size_bytes: int
    licence: WeightsLicence
    by: str
    at: Instant
    admissions: tuple[Admission, ...] = ()

    @property
    def called(self) -> str:
        """Name and version, as people say it."""
        return f"{self.name} {self.version}"

    def admission(self, feature: str) -> Admission | None:
        """The admission to a feature, if one stands."""
        return next((one for one in self.admissions if one.feature == feature), None)


def licence(spdx: str, licensor: str, forbids: Iterable[str], allows_commercial: bool) -> WeightsLicence:
    """The licence with all that it forbids: what its id says, what was declared, and commercial use where nobody said yes.

    Raises: BadInput for an id that is none, a word that is no use, and a commercial yes that the id contradicts.
    """
    try:
        known = canonicalize_license_expression(spdx)
    except InvalidLicenseExpression:
        why = "it is not on the SPDX list"
        raise BadInput(f"`{spdx}` names no licence", why=why, do="write LicenseRef-NAME for one that is not") from None
    declared = set(forbids)
    if unknown := sorted(declared - set(FORBIDDABLE)):
        raise BadInput(f"`{unknown[0]}` is nothing a licence forbids here", do=f"use {', '.join(FORBIDDABLE)}")
    never = any(word in f"{known}-".upper() for word in NON_COMMERCIAL)
    if allows_commercial and (never or COMMERCIAL in declared):
        raise BadInput(
            f"{known} allows no commercial use",
            do="where its licensor gave a licence of its own that does, register the weights under it, as LicenseRef-NAME",
        )
    if never or not (allows_commercial or known in FREE):
        declared.add(COMMERCIAL)
    return WeightsLicence(spdx=known, licensor=licensor, forbids=tuple(sorted(declared)))


def unknown(model: OutsideModel) -> str:
    """Why nobody has what the sources and the model would have."""
    return f"made by {model.called}, an outside model: who is in what it learned from is not known here"


def may_be_admitted(model: OutsideModel, feature: Feature, licensor: str) -> Refusal | None:
    """Whether the weights' licence lets a feature be served; `licensor` is what its licensor is called."""
    held = model.licence
    forbidden = [use.value for use in feature.uses if use.value in held.forbids]
    if COMMERCIAL in held.forbids and feature.commercial:
        what, instead = "commercial use, and {} is a commercial feature", "a feature that is not for sale may use it"
    elif forbidden:
        what, instead = f"`{min(forbidden)}`, which {{}} names among its uses", "a feature without that use may have it"
    else:
        return None
    return _forbidden(model, what.format(feature.name), licensor, f"; {instead}")


def may_be_released(model: OutsideModel, uses: Iterable[Use], licensor: str) -> Refusal | None:
    """Whether the weights' licence lets what the model made be put to the uses of a release, whatever its feature names."""
    forbidden = [use.value for use in uses if use.value in model.licence.forbids]
    return _forbidden(model, f"`{min(forbidden)}`", licensor) if forbidden else None


def _forbidden(model: OutsideModel, what: str, licensor: str, instead: str = "") -> Refusal:
    return Refusal(
        code="training.licence-forbids",
        because=f"the weights of {model.called} are under {model.licence.spdx}, which does not allow {what}",
        hint=f"{licensor} could allow it by a licence of its own, under which the weights are registered anew{instead}",
        subject=model.id,
    )


def may_serve(model: OutsideModel, feature: Feature, territory: str, licensor: str) -> Refusal | None:
    """Whether an outside model may serve a feature in a territory: admitted there, live, and its licence still lets it."""
    admitted = model.admission(feature.id)
    if admitted is None:
        return Refusal(
            code="training.not-admitted",
            because=f"{model.called} is not admitted to {feature.name}",
            hint=f"legal could admit it: `accord model admit {model.id} {feature.id}`",
            subject=model.id,
        )
    if territory not in admitted.territories:
        return Refusal(
            code="training.not-admitted-there",
            because=f"{model.called} is admitted to {feature.name} in {admitted.territories.text()}, not in `{territory}`",
            hint="legal could admit it there",
            subject=model.id,
        )
    if not feature.live:
        return Refusal(
            code="training.feature-not-live",
            because=f"{feature.name} is {feature.state.value}, not live, so {model.called} does not serve it",
            hint="product could take it live: `accord launch` says what it lacks",
            subject=feature.id,
        )
    return may_be_admitted(model, feature, licensor)
