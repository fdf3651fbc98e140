"""The API keeps to the description that it publishes: every operation, called with what schemathesis draws from its schemas.

Whatever fits a schema or does not: no fault of ours, a problem document for each no, and JSON of the shape that is promised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accord.parties.viewer import Role
from accord.server.api import api
from tests.house import calls, world
from tests.house.calls import Call
from tests.house.world import House

pytestmark = pytest.mark.django_db
DOCUMENT: dict[str, Any] = api.get_openapi_schema()
#: Those that read files or bulk have tests of hostile bytes of their own.
DRAWN = [call for call in calls.operations() if call.name not in calls.RAW]
EACH = 12
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def described() -> Iterator[Any]:
    """The operations as schemathesis reads them, answered by the application in this process, on this connection."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/v1/openapi.json", get_wsgi_application())
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("call", DRAWN, ids=str)
def test_an_operation_keeps_to_its_description(house: House, described: Any, call: Call) -> None:
    """With a key that may, about one's own things and about anything."""
    operation = described[call.route][call.method]
    role = min(call.audience - {Role.PUBLIC}, default=None)
    caller = house.as_a(role) if role else house.nobody
    headers = {"Authorization": caller.api.defaults["HTTP_AUTHORIZATION"]} if role else {}
    own = {slot.name: str(call.value(slot, house.a, caller)) for slot in call.slots if slot.where == "path"}
    cases = st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @given(case=cases, about_own=st.booleans())
    @settings(max_examples=EACH, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def keeps(case: Case, about_own: bool) -> None:
        if about_own and own:
            case.path_parameters = own
        with world.undone():
            answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    keeps()


def test_the_description_says_who_may_call_and_how_it_says_no() -> None:
    """Each operation's audience and key, and the problem document; a public one needs no key."""
    for call in calls.operations():
        found = DOCUMENT["paths"][call.route][call.method.lower()]
        assert found["x-accord-audience"] == sorted(call.audience), call
        assert ({} in found["security"]) == (Role.PUBLIC in call.audience), call
        assert "application/problem+json" in found["responses"]["4XX"]["content"], call
