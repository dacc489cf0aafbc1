"""Files read from the addresses that people give: only from the public network, within bounds.

A name is resolved once, and that very address connected to; so are those of redirects, one by one. What is
not a public address is refused, whatever the name. ``HARVEST_ALLOWED`` names exceptions (host:port).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from email.message import Message
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError

# Seconds. Silence is bounded by the socket; an answer that drips, or a name that does not resolve, is not: so
# the whole is bounded from outside, and the rest ends by itself.
TO_CONNECT, OF_SILENCE, IN_ALL = 10.0, 30.0, 600.0
MOST_BYTES = 200 * 2**20  # once decompressed
MOST_REDIRECTS = 5
PIECE = 64 * 1024
LONGEST_ADDRESS = 2_000

SAID: dict[str, str | Promise] = {
    "address": _("cette adresse n’est pas celle d’un fichier du web : elle commence par https:// ou http://"),
    "private": _("cette adresse mène à un réseau privé, que ce site ne lit pas"),
    "unreachable": _("le serveur ne répond pas à cette adresse"),
    "certificate": _("la connexion chiffrée échoue : le certificat du serveur n’est peut-être pas valable"),
    "redirects": _("l’adresse renvoie ailleurs trop de fois"),
    "status": _("le serveur répond par une erreur : {status}"),
    "too-large": _("le fichier est trop gros : plus de {megabytes} Mo"),
    "too-long": _("le serveur met trop de temps à répondre"),
    "cut": _("la réponse s’interrompt avant la fin"),
    "unreadable": _("la réponse n’est pas celle que l’on attendait"),
}


class Unfetched(Exception):
    """What could not be fetched: ``code`` is a key of SAID, ``said`` what its text holds.

    ``retry_after`` is how many seconds the server asks to be left alone.
    """

    def __init__(self, code: str, *, retry_after: int = 0, **said: Any) -> None:
        super().__init__(code, said)
        self.code, self.said, self.retry_after = code, said, retry_after

    def __str__(self) -> str:
        """In the language of the moment."""
        return str(SAID[self.code]).format(**self.said)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it came, and what to ask with the next time. ``name`` is what its server calls it."""

    path: Path
    name: str
    address: str
    etag: str
    last_modified: str
    size: int


class PublicOnly(IPFilterAdapter):
    """The filter of the library, and whatever else is not of the public network."""

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        address = ip_address(str(host["host"]).strip("[]"))
        # fec0::/10, which is no network any more, counts as global.
        if not address.is_global or getattr(address, "is_site_local", False):
            raise InvalidIPAddress(address)
        return host, pool


def session() -> requests.Session:
    """One that knows no proxy, no password and no cookie of this machine."""
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = MOST_REDIRECTS
    made.mount("http://", PublicOnly(is_https_proto=False))
    made.mount("https://", PublicOnly(is_https_proto=True))
    for place in settings.HARVEST_ALLOWED:
        for scheme in ("http", "https"):
            made.mount(f"{scheme}://{place}/", HTTPAdapter())
    made.headers["User-Agent"] = f"Maillage (+{settings.SITE_URL})"
    return made


def check_address(address: str) -> str:
    """The address, if it may be one of a file on the web; Unfetched says that it is not. Asks nobody."""
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    odd = any(sign.isspace() or not sign.isprintable() for sign in address)
    if not known or odd or "@" in parts.netloc or len(address) > LONGEST_ADDRESS:
        raise Unfetched("address")
    return address


def fetch(address: str, path: Path, *, etag: str = "", last_modified: str = "") -> Fetched | None:
    """What is at an address, written at ``path``; None where it is as it was (``etag``, ``last_modified``).

    Unfetched says why not. Nothing is tried again here.
    """
    check_address(address)
    told: list[Fetched | None | Exception] = []
    stop = threading.Event()

    def run() -> None:
        try:
            told.append(_fetch(address, path, etag, last_modified, stop))
        except Exception as error:
            told.append(error)

    # A daemon: what answers for ever does not keep the worker from ending.
    thread = threading.Thread(target=run, name="fetching", daemon=True)
    thread.start()
    thread.join(IN_ALL)
    stop.set()
    if not told:
        raise Unfetched("too-long")
    [found] = told
    if isinstance(found, Exception):
        raise found
    return found


def _fetch(address: str, path: Path, etag: str, last_modified: str, stop: threading.Event) -> Fetched | None:
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {name: value for name, value in asked.items() if value}
    try:
        with session() as asking, asking.get(
            address, headers=headers, timeout=(TO_CONNECT, OF_SILENCE), stream=True
        ) as answer:  # fmt: skip
            if answer.status_code == requests.codes.not_modified and headers:
                return None
            if answer.status_code != requests.codes.ok:
                raise Unfetched("status", retry_after=_wait(answer), status=answer.status_code)
            size = _write(answer, path, stop)
            return Fetched(
                path, _name(answer), answer.url, answer.headers.get("ETag", "")[:500],
                answer.headers.get("Last-Modified", "")[:100], size,
            )  # fmt: skip
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise Unfetched(_code(error)) from error


def _write(answer: requests.Response, path: Path, stop: threading.Event) -> int:
    size = 0
    with path.open("wb") as file:
        for piece in answer.raw.stream(PIECE, decode_content=True):
            size += len(piece)
            if size > MOST_BYTES:
                raise Unfetched("too-large", megabytes=MOST_BYTES // 2**20)
            if stop.is_set():
                raise Unfetched("too-long")
            file.write(piece)
    return size


CODES: list[tuple[type[Exception], str]] = [
    (InvalidIPAddress, "private"),
    (requests.TooManyRedirects, "redirects"),
    (requests.exceptions.SSLError, "certificate"),
    (requests.exceptions.InvalidURL, "address"),
    (requests.exceptions.MissingSchema, "address"),
    (requests.exceptions.InvalidSchema, "address"),
    (requests.exceptions.InvalidHeader, "unreadable"),
    (requests.ReadTimeout, "too-long"),
    (requests.ConnectionError, "unreachable"),
    (requests.RequestException, "unreachable"),
]


def _code(error: Exception) -> str:
    """Once the answer has begun, whatever breaks it off cuts it."""
    return next((code for kind, code in CODES if isinstance(error, kind)), "cut")


def _wait(answer: requests.Response) -> int:
    """Seconds; dates, which hardly any server sends here, are not read."""
    asked = answer.headers.get("Retry-After", "")
    return min(int(asked), 7 * 86_400) if asked.isascii() and asked.isdigit() else 0


def _name(answer: requests.Response) -> str:
    """What the server calls the file, or the last part of its address."""
    header = Message()
    header["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    given = header.get_filename() or unquote(urlsplit(answer.url).path)
    name = PurePosixPath(given.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[:200]
