"""Law 10: nobody sees what is not theirs. Every operation and page is called in each role, with another party's ids.

| law | test |
|---|---|
| 10 | each test here calls everything there is: as nobody, in every role outside the audience, as another party, as its own |
"""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.apps import apps
from django.test import Client

from accord.journal.queries import head
from accord.parties import accounts
from accord.parties.viewer import Role
from accord.server.api import api
from tests.house import calls, world
from tests.house.calls import Answer, Call
from tests.house.world import House

pytestmark = pytest.mark.django_db
EVERYTHING = [*calls.operations(), *calls.pages()]
each = pytest.mark.parametrize("call", EVERYTHING, ids=str)
#: Roles that may act for some parties only; the others are the platform's and see what their office needs.
SCOPED = (*world.OUTSIDE, Role.MACHINE)
#: What a machine does for the platform, whomever it acts for besides: models, sealing, checking, releasing.
FOR_THE_PLATFORM = frozenset(
    {
        "models",
        "model",
        "model-card",
        "model-serving",
        "outside-models",
        "outside-model",
        "outside-model-card",
        "seal-set",
        "integrity-check",
        "attribute",
        "issued-release-issue",
    }
)
#: Slots in which somebody may name another's: who is asked to represent one, what one claims a share in or remixes.
MAY_BE_ANOTHERS = {
    "party-mandate": ("representative",),
    "claim-assert": ("asset",),
    "studio-remix": ("sources",),
    "studio-match": ("sources",),
    "studio-sound": ("outside",),
}
#: Operations that turn another's ids away with a sentence about the caller's own, and say nothing of the other's.
REFUSED = {
    "key-issue": (400,),  # a key for parties that the account does not act for
    "choice-make": (
        400,
        403,
    ),  # about an asset that the person is not credited on, or under a mandate that is not its own
    "choice-withdraw": (400, 403),
    "page participation:choices": (400,),
    "account-change-confirm": (403,),  # that change is not the one that waits for its own party
    "account-change-stop": (403,),
    "page payouts:account confirm": (403,),
    "page payouts:account stop": (403,),
}
#: What lists creations whose makers let others remix them: released ones, and nothing that is not.
SHOWS_WHAT_IS_OPEN = frozenset({"studio-others", "page studio:others", "page studio:sitting", "page studio:match"})
#: Roles that have their own things alone: a machine its own parties and uploads; an admin appeals for nobody.
OWN_ALONE = {
    "party": frozenset({Role.MACHINE}),
    "delivery": frozenset({Role.MACHINE}),
    "integrity-upload-one": frozenset({Role.MACHINE}),
    "integrity-appeal": frozenset({Role.ADMIN, Role.TRUST}),
}


def ask(house: House, call: Call, caller: world.Caller, *about: object) -> Answer:
    """Make the call, and take back what it did."""
    with world.undone():
        if call.page and caller.side and caller.role:
            accounts.change_account(caller.account, [caller.role])
        return call.made(caller, *about)  # type: ignore[arg-type]


@each
def test_nobody_signed_in(house: House, call: Call) -> None:
    """What is public answers; the API says 401, a page leads to sign-in; nothing unreleased is shown."""
    found = ask(house, call, house.nobody, house.a)
    assert found.status < 500, found
    if Role.PUBLIC in call.audience:
        assert found.status != 401 and not found.to_sign_in, found
        assert found.shows(house.a.unreleased()) == [], found
    elif call.page:
        assert found.to_sign_in, found
    else:
        assert found.status == 401 and found.is_problem, found


@each
def test_roles_outside_the_audience(house: House, call: Call) -> None:
    """Who has another role finds nothing, even with ids of its own."""
    if Role.PUBLIC in call.audience:
        return
    for role in sorted({*Role} - call.audience - {Role.PUBLIC}):
        found = ask(house, call, house.as_a(role), house.a)
        assert found.status == 404 and (call.page or found.is_problem), found


