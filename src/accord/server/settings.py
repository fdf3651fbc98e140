"""Django's settings. Everything an operator may set is an environment variable, listed in docs/settings.md.

ACCORD_HOME      the folder that holds everything (default ./var)
DATABASE_URL     postgres://user:password@host:port/name; default: SQLite in ACCORD_HOME
ACCORD_VAULT     fsspec URL of the vault; default: file://ACCORD_HOME/vault
ACCORD_HOSTS     host names the server answers to, comma-separated; default: 127.0.0.1,localhost
ACCORD_SECURE    1 behind HTTPS: secure cookies and HSTS
ACCORD_PROXIES   how many proxies of the operator's stand in front; default: 0
ACCORD_ENGINE    duckdb (default), local[2], or a Spark Connect URL such as sc://host:port
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from accord.server.rooms import ROOMS

ACCORD_HOME = Path(os.environ.get("ACCORD_HOME", "var")).resolve()
ACCORD_VAULT = os.environ.get("ACCORD_VAULT", f"file://{ACCORD_HOME}/vault")
ACCORD_ENGINE = os.environ.get("ACCORD_ENGINE", "duckdb")


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ACCORD_HOME / "accord.sqlite3",
            "CONN_MAX_AGE": 60,  # opening it costs more than most questions
            "OPTIONS": {
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",  # the writer lock on SQLite
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
            },
            # a file, so that several processes and threads of a test see one database
            "TEST": {"NAME": os.environ.get("ACCORD_TEST_DB")},
        }
    parts = urlparse(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or dict(parse_qsl(parts.query)).get("host", ""),  # ?host= names a socket's folder
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


def _secret() -> str:
    """The session secret lives with the other keys; Django needs one before any room is open."""
    file = ACCORD_HOME / "keys" / "session.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(os.urandom(32).hex())
    return file.read_text()


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ACCORD_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "ninja",
    "accord.server",  # before allauth: its templates give the sign-in pages our look
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *[f"accord.{room}" for room in ROOMS],
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "accord.server.headers.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accord.server.problems.Problems",
]
ROOT_URLCONF = "accord.server.urls"
WSGI_APPLICATION = "accord.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accord.server.context.everywhere",
            ],
        },
    }
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 << 20

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",  # memory-hard, and faster for us than a million rounds of PBKDF2
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "accord.server.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(ACCORD_HOME / "mail")
EMAIL_TIMEOUT = 10  # seconds: whoever waits for a page must not wait for a mail server
#: Whose address a request is from: that many places from the end of `X-Forwarded-For`; 0 believes no such header.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ACCORD_PROXIES", "0"))

if os.environ.get("ACCORD_SECURE") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["models.W042"]
# what went wrong in a page goes to the server's own output; Django would only mail it
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"output": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["output"], "level": "ERROR", "propagate": False}},
}
