"""Django as a WSGI application: what `asgi` puts behind its lean door."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
application = get_wsgi_application()