@each
def test_another_party(house: House, call: Call) -> None:
    """In the right role with another's ids, all of them or one among its own: 404; of lists, nothing of the other's."""
    for role in SCOPED:
        if not call.audience & {role, Role.PUBLIC} or (role is Role.MACHINE and call.name in FOR_THE_PLATFORM):
            continue
        public = Role.PUBLIC in call.audience or call.name in SHOWS_WHAT_IS_OPEN
        secrets = house.a.unreleased() if public else house.a.secrets()
        for slot in (None, *(call.owned if len(call.owned) > 1 else ())):
            about = (house.a,) if slot is None else (house.b, house.a, slot)
            found = ask(house, call, house.as_b(role), *about)
            assert found.status < 500 and found.shows(secrets) == [], f"{found}\n  shows {found.shows(secrets)}"
            if (
                Role.PUBLIC in call.audience
                or not call.owned
                or (slot and slot.name in MAY_BE_ANOTHERS.get(call.name, ()))
            ):
                continue
            listed = call.method == "GET" and all(
                asked.where == "query" for asked in (call.owned if slot is None else [slot])
            )
            assert (
                found.status == 404 or (found.status in REFUSED.get(call.name, ())) or (listed and found.status == 200)
            ), found


@each
def test_the_rightful(house: House, call: Call) -> None:
    """In each role of the audience, with ids of its own: an answer, or a rule's refusal."""
    for role in sorted(call.audience - {Role.PUBLIC} - OWN_ALONE.get(call.name, frozenset())):
        found = ask(house, call, house.as_a(role), house.a)
        assert found.status not in (401, 404) and found.status < 500 and not found.to_sign_in, found
        if not call.page and found.status >= 400:
            assert found.is_problem, found


@each
def test_the_tables_know_every_name(call: Call) -> None:
    """An operation whose names the tables do not know cannot be called, so it cannot be trusted."""
    missing = calls.unknown(call)
    assert not missing, (
        f"{call} takes `{missing[0]}`: add it to OWNED in tests/house/calls.py when it names something of a party's "
        "(and make that thing in tests/house/world.py), else to OPEN with a value"
    )


def test_everything_is_called() -> None:
    """The lists are what the server serves: every operation of the API, every page of every room."""
    assert len({call.route for call in EVERYTHING if call.page}) > 25
    described = {
        (method.upper(), route) for route, found in api.get_openapi_schema()["paths"].items() for method in found
    }
    assert {(call.method, call.route) for call in EVERYTHING if not call.page} == described
    assert {call.name for call in calls.operations() if call.method == "POST"} >= {
        "usage",
        "claim-assert",
        "studio-submit",
    }
    assert {*MAY_BE_ANOTHERS, *REFUSED, *OWN_ALONE, *FOR_THE_PLATFORM, *SHOWS_WHAT_IS_OPEN} - {
        call.name for call in EVERYTHING
    } == set()


def test_keys_are_stored_hashed(house: House) -> None:
    """The secret of a key stands in no column of any table."""
    key = accounts.issue_key(house.a.account, "a label", [Role.ARTIST])
    secret = key.rsplit("_", 1)[-1] if key.count("_") == 2 else key.split("_", 2)[2]
    stored = "\n".join(str(row) for model in apps.get_models() for row in model._default_manager.values_list())
    assert key.split("_")[1] in stored
    assert secret not in stored and key not in stored
    assert sha256(secret.encode()).hexdigest() in stored


def test_a_revoked_key_is_nobodys(house: House) -> None:
    """From the moment it is revoked: 401, as for a key that never was."""
    with world.undone():
        caller = world.caller(house.a.account, Role.ARTIST, house.a)
        assert caller.api.get("/v1/me").status_code == 200
        accounts.revoke_key(caller.prefix)
        for client in (caller.api, Client(headers={"Authorization": "Bearer accord_000000000000_x"})):
            answer = client.get("/v1/me")
            assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"


def test_a_browsers_session_changes_nothing_without_the_pages_token(house: House) -> None:
    """A form on another site cannot use somebody's session on the API: 401, and nothing is written."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.user(house.a.account))
    before = head()
    body = {"person": house.a["nina"], "use": "remix", "feature": "blend", "answer": "no"}
    forged = browser.post("/v1/choices", body, content_type="application/json")
    assert forged.status_code == 401 and head() == before
    assert browser.get("/v1/me").status_code == 200
    browser.get("/choices")
    token = browser.cookies["csrftoken"].value
    with world.undone():
        meant = browser.post("/v1/choices", body, content_type="application/json", headers={"X-CSRFToken": token})
        assert meant.status_code == 200 and head() > before
