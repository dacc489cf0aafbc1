"""« Ce qui manque » : counts, lists, and what mends each; what verification holds of a person."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.personal import erase, everything
from directory.models import Notice, NoticeKind
from tests.factories import join, make_person
from tests.verification.conftest import Ground, Old
from verification import campaigns, confirming, reaching
from verification.models import Answer, Campaign, How

pytestmark = pytest.mark.django_db


def test_each_line_leads_to_what_mends_it_and_each_list_to_the_one_search(
    ground: Ground, old: Old, client: Client
) -> None:
    mute = old("La Muette", commune=ground.felletin, activities=[100])
    join(ground.network, mute)
    old("Ailleurs", commune=ground.uzerche)
    for page, query in [
        ("/territoires/departement-23/a-completer/", "territory=departement-23"),
        ("/reseaux/reseau/a-completer/", "network=reseau"),
    ]:
        html = client.get(page).content.decode()
        assert "La Muette" in html and "Ailleurs" not in html
        assert html.count(f'href="/initiatives/{mute.slug}/') >= 12, "six lists: the page and what mends it"
        for what in ("contact", "activity", "position", "description", "confirmation"):
            address = f"/?{query}&missing={what}"
            assert address.replace("&", "&amp;") in html
            assert "1 initiative" in client.get(address).content.decode()


@pytest.mark.parametrize("page", ["territoires/rien", "ptce/rien", "reseaux/rien", "reseaux/%00"])
def test_nothing_is_missing_nowhere(taxonomy: None, client: Client, page: str) -> None:
    assert client.get(f"/{page}/a-completer/").status_code == 404


def test_a_person_reads_what_is_held_of_her_and_leaves_what_she_verified(ground: Ground, old: Old) -> None:
    row = old("L’Atelier", commune=ground.felletin)
    owner = make_person("owner", "owner", row)
    Notice.objects.create(
        initiative=row, kind=NoticeKind.STALE, sent_to="Owner@example.org", wording_version="1", key="k"
    )
    reaching.oppose(reaching.digest(owner.email))
    confirming.confirm(row, owner, How.SITE)
    told = everything(owner)
    assert told["verifications"][0]["initiative__slug"] == row.slug
    assert told["verification_letters"]["refused"] and len(told["verification_letters"]["letters"]) == 1
    erase(owner)
    row.refresh_from_db()
    assert row.verified_at is not None and row.verified_by is None
    assert Answer.objects.get().by is None and Notice.objects.get().sent_to == ""
    assert reaching.opposed(reaching.digest("owner@example.org")), "it goes on being respected"


def test_a_campaign_outlives_the_account_that_ran_it(ground: Ground, old: Old) -> None:
    old("L’Atelier", commune=ground.felletin, email="atelier@example.org")
    campaigns.start(ground.west, ground.moderator, 12, "Merci !")
    assert everything(ground.moderator)["verification_campaigns"][0]["message"] == "Merci !"
    erase(ground.moderator)
    assert Campaign.objects.get().opened_by is None
