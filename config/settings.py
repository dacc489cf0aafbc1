"""Settings of Maillage. What varies from one machine to another is in :mod:`config.environment`.

Without a SECRET_KEY in the environment it runs for one person on one machine; with one it is a
public site, and the safe choices are the defaults.
"""

import socket
from pathlib import Path
from urllib.parse import urlsplit

from corsheaders.defaults import default_headers
from csp.constants import NONCE, NONE, SELF

from config import environment as given

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = given.secret_key()
DEBUG = given.DEBUG
ONE_PERSON = given.LOCAL  # no key in the environment: one person's machine, not a public site
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = list(given.ALLOWED_HOSTS)
if given.LOCAL:
    ALLOWED_HOSTS += [*LOOPBACK, f"[{given.HOST}]" if ":" in given.HOST else given.HOST]
    if given.HOST in ("0.0.0.0", "::"):
        ALLOWED_HOSTS.append(socket.gethostname().lower())

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "corsheaders",
    "csp",
    "django_htmx",
    "leaflet",
    "lucide",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "accounts.openid",
    "allauth.usersessions",
    "rest_framework",
    "rest_framework_gis",
    "drf_spectacular",
    "jobs",
    "mail",
    "accounts",
    "territories",
    "directory",
    "questionnaires",
    "exchange",
    "events",
    "charter",
    "contributions",
    "verification",
    "diagnosis",
    "printing",
    "api",
    "frontend",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before whatever may ask the database: a request that only asks writes nothing.
    "config.readonly.ReadOnly",
    "corsheaders.middleware.CorsMiddleware",
    # A body is compressed after its validator was computed, so that one entity has one ETag.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "api.middleware.machine_face",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "frontend.pace.every_form",
    # Last but one, so that its answer gets what all others get.
    "config.middleware.maintenance",
    # What a reader holds is confirmed before a view is asked; while the site is closed, nothing is.
    "config.freshness.Freshness",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],  # before those of allauth, whose names ours take
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.context.csp_nonce",
            ]
        },
    }
]

DATABASES = {"default": given.database()}
SESSION_ENGINE = "config.sessions"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Where a page that wants someone signed in sends; the pages are of allauth, in our clothes.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:account"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# Without a password one signs in by mailed links (accounts/links.py).
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# One address: the new one takes the place of the old one when it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# How often, by address of the visitor and by account; counted in the database, for all processes.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,60/h/ip,5/5m/key",
    "signup": "20/h/ip",
    "reset_password": "20/h/ip,3/10m/key",
    "link": "20/h/ip,3/10m/key",
    "confirm_email": "1/3m/key",
}
SOCIALACCOUNT_ADAPTER = "accounts.adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": given.oidc_apps()}}
PASSWORD_RESET_TIMEOUT = 4 * 3_600
USERSESSIONS_TRACK_ACTIVITY = False
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# In the browser where one signed up, whoever confirms is signed in and goes on to what they were about.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = "strict"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.forms.AddKeyForm", "edit_webauthn": "accounts.forms.EditKeyForm"}
MFA_TOTP_ISSUER = "Maillage"
# A code may be of the half-minute before or after: whoever types slowly is not refused (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# GDAL before 3.9 cannot be kept from files and the network: no file of a user is ever given to it
# (pyogrio reads those, with its own GDAL).
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

# While this is true, or this file exists, pages and API answer 503: see docs/operations.md.
MAINTENANCE = given.MAINTENANCE
MAINTENANCE_FILE = BASE_DIR / ".local" / "maintenance"

# -- Languages: French at the root, English under /en/; each room keeps its own locale/ ----------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "français"), ("en", "English")]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = sorted(BASE_DIR.glob("*/locale"))

# -- Static files: hashed names, compressed, served by WhiteNoise for ever -----------------------

STATIC_URL = "static/"
STATIC_ROOT = given.STATIC_ROOT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our scripts and styles

# -- Security ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = given.HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked from beside the server, not through the proxy
SECURE_HSTS_SECONDS = given.HSTS_SECONDS if given.HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = given.HSTS_SUBDOMAINS
SECURE_HSTS_PRELOAD = given.HSTS_PRELOAD
TRUST_PROXY = given.TRUST_PROXY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if given.TRUST_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = given.HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # forms carry their token themselves
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# A browser takes a cookie of this name only from this very host, and only over HTTPS.
HOST_ONLY = "__Host-" if given.HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST_ONLY}sessionid", f"{HOST_ONLY}csrftoken"
# The page that links out tells its origin only: a tile server may ask for that much.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Longest request that Django reads whole, and most fields in it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Files are read into memory by hands that refuse more than any form of the site takes; large listings
# pass them, to the disk.
FILE_UPLOAD_HANDLERS = [
    "config.uploads.BoundedUpload",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

TILE_HOST = "{0.scheme}://{0.netloc}".format(urlsplit(given.MAP_TILES_URL)).replace("{s}", "*")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],  # the nonce goes out only with a page that asked for it
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([TILE_HOST] if given.MAP_TILES_URL else [])],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        # A form that goes on to a provider of identities; browsers look at where it is sent on to.
        "form-action": [SELF, *given.oidc_origins()],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Any site may read the public API from a browser, and act with a token that it was given: it is sent by
