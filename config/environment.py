"""What the environment (or the file ``.env`` of the clone) says, read once and strictly.

A value of the wrong type is refused in one line that names the variable; whether the values go
well together is judged by the system checks of :mod:`config.checks`.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values
from environs import Env, EnvError, validate

CLONE = Path(__file__).resolve().parent.parent
LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]

env = Env(eager=False)  # gathers what is wrong with all the values; seal() tells it


def read_file() -> list[str]:
    """Add what ``.env`` says to the environment, which wins; return the names the file holds.

    ``ENV_FILE`` names another file, or none at all when it is empty.
    """
    name = os.environ.get("ENV_FILE", str(CLONE / ".env"))
    path = Path(name)
    if not name or not path.is_file():
        if "ENV_FILE" in os.environ and name:
            raise ImproperlyConfigured(f"ENV_FILE: there is no file {name}.")
        return []
    values = dotenv_values(path)
    for key, value in values.items():
        os.environ.setdefault(key, value or "")
    return list(values)


FILE_NAMES = read_file()
SECRET_KEY = env.str("SECRET_KEY", "")
LOCAL = not SECRET_KEY  # no key in the environment: one person's machine, not a public site
DEBUG = env.bool("DEBUG", False)
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
HTTPS = env.bool("HTTPS", not LOCAL)
HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000, validate=validate.Range(0))
HSTS_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
TRUST_PROXY = env.bool("TRUST_PROXY", False)
WEB_WORKERS = env.int("WEB_WORKERS", 2, validate=validate.Range(1, 64))
WEB_THREADS = env.int("WEB_THREADS", 4, validate=validate.Range(1, 64))
STALLED_SECONDS = env.int("STALLED_SECONDS", 30, validate=validate.Range(1, 3600))
DATABASE_URL = env.str("DATABASE_URL", "")
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", WEB_THREADS, validate=validate.Range(0, 200))
JOBS_AT_ONCE = env.int("JOBS_AT_ONCE", 2, validate=validate.Range(1, 64))
MAINTENANCE = env.bool("MAINTENANCE", False)
LOAD_EXAMPLES = env.bool("LOAD_EXAMPLES", LOCAL)
MAP_TILES_URL = env.str("MAP_TILES_URL", "")
MAP_TILES_ATTRIBUTION = env.str("MAP_TILES_ATTRIBUTION", "")
ADDRESS_SERVICE_URL = env.str("ADDRESS_SERVICE_URL", "")
HARVEST_ALLOWED: list[str] = env.list("HARVEST_ALLOWED", [])
SITE_URL = env.str("SITE_URL", "")
EMAIL_URL = env.str("EMAIL_URL", "")
NOTICES = env.bool("NOTICES", False)
MAIL_FROM = env.str("MAIL_FROM", "")
MAIL_DAYS = env.int("MAIL_DAYS", 30, validate=validate.Range(1, 3650))
OIDC_PROVIDERS = env.str("OIDC_PROVIDERS", "")
OPERATOR = env.str("OPERATOR", "")
OPERATOR_CONTACT = env.str("OPERATOR_CONTACT", "")
OPERATOR_HOSTING = env.str("OPERATOR_HOSTING", "")
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(CLONE / "staticfiles")))
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LOG_LEVELS))
# Read elsewhere, before Django: named here so that the whole list stands in one place.
STATE_FOLDER = env.str("STATE_FOLDER", "")
ENV_FILE = env.str("ENV_FILE", "")

NAMES: Mapping[str, Any] = dict(env.dump()) | {"ENV_FILE": ENV_FILE}
CONTAINER_NAMES = ("DATABASE_PASSWORD", "SITE_ADDRESS")  # read by docker-compose.yml, from the same file

try:
    env.seal()
except EnvError as error:
    wrong: Mapping[str, list[str]] = getattr(error, "error_messages", {})
    told = [f"{name}: {' '.join(messages)}" for name, messages in wrong.items()]
    raise ImproperlyConfigured(" ".join(told) or str(error)) from None


def database() -> dict[str, Any]:
    """The default database as Django takes it: ``DATABASE_URL``, or the clone's own server."""
    # One question, one core: a plan in parallel takes the cores of the other visitors, and is chosen over
    # reading an index alone, which is quicker.
    options: dict[str, Any] = {"connect_timeout": 5, "options": "-c max_parallel_workers_per_gather=0"}
    if DATABASE_POOL_SIZE:
        options["pool"] = {"min_size": 1, "max_size": DATABASE_POOL_SIZE, "timeout": 5}
    if not DATABASE_URL:
        own = {"ENGINE": "config.postgis", "NAME": "maillage", "USER": "maillage"}
        return own | {"CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    try:
        given: dict[str, Any] = dict(dj_database_url.parse(DATABASE_URL, conn_health_checks=True))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL: write it as postgis://user:password@host:5432/database."
        ) from error
    if given["ENGINE"] in ("django.db.backends.postgresql", "django.contrib.gis.db.backends.postgis"):
        given["ENGINE"] = "config.reading"  # PostGIS, closed to writers while a request only asks
    given["OPTIONS"] = options | given.get("OPTIONS", {})
    return given


