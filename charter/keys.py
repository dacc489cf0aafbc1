"""What opens one's own signature: a signed link, only ever sent to the address of who signed."""

from __future__ import annotations

from django.core import signing
from django.utils.crypto import salted_hmac

from charter.models import Signature
from directory.errors import BadLink

SALT = "charter.keys"


def key_of(signature: Signature) -> str:
    return signing.dumps([signature.pk, _fingerprint(signature.email)], salt=SALT)


def by_key(key: str) -> Signature:
    """The signature whose link this is, or the latest by which the same address renewed it: what an
    old link changes or withdraws is what is shown now. BadLink where forged, withdrawn or forgotten."""
    try:
        pk, fingerprint = signing.loads(key, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    rows = Signature.objects.select_related("version", "initiative", "grouping", "territory", "commune")
    rows = rows.defer("initiative__search", "territory__geometry", "commune__geometry")
    found = rows.filter(pk=pk).first()
    if found is None or not found.email or _fingerprint(found.email) != fingerprint:
        raise BadLink
    while newer := rows.filter(renews=found, withdrawn_at=None, email__iexact=found.email).first():
        found = newer
    return found


def _fingerprint(email: str) -> str:
    return salted_hmac(SALT, email.lower()).hexdigest()[:16]