# its script (Authorization is among the headers), while cookies are never taken from elsewhere.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "PATCH", "POST"]
CORS_ALLOW_HEADERS = [*default_headers, "if-none-match"]  # what a browser holds, it may revalidate
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Retry-After", "WWW-Authenticate"]

# -- Map -----------------------------------------------------------------------------------------

MAP_TILES_URL = given.MAP_TILES_URL
MAP_TILES_ATTRIBUTION = given.MAP_TILES_ATTRIBUTION
LEAFLET_CONFIG = {
    # With no tile server the map draws the outlines of the territories.
    "TILES": [("", MAP_TILES_URL, {"attribution": MAP_TILES_ATTRIBUTION})] if MAP_TILES_URL else [],
    "DEFAULT_CENTER": (46.6, 2.4),  # latitude first, as Leaflet wants it
    "DEFAULT_ZOOM": 6,
    "MIN_ZOOM": 2,
    "MAX_ZOOM": 19,
    "ATTRIBUTION_PREFIX": "",
    "SCALE": "metric",
    "RESET_VIEW": False,
}

# -- Street addresses ------------------------------------------------------------------------------

# Asked by the server only; empty: no street addresses.
ADDRESS_SERVICE_URL = given.ADDRESS_SERVICE_URL
# Places (host:port) that are read although they are not of the public network.
HARVEST_ALLOWED = given.HARVEST_ALLOWED
CACHES = {
    # What allauth counts attempts in, and nothing else: it writes, which a request that only asks may not.
    "default": {
        "BACKEND": "accounts.limits.Limits",
        "LOCATION": "accounts_limits",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "visitors": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "visitors",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # counts by visitor, in each process; 300 would forget some
    },
    # Drawn pictures, 50 kB each.
    "pictures": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pictures",
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
    # Printed diagnoses, 200 kB each.
    "papers": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "papers",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
    # Of its own, so that what is typed does not push out what counts requests.
    "addresses": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "addresses",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    },
}

# -- Mail: everything goes through the queue of the room mail --------------------------------------

# Where this site is reached: a mail never believes the Host header of whoever caused it.
SITE_URL = given.site_url()
EMAIL_BACKEND = "mail.backends.Queue"
globals().update(given.mail_server())  # EMAIL_HOST and its like; "": nothing is sent
EMAIL_TIMEOUT = 15  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = given.MAIL_FROM or f"Maillage <maillage@{urlsplit(SITE_URL).hostname}>"
# Days after which what was sent is erased.
MAIL_DAYS = given.MAIL_DAYS

# -- Work in the background: `manage.py procrastinate worker` -----------------------------------------

PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": given.JOBS_AT_ONCE,
    # Asked to stop, it lets what it is at end for so many seconds.
    "shutdown_graceful_timeout": 15.0,
    # jobs/upkeep.py goes by these.
    "update_heartbeat_interval": 10.0,
    "stalled_worker_timeout": 30.0,
}

# -- Who answers for this site, on its legal pages -------------------------------------------------

# Whether organisations are told of the record that others wrote of them, each working day.
NOTICES = given.NOTICES
OPERATOR = given.OPERATOR
OPERATOR_CONTACT = given.OPERATOR_CONTACT
OPERATOR_HOSTING = given.OPERATOR_HOSTING

# -- Journal: everything on standard error, the system keeps it ----------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": given.LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": given.LOG_LEVEL, "propagate": False},
        # A pool that reconnects says so by itself once the database is back.
        "psycopg.pool": {"level": "ERROR"},
        # Tells each task it finds, each job and each delay as an error; mail tells its own delays.
        "procrastinate": {"level": "WARNING"},
    },
}

# -- What `make run` loads -----------------------------------------------------------------------

LOAD_EXAMPLES = given.LOAD_EXAMPLES

# -- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # reads need no key and open no session
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.Negotiation",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.errors.answer",
    "UNAUTHENTICATED_USER": None,
    # How often one address may ask for everything that matches, and for street addresses, which another
    # server finds; pages are never counted.
    "DEFAULT_THROTTLE_RATES": {"whole": "120/min", "addresses": "300/min"},
    "NUM_PROXIES": 1 if given.TRUST_PROXY else 0,  # a header that anyone can write is not an address
}
# Whole downloads that one process answers at once: half of its threads stay free for everything else.
DOWNLOADS_AT_ONCE = max(1, given.WEB_THREADS // 2)
SPECTACULAR_SETTINGS: dict[str, object] = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Maillage",
    "VERSION": "1",
    "DESCRIPTION": (
        "The public API of Maillage, an open map and directory of circuits courts économiques et solidaires."
        " Reads need no key. Every parameter is checked: what is unknown, blank or malformed is refused with"
        " a problem body (RFC 9457) that names it. What acts for somebody takes a token. Coordinates are"
        " WGS 84, longitude first (RFC 7946)."
    ),
    "SERVERS": [{"url": "/"}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # As the code has them: the filters before the pages, lists before details.
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    # Values say what they are; the page told them twice, the second time as a list on one line.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["api.openapi.complete"],
}
