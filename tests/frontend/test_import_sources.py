"""A coordinator has a listing read again at its address, sees how it goes, and stops it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from exchange.models import Harvest, Import, Profile, State
from exchange.profiles import create
from tests.factories import make_grouping, make_person

pytestmark = pytest.mark.django_db
HERE, ADD = "/compte/imports/sources/", "/compte/imports/sources/ajouter/"
FILE = "https://example.org/liste.csv"


@pytest.fixture
def coordinator() -> Any:
    return make_person("coordination", "coordinator", make_grouping("les-recycleries", kind="network"))


@pytest.fixture
def signed(coordinator: Any) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client


@pytest.fixture
def brought(coordinator: Any) -> Profile:
    """A way of reading of which a file was brought by hand."""
    profile = create(coordinator, "Adhérents", coordinator.roles.get().grouping)
    told = {"file_name": "a.csv", "digest": "", "state": State.DONE}
    Import.objects.create(profile=profile, source=profile.source, **told)
    return profile


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_listing_brought_once_is_read_again(signed: Client, brought: Profile) -> None:
    assert "Une liste lue comme « Adhérents »" in text(signed.get(ADD))
    answer = signed.post(ADD, {"address": FILE, "profile": brought.slug, "rhythm": "day"}, follow=True)
    assert "sera lue dans les minutes qui viennent" in text(answer) and FILE in text(answer)
    source = Harvest.objects.get()
    assert (source.kind, source.rhythm, source.owner, source.profile) == (
        "file", "day", brought.owner, brought,
    )  # fmt: skip
    stopped = signed.post(f"{HERE}{brought.slug}/lecture/", {"do": "stop"}, follow=True)
    assert "n’est plus relue" in text(stopped) and not Harvest.objects.get().active
    signed.post(f"{HERE}{brought.slug}/lecture/", {"do": "resume"})
    assert Harvest.objects.get().active


def test_another_site_needs_a_name_and_a_network(signed: Client, coordinator: Any) -> None:
    site = {"address": "https://carte.example.org/", "profile": "", "rhythm": "week"}
    refused = text(signed.post(ADD, site))
    assert "Donnez un nom à ce site." in refused and "Dites pour quel réseau." in refused
    grouping = coordinator.roles.get().grouping
    signed.post(ADD, {**site, "name": "Une autre carte", "grouping": grouping.pk, "publish": "on"})
    source = Harvest.objects.select_related("profile").get()
    assert (source.kind, source.profile.grouping, source.profile.publish) == ("maillage", grouping, True)


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "http://a b/", "x" * 3_000, "https://u:p@example.org/"]
)
def test_what_is_no_address_is_said(signed: Client, brought: Profile, address: str) -> None:
    answer = signed.post(ADD, {"address": address, "profile": brought.slug, "rhythm": "day"})
    assert answer.status_code == 200 and 'id="id_address_error"' in text(answer)
    assert not Harvest.objects.exists()


def test_a_failure_is_told_with_its_reason(signed: Client, brought: Profile) -> None:
    Harvest.objects.create(
        profile=brought, address=FILE, failures=2, error={"code": "status", "said": {"status": 404}}
    )
    assert "Les 2 derniers essais ont échoué : le serveur répond par une erreur : 404." in text(
        signed.get(HERE)
    )


def test_nobody_sees_or_touches_the_sources_of_others(signed: Client, brought: Profile) -> None:
    Harvest.objects.create(profile=brought, address=FILE)
    other = Client()
    other.force_login(make_person("autre", "coordinator", make_grouping("ailleurs", kind="network")))
    assert FILE not in text(other.get(HERE)) and "Adhérents" not in text(other.get(ADD))
    assert other.post(f"{HERE}{brought.slug}/lecture/", {"do": "stop"}).status_code == 403
    assert other.post(f"{HERE}inconnue/lecture/", {"do": "stop"}).status_code == 404
    stranger = Client()
    stranger.force_login(make_person("personne"))
    assert stranger.get(ADD).status_code == 403 and Client().get(HERE).status_code == 302
    assert Harvest.objects.get().active
