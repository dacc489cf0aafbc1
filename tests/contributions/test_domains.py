"""Of which websites a mail proves something, and which mailboxes may be typed."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from contributions.domains import LONGEST_LOCAL, NoDomain, address_at, mail_domain


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://abricoop.fr", "abricoop.fr"),
        ("http://www.abricoop.fr/", "abricoop.fr"),
        ("https://www2.abricoop.fr/fr/", "abricoop.fr"),
        ("https://boutique.ferme.fr/index.php#haut", "ferme.fr"),
        ("https://paysan.asso.fr", "paysan.asso.fr"),  # asso.fr is nobody's
        ("https://amap.mairie.fr", "amap.mairie.fr"),  # not mairie.fr, which others run
        ("https://www.amap.mairie.fr", "amap.mairie.fr"),
        ("https://user:secret@Ferme.FR:8443/", "ferme.fr"),
        ("https://café-des-possibles.fr/", "xn--caf-des-possibles-dtb.fr"),
    ],
)
def test_a_site_of_one_s_own_has_a_domain(website: str, domain: str) -> None:
    assert mail_domain(website) == domain


@pytest.mark.parametrize(
    ("website", "doubt"),
    [
        ("", "none"),
        ("https://asso.fr", "unreadable"), ("https://fr", "unreadable"), ("http://localhost", "unreadable"),
        ("http://127.0.0.1/", "unreadable"), ("http://[::1]/", "unreadable"), ("https://a..fr", "unreadable"),
        ("ftp://abricoop.fr", "unreadable"), ("https://[", "unreadable"), ("https://x.nowhere", "unreadable"),
        ("https://" + "a" * 10_000, "unreadable"), ("https://a\0.fr", "unreadable"),
        ("https://reseau.org/membres/nous", "part"), ("https://ville.fr/?association=12", "part"),
        ("https://github.io", "shared"), ("https://nous.github.io", "shared"),
        ("https://nous.wordpress.com", "shared"), ("https://www.facebook.com/nous", "shared"),
        ("https://sites.google.com/site/nous", "shared"), ("http://nous.free.fr", "shared"),
        ("https://gmail.com", "shared"), ("https://orange.fr", "shared"), ("https://proton.me", "shared"),
        ("https://www.helloasso.com/associations/nous", "shared"),
    ],
)  # fmt: skip
def test_a_site_that_proves_nothing_has_none(website: str, doubt: str) -> None:
    with pytest.raises(NoDomain) as none:
        mail_domain(website)
    assert none.value.doubt == doubt


@pytest.mark.parametrize("typed", ["contact", " Contact ", "contact@ferme.fr", "c" * LONGEST_LOCAL])
def test_a_mailbox_is_typed_alone_or_in_whole(typed: str) -> None:
    assert address_at(typed, "ferme.fr").endswith("@ferme.fr")
    assert address_at("contact@ferme.fr", "ferme.fr") == "contact@ferme.fr"


@pytest.mark.parametrize(
    "typed",
    ["", "@ferme.fr", "contact@gmail.com", "a@gmail.com,b", "a b", "a\nb", "a\0b", '"a b"', "é", "<a>",
     "c" * (LONGEST_LOCAL + 1), "a" * 10_000, "contact@gmail.com@ferme.fr", "a@ferme.fr@ferme.fr"],
)  # fmt: skip
def test_no_mailbox_leads_elsewhere(typed: str) -> None:
    with pytest.raises(ValidationError):
        address_at(typed, "ferme.fr")