# What OIDC_PROVIDERS says of each provider; "authorize_origin" where people are sent to another host.
OIDC_KEYS = {"id", "name", "server_url", "client_id", "secret"}


def oidc_providers() -> list[dict[str, str]]:
    """The providers of identities in ``OIDC_PROVIDERS``: a JSON list of objects of texts."""
    how = (
        'OIDC_PROVIDERS: write it as [{"id": "...", "name": "...", "server_url": "https://...", "client_id":'
        ' "...", "secret": "..."}].'
    )
    try:
        found = json.loads(OIDC_PROVIDERS or "[]")
    except ValueError:
        raise ImproperlyConfigured(how) from None
    if not isinstance(found, list):
        raise ImproperlyConfigured(how)
    for one in found:
        texts = isinstance(one, dict) and all(isinstance(value, str) and value for value in one.values())
        if not texts or not OIDC_KEYS <= one.keys() <= OIDC_KEYS | {"authorize_origin"}:
            raise ImproperlyConfigured(how)
        if not re.fullmatch(r"[a-z0-9-]+", one["id"]):
            raise ImproperlyConfigured("OIDC_PROVIDERS: an id is made of small letters, digits and hyphens.")
        if not all(_secure(one[key]) for key in ("server_url", "authorize_origin") if key in one):
            raise ImproperlyConfigured("OIDC_PROVIDERS: the address of a provider begins with https://.")
    if len({one["id"] for one in found}) < len(found):
        raise ImproperlyConfigured("OIDC_PROVIDERS: two providers have the same id.")
    return found


def _secure(url: str) -> bool:
    """HTTPS, or this very machine, where a provider is tried out."""
    address = urlsplit(url)
    here = address.scheme == "http" and address.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(address.hostname) and (address.scheme == "https" or here)


def oidc_apps() -> list[dict[str, Any]]:
    """The providers as allauth takes them."""
    return [
        {"provider_id": one["id"], "settings": {"server_url": one["server_url"]}}
        | {key: one[key] for key in ("name", "client_id", "secret")}
        for one in oidc_providers()
    ]


def oidc_origins() -> list[str]:
    """Where the forms that sign in by a provider may lead."""
    urls = [one.get("authorize_origin", one["server_url"]) for one in oidc_providers()]
    return ["{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in urls]


MAIL_SCHEMES = {"smtp": 25, "submission": 587, "smtps": 465}


def mail_server() -> dict[str, Any]:
    """Django's settings for the server of ``EMAIL_URL``; a host of "" means that there is none.

    ``submission`` is STARTTLS, ``smtps`` TLS from the first byte; ``smtp`` is in the clear.
    """
    if not EMAIL_URL:
        return {"EMAIL_HOST": ""}
    try:
        address = urlsplit(EMAIL_URL)
        host, port = address.hostname, address.port
    except ValueError:
        host = port = None
    if not host or address.scheme not in MAIL_SCHEMES or address.path.strip("/") or address.query:
        raise ImproperlyConfigured(
            "EMAIL_URL: write it as submission://user:password@host:587; smtps:// and smtp:// are known too."
        )
    return {
        "EMAIL_HOST": host,
        "EMAIL_PORT": port or MAIL_SCHEMES[address.scheme],
        "EMAIL_HOST_USER": unquote(address.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(address.password or ""),
        "EMAIL_USE_TLS": address.scheme == "submission",
        "EMAIL_USE_SSL": address.scheme == "smtps",
    }


def site_url() -> str:
    """Where this site is reached, without a slash at the end: what mails lead to."""
    if SITE_URL:
        try:
            urlsplit(SITE_URL)
        except ValueError:
            raise ImproperlyConfigured("SITE_URL: write it as https://carte.example.org.") from None
        return str(SITE_URL).rstrip("/")
    if LOCAL or not ALLOWED_HOSTS:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(HOST, f"[{HOST}]" if ":" in HOST else HOST)
        return f"http://{shown}:{PORT}"
    return f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0].lstrip('.')}"


def secret_key() -> str:
    """The key of the environment, or on one person's machine a key made once and kept."""
    if SECRET_KEY:
        return str(SECRET_KEY)
    path = CLONE / ".local" / "secret-key"
    if not path.exists():
        fresh = path.with_name(f"secret-key.{os.getpid()}")
        try:
            path.parent.mkdir(exist_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50))
            with suppress(FileExistsError):  # another process kept its own first
                path.hardlink_to(fresh)
            fresh.unlink()
        except OSError as error:
            reason = f"set it, since none can be kept in {path} ({error.strerror})."
            raise ImproperlyConfigured(f"SECRET_KEY: {reason}") from None
    return path.read_text().strip()
