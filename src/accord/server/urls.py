"""Every address: the API under /v1, sign-in under /accounts, and each room's pages."""

from __future__ import annotations

from django.urls import include, path

from accord.server.api import api
from accord.server.rooms import furniture
from accord.server.sign_in import closed

urlpatterns = [
    path("v1/", api.urls),
    path("accounts/email/", closed, name="account_email"),  # before allauth's, which changes addresses
    path("accounts/", include("allauth.urls")),
    *[path("", include((module.urlpatterns, room))) for room, module in furniture("pages")],
]
