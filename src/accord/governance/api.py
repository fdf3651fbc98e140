"""Features over HTTP: everybody may read them; product proposes and publishes, each office signs off for itself.

A launch is asked for at clearance, which counts the cleared catalogue first.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router, Schema

from accord.governance import actions, queries, rules
from accord.governance.records import Office, PoolModel
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.terms.refusal import NotThere, Refusal, Refused
from accord.terms.territory import TerritorySet

router = Router(tags=["features"])
ROLE_OF = {Office.LEGAL: Role.LEGAL, Office.PRODUCT: Role.PRODUCT, Office.TRUST: Role.TRUST, Office.COMMS: Role.COMMS}
OFFICES = tuple(ROLE_OF.values())


class ProposalIn(Schema):
    """A feature as it is put on the board; territories by their text, grades by use."""

    id: str
    name: str = ""
    purpose: str = ""
    uses: list[str]
    territories: str
    commercial: bool = False
    minimum_grade: dict[str, int] = {}
    needs_works: int = 0
    needs_recordings: int = 0


class PolicyIn(Schema):
    """The next version of a feature's policy."""

    release_label: str
    participation: str
    prompt_boundaries: list[str] = []
    review: str = ""
    export: bool = False
    text: str = ""


class PoolModelIn(Schema):
    """How listens weigh in a pool: `pro-rata`, `user-centric` (cap 1), or `artist-centric` with a cap and perhaps a boost."""

    name: str = "pro-rata"
    cap: int = 0
    monthly: bool = False
    boost: int = 1
    boost_plays: int = 0
    boost_listeners: int = 0


class SplitIn(Schema):
    """The next version of a feature's split: parts per million that sum to 1,000,000, and how its pools weigh listens."""

    sources_ppm: int
    model_ppm: int
    cocreator_ppm: int
    model: PoolModelIn = PoolModelIn()

    def given(self) -> dict[str, Any]:
        """As `actions.publish_split` takes it."""
        return {**self.dict(exclude={"model"}), "model": PoolModel(**self.model.dict())}


class ReasonIn(Schema):
    """Why."""

    reason: str


class CouncilIn(Schema):
    """A council and its members (party ids)."""

    name: str
    members: list[str]


class ConsultationIn(Schema):
    """What a council was asked about a feature and said; stance is support, concern or object."""

    council: str
    question: str = ""
    answer: str
    stance: str


@router.get("/features", url_name="features")
@audience(Role.PUBLIC)
def features(request: HttpRequest) -> list[dict[str, Any]]:
    """Every feature with its policy, split and state."""
    return [shown(feature) for feature in queries.features().values()]


@router.get("/features/{feature}", url_name="feature")
@audience(Role.PUBLIC)
def one_feature(request: HttpRequest, feature: str) -> dict[str, Any]:
    """One feature with every version of its policy and split, and what councils said."""
    return {
        **shown(queries.feature(feature)),
        "policies": plain(queries.policies(feature)),
        "splits": plain(queries.splits(feature)),
        "consultations": plain(queries.consultations(feature)),
    }


@router.get("/features/{feature}/attempts", url_name="feature-attempts")
@audience(Role.PRODUCT, Role.LICENSING, *OFFICES)
def attempts(request: HttpRequest, feature: str) -> Any:
    """Launches that were asked for, with what each lacked."""
    return plain(queries.attempts(queries.feature(feature).id))


@router.post("/features", url_name="feature-propose")
@audience(Role.PRODUCT)
def propose(request: HttpRequest, body: ProposalIn) -> dict[str, Any]:
    """Put a feature on the launch board."""
    actions.propose_feature(
        body.id,
        body.name,
        body.uses,
        TerritorySet.parse(body.territories),
        now(),
        actor(request),
        purpose=body.purpose,
        commercial=body.commercial,
        minimum_grade=body.minimum_grade,
        needs_works=body.needs_works,
        needs_recordings=body.needs_recordings,
    )
    return shown(queries.feature(body.id))


