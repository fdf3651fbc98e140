"""Law 10: every page and API operation declares its audience."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from accord.server.api import api

OURS = "accord."


def views(resolver: URLResolver) -> Iterator[tuple[str, object]]:
    """Every (route, view) of our own pages below a resolver."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern)
        elif isinstance(pattern, URLPattern) and pattern.callback.__module__.startswith(OURS):
            yield str(pattern.pattern), pattern.callback


def operations() -> Iterator[tuple[str, object]]:
    """Every (route, function) of the API."""
    for router in api._get_bound_routers():  # those inside another router included
        for route, path_view in router.path_operations.items():
            for operation in path_view.operations:
                yield f"{'/'.join(operation.methods)} /v1{router.prefix}{route}", operation.view_func


def test_every_page_declares_its_audience() -> None:
    """A page without an audience cannot be reached by mistake: there is none."""
    pages = list(views(get_resolver()))
    assert len(pages) > 10
    assert [route for route, view in pages if not getattr(view, "accord_audience", None)] == []


def test_every_operation_declares_its_audience() -> None:
    """Law 10: an API operation without an audience does not exist."""
    found = list(operations())
    assert len(found) == sum(len(methods) for methods in api.get_openapi_schema()["paths"].values())
    assert [route for route, view in found if not getattr(view, "accord_audience", None)] == []
