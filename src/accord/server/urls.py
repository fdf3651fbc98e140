"""Every address: the API under /v1, sign-in under /accounts, and each room's pages."""

from __future__ import annotations

from django.urls import include, path

from accord.server.api import api
from accord.server.rooms import furniture

urlpatterns = [
    path("v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    *[path("", include((module.urlpatterns, room))) for room, module in furniture("pages")],
]
