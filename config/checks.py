"""Misconfiguration, refused at start: each check says what is wrong and what to do."""

from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

from config import environment as given

TAG = "maillage"
YEAR = 31_536_000  # seconds
OLDEST_POSTGRESQL, OLDEST_POSTGIS = 150000, (3, 3)


def refuse_misconfiguration() -> None:
    """Raise ImproperlyConfigured with what the checks found, for servers that run no command."""
    errors = [message for message in run_checks(tags=[TAG, Tags.security]) if message.is_serious()]
    if errors:
        raise ImproperlyConfigured(" ".join(f"({e.id}) {e.msg} {e.hint or ''}".strip() for e in errors))


@register(TAG)
def public_site(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What a site that others reach must have."""
    if given.LOCAL:
        return []
    return [*key_and_hosts(), *transport(), *mail()]


def key_and_hosts() -> Iterator[CheckMessage]:
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "SECRET_KEY is set, so this is a public site, and ALLOWED_HOSTS does not name its hosts.",
            hint="Set ALLOWED_HOSTS to the names it is reached by, comma between: carte.example.org.",
            id="maillage.E001",
        )
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 10:
        yield Error(
            "SECRET_KEY is too easy to guess: fewer than 50 characters, or fewer than 10 different ones.",
            hint='Make one: python3 -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="maillage.E002",
        )
    if settings.DEBUG:
        yield Error(
            "DEBUG shows the inside of the program to every visitor.",
            hint="Leave DEBUG unset where SECRET_KEY is set.",
            id="maillage.E003",
        )


def transport() -> Iterator[CheckMessage]:
    if not given.HTTPS:
        yield Warning(
            "HTTPS is false on a public site: passwords and sessions travel in the clear.",
            hint="Put the site behind a proxy that speaks TLS, and leave HTTPS unset.",
            id="maillage.W001",
        )
    if given.HSTS_PRELOAD and not (given.HSTS_SUBDOMAINS and given.HSTS_SECONDS >= YEAR):
        yield Error(
            "HSTS_PRELOAD asks browsers to know this site beforehand, which they refuse without"
            " HSTS_SUBDOMAINS and HSTS_SECONDS of a year at least.",
            hint="Set HSTS_SUBDOMAINS=true and leave HSTS_SECONDS unset, or unset HSTS_PRELOAD.",
            id="maillage.E013",
        )


def mail() -> Iterator[CheckMessage]:
    if not settings.EMAIL_HOST:
        yield Warning(
            "EMAIL_URL is not set on a public site: no mail is sent, and nobody can confirm an address.",
            hint="Set EMAIL_URL=submission://user:password@smtp.example.org:587 and MAIL_FROM.",
            id="maillage.W002",
        )


@register(TAG)
def mail_addresses(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterator[CheckMessage]:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if "@" not in address or any(character in settings.DEFAULT_FROM_EMAIL for character in "\r\n\0"):
        yield Error(
            "MAIL_FROM is not the address of a sender.",
            hint="Write it as Maillage <maillage@example.org>.",
            id="maillage.E015",
        )
    site = urlsplit(settings.SITE_URL)
    if site.scheme not in ("http", "https") or not site.hostname or site.path or site.query or site.fragment:
        yield Error(
            "SITE_URL is not the address of a site.",
            hint="Write it as https://carte.example.org, without a path.",
            id="maillage.E016",
        )


@register(TAG)
def database_address(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterator[CheckMessage]:
    engine = settings.DATABASES["default"]["ENGINE"]
    if engine not in ("config.postgis", "config.reading"):
        yield Error(
            "DATABASE_URL does not lead to PostgreSQL with PostGIS.",
            hint="Write it as postgis://user:password@host:5432/database.",
            id="maillage.E004",
        )
    if 0 < given.DATABASE_POOL_SIZE < given.WEB_THREADS:
        yield Error(
            f"DATABASE_POOL_SIZE ({given.DATABASE_POOL_SIZE}) is smaller than WEB_THREADS "
            f"({given.WEB_THREADS}): threads would wait for a connection and give up.",
            hint="Set DATABASE_POOL_SIZE to at least WEB_THREADS, or to 0 for no pool.",
            id="maillage.E005",
        )
    elif 0 < given.DATABASE_POOL_SIZE < given.JOBS_AT_ONCE:
        yield Error(
            f"DATABASE_POOL_SIZE ({given.DATABASE_POOL_SIZE}) is smaller than JOBS_AT_ONCE "
            f"({given.JOBS_AT_ONCE}): jobs would wait for a connection and give up.",
            hint="Set DATABASE_POOL_SIZE to at least JOBS_AT_ONCE, or to 0 for no pool.",
            id="maillage.E005",
        )


@register(TAG)
def map_tiles(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterator[CheckMessage]:
    if not given.MAP_TILES_URL:
        return
    address = urlsplit(given.MAP_TILES_URL)
    missing = [part for part in ("{z}", "{x}", "{y}") if part not in given.MAP_TILES_URL]
    if address.scheme not in ("http", "https") or not address.netloc or missing:
        yield Error(
            "MAP_TILES_URL is not the address of map tiles.",
            hint="Write it as https://tiles.example.org/{z}/{x}/{y}.png, or leave it empty.",
            id="maillage.E006",
        )
    if any(character in address.netloc for character in " ;,'\""):
        yield Error(
            "The host of MAP_TILES_URL holds a character that no host name has.",
            hint="It goes into the Content-Security-Policy header as it stands.",
            id="maillage.E007",
        )
    if not given.MAP_TILES_ATTRIBUTION.strip():
        yield Error(
            "MAP_TILES_URL is set without MAP_TILES_ATTRIBUTION: maps must name their makers.",
            hint="Set MAP_TILES_ATTRIBUTION to what the tile server asks for.",
            id="maillage.E008",
        )


@register(TAG)
def address_service(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterator[CheckMessage]:
    address = urlsplit(given.ADDRESS_SERVICE_URL)
    wrong = address.scheme not in ("http", "https") or not address.hostname
    if given.ADDRESS_SERVICE_URL and (wrong or address.query or address.fragment):
        yield Error(
            "ADDRESS_SERVICE_URL is not the address of a service.",
            hint="Write it as https://data.geopf.fr/geocodage, without /search, or leave it empty.",
            id="maillage.E014",
        )


@register(TAG)
def names_in_file(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A misspelt name in ``.env`` would silently leave the default in place."""
    return [
        Error(
            f"The file of settings holds {name}, which Maillage does not read.",
            hint="See .env.example for the names; put what is for other programs elsewhere.",
            id="maillage.E009",
        )
        for name in given.FILE_NAMES
        if name not in {*given.NAMES, *given.CONTAINER_NAMES} - {"ENV_FILE", "STATE_FOLDER"}
    ]


@register(Tags.database)
def database_version(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterator[CheckMessage]:
    for alias in databases or []:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(
                    "SELECT current_setting('server_version_num')::int,"
                    " (SELECT default_version FROM pg_available_extensions WHERE name = 'postgis')"
                )
                postgresql, postgis = cursor.fetchone()
        except DatabaseError as error:
            yield Error(
                f"The database does not answer: {str(error).strip().splitlines()[0]}",
                hint="Check that the server of DATABASE_URL runs and lets this user in.",
                id="maillage.E010",
            )
            continue
        if postgresql < OLDEST_POSTGRESQL:
            yield Error(
                "The PostgreSQL server is older than 15.",
                hint="Upgrade it, or unset DATABASE_URL to use the clone's own server.",
                id="maillage.E011",
            )
        if not postgis or tuple(int(part) for part in postgis.split(".")[:2]) < OLDEST_POSTGIS:
            yield Error(
                f"PostGIS on this server is {postgis or 'missing'}; 3.3 or newer is needed.",
                hint="Install the server's PostGIS package, for example postgresql-15-postgis-3.",
                id="maillage.E012",
            )
