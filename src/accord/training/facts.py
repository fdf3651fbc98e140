"""What can have happened in training. Sets and weights are in the vault; the facts name them by digest."""

from __future__ import annotations

from accord.journal.facts import Fact, fact
from accord.terms.territory import TerritorySet
from accord.training.outside import WeightsLicence
from accord.training.records import Calibration, Cards, Compared, Losses, Memorised, RevokedItem, Sunset


@fact("training.set-sealed", version=1)
class SetSealed(Fact, frozen=True, kw_only=True):
    """A training set was fixed. `manifest` holds each item with its decision and each exclusion with its reason."""

    seal: str
    feature: str
    territories: TerritorySet
    manifest: str
    known: int
    items: int
    excluded: int
    clusters: int
    licences: tuple[str, ...]


@fact("training.seal-revoked", version=1)
class SealRevoked(Fact, frozen=True, kw_only=True):
    """Items of a sealed set lost their ground; the set still shows what it held."""

    seal: str
    items: tuple[RevokedItem, ...]


@fact("training.model-trained", version=1)
class ModelTrained(Fact, frozen=True, kw_only=True):
    """A model was trained on a sealed set, or registered as trained elsewhere on it (`method` says which).

    Losses are nats a token on clusters that were held out; `weights` is a vault digest, and so are the network's weights
    at each of the `checkpoints` before the end (none: an older run, or trained elsewhere). `memorised` was measured with
    nothing that holds it back (None: an older run, or trained elsewhere).
    """

    model: str
    name: str
    seal: str
    weights: str
    method: str
    seed: int
    parameters: int
    steps: int
    trained_s: float
    losses: Losses | None = None
    held_out: tuple[str, ...] = ()
    adopted_from: str | None = None
    checkpoints: tuple[str, ...] = ()
    memorised: Memorised | None = None


@fact("training.cards-published", version=1)
class CardsPublished(Fact, frozen=True, kw_only=True):
    """A model's cards were written; later ones replace them."""

    model: str
    cards: Cards


@fact("training.model-calibrated", version=1)
class ModelCalibrated(Fact, frozen=True, kw_only=True):
    """How right the attribution of a model's output is was measured against retraining; a later one replaces it.

    `factors` is a vault digest: what the attribution room prepared once from the model's checkpoints, to score creations.
    """

    model: str
    calibration: Calibration
    factors: str


@fact("training.model-promoted", version=1)
class ModelPromoted(Fact, frozen=True, kw_only=True):
    """A model became the one that serves its feature; `replaces` are those it supersedes."""

    model: str
    feature: str
    replaces: tuple[str, ...] = ()


@fact("training.models-compared", version=1)
class ModelsCompared(Fact, frozen=True, kw_only=True):
    """A model was compared with another on works that neither has learned from; a later comparison replaces it."""

    model: str
    compared: Compared


@fact("training.model-rolled-back", version=1)
class ModelRolledBack(Fact, frozen=True, kw_only=True):
    """A feature went back to the model that served before `instead_of`, which serves nobody now."""

    model: str
    feature: str
    instead_of: str
    because: str


@fact("training.model-sunset-set", version=1)
class ModelSunsetSet(Fact, frozen=True, kw_only=True):
    """The strictest deal concerned demands that a model be gone by a day."""

    model: str
    sunset: Sunset


@fact("training.model-retired", version=1)
class ModelRetired(Fact, frozen=True, kw_only=True):
    """A model's last day was over; `feature_suspended` says that no successor was live."""

    model: str
    because: str
    feature_suspended: bool = False


@fact("training.outside-model-registered", version=1)
class OutsideRegistered(Fact, frozen=True, kw_only=True):
    """A model that was trained elsewhere, on no set of ours, was registered with the licence of its weights.

    `weights` is the digest of its folder, which stands in no vault; `adapter` names what opens it.
    """

    model: str
    name: str
    version: str
    adapter: str
    weights: str
    size_bytes: int
    licence: WeightsLicence


@fact("training.outside-model-admitted", version=1)
class OutsideAdmitted(Fact, frozen=True, kw_only=True):
    """An outside model may serve a feature in these territories from now on; an earlier admission to it is replaced."""

    admission: str
    model: str
    feature: str
    territories: TerritorySet


@fact("training.outside-model-dismissed", version=1)
class OutsideDismissed(Fact, frozen=True, kw_only=True):
    """An outside model serves a feature no more."""

    model: str
    feature: str
    because: str