@router.post("/features/{feature}/policy", url_name="feature-policy")
@audience(Role.PRODUCT)
def publish_policy(request: HttpRequest, feature: str, body: PolicyIn) -> dict[str, Any]:
    """Publish the next version of the policy."""
    actions.publish_policy(feature, now(), actor(request), **body.dict())
    return shown(queries.feature(feature))


@router.post("/features/{feature}/split", url_name="feature-split")
@audience(Role.PRODUCT)
def publish_split(request: HttpRequest, feature: str, body: SplitIn) -> dict[str, Any]:
    """Publish the next version of the split."""
    actions.publish_split(feature, at=now(), actor=actor(request), **body.given())
    return shown(queries.feature(feature))


@router.post("/features/{feature}/controls", url_name="feature-controls")
@audience(Role.PRODUCT)
def open_controls(request: HttpRequest, feature: str) -> dict[str, Any]:
    """Let artists and songwriters choose."""
    actions.open_controls(feature, now(), actor(request))
    return shown(queries.feature(feature))


@router.post("/features/{feature}/sign-offs/{office}", url_name="feature-sign-off")
@audience(*OFFICES)
def sign_off(request: HttpRequest, feature: str, office: str) -> dict[str, Any]:
    """Sign off policy and split as they stand; an office signs for itself only."""
    own = next((each for each, role in ROLE_OF.items() if each.value == office and viewer_of(request).has(role)), None)
    if own is None:
        raise NotThere(f"there is no sign-off `{office}` for you to give")
    actions.sign_off(feature, own, now(), actor(request))
    return shown(queries.feature(feature))


@router.post("/features/{feature}/suspend", url_name="feature-suspend")
@audience(Role.PRODUCT, Role.TRUST, Role.LEGAL)
def suspend(request: HttpRequest, feature: str, body: ReasonIn) -> dict[str, Any]:
    """Take a live feature off."""
    actions.suspend(feature, body.reason, now(), actor(request))
    return shown(queries.feature(feature))


@router.post("/features/{feature}/resume", url_name="feature-resume")
@audience(Role.PRODUCT)
def resume(request: HttpRequest, feature: str, body: ReasonIn) -> dict[str, Any]:
    """Take a suspended feature live again."""
    actions.resume(feature, body.reason, now(), actor(request))
    return shown(queries.feature(feature))


@router.get("/councils", url_name="councils")
@audience(Role.PUBLIC)
def councils(request: HttpRequest) -> list[dict[str, Any]]:
    """Every council, by name; who sits in one is for its members and the platform."""
    staff = viewer_of(request).staff
    return [
        {"id": council.id, "name": council.name, "members": list(council.members) if staff else len(council.members)}
        for council in queries.councils()
    ]


@router.post("/councils", url_name="council-form")
@audience(Role.PRODUCT, Role.COMMS)
def form_council(request: HttpRequest, body: CouncilIn) -> dict[str, str]:
    """Form a council."""
    return {"id": actions.form_council(body.name, body.members, now(), actor(request))}


@router.post("/features/{feature}/consultations", url_name="feature-consult")
@audience(Role.PRODUCT, Role.COMMS)
def consult(request: HttpRequest, feature: str, body: ConsultationIn) -> dict[str, str]:
    """Record what a council said about a feature."""
    heard = actions.consult(body.council, feature, body.question, body.answer, body.stance, now(), actor(request))
    return {"id": heard}


def shown(feature: Any) -> dict[str, Any]:
    """A feature for outside: who signed is an office, never an account."""
    found: dict[str, Any] = plain(feature)
    del found["sign_offs"], found["known_from"]
    found["uses"] = sorted(found["uses"])
    found["signed_off"] = sorted(rules.signed(feature))
    return found


def plain(value: Any) -> Any:
    """Records as plain JSON values."""
    return msgspec.to_builtins(value, enc_hook=lambda item: item.text(), str_keys=True)


def actor(request: HttpRequest) -> str:
    """The account that acts. Raises: Refused for a call without one."""
    account = viewer_of(request).account
    if account is None:
        raise Refused(Refusal(code="governance.no-account", because="this is done in somebody's name"))
    return account
