"""A coordinator brings a listing: what it says, what will change, what is written, what is taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from directory.models import Grouping, Initiative
from directory.taxonomy import load_taxonomy
from exchange import importing
from exchange.differences import compare
from exchange.models import Candidate, Import, Profile, State
from territories.models import Territory
from tests.factories import make_grouping, make_initiative, make_person
from tests.jobs.running import run_queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("taxonomy")]
HERE, BRING = "/compte/imports/", "/compte/imports/fichier/"
FELLETIN, AUBUSSON = "commune-23079", "commune-23008"
CSV = """Structure;Type;Code postal;Ville;SIRET;Cotisation
La Remise;Ressourcerie;23200;Aubusson;12;30
L’Atelier du Pont;Réparation;23500;Felletin;73282932000074;15
;Ressourcerie;23200;Aubusson;73282932000074;15
Grange aux outils;Objet inconnu;23500;Felletin;;15
"""


@pytest.fixture(scope="module")
def taxonomy(creuse: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Creuse, and the activities that a listing may be of."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_taxonomy()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def network() -> Grouping:
    return make_grouping("les-recycleries", kind="network")


@pytest.fixture
def coordinator(network: Grouping) -> User:
    return make_person("coordination", "coordinator", network)


@pytest.fixture
def signed(coordinator: User) -> Client:
    return client_of(coordinator)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sent(client: Client, network: Grouping, text: str = CSV, **fields: Any) -> Any:
    file = SimpleUploadedFile("liste.csv", text.encode("windows-1252"))
    return client.post(BRING, {"file": file, "name": "Adhérents", "grouping": network.pk} | fields)


def said_of_columns(page: str) -> dict[str, str]:
    """What the page has chosen for each column, as its form would send it."""
    chosen = {}
    for name, options in re.findall(r'<select name="([a-z_0-9]+)".*?>(.*?)</select>', page, re.DOTALL):
        found = re.search(r'<option value="([^"]*)" selected', options)
        chosen[name] = found[1] if found else ""
    return chosen


def planned(client: Client, network: Grouping, text: str = CSV, **said: str) -> Import:
    """Brought, told, prepared: what the next page shows is what will change."""
    sent(client, network, text)
    batch = Import.objects.latest("pk")
    columns = reverse("people:import_columns", args=[batch.uuid])
    answer = client.post(columns, said_of_columns(client.get(columns).content.decode()) | said)
    if answer["Location"].endswith("/categories/"):
        page = client.get(answer["Location"]).content.decode()
        client.post(answer["Location"], said_of_columns(page))
    run_queued("work")
    batch.refresh_from_db()
    return batch


def page_of(client: Client, batch: Import, name: str = "import", query: str = "") -> str:
    answer = client.get(reverse(f"people:{name}", args=[batch.uuid]) + query)
    assert answer.status_code == 200, answer.headers
    text = re.sub(r"\s+", " ", answer.content.decode())
    assert "{%" not in text and "{{" not in text
    return text


def test_a_listing_is_brought_seen_written_and_taken_back(signed: Client, network: Grouping) -> None:
    answer = sent(signed, network)
    batch = Import.objects.get()
    assert answer["Location"] == reverse("people:import_columns", args=[batch.uuid])
    columns = page_of(signed, batch, "import_columns")
    assert "4 lignes · CSV, windows-1252" in columns and "La Remise · L’Atelier du Pont" in columns
    chosen = said_of_columns(columns)
    assert [chosen[f"c{n}"] for n in range(6)] == ["name", "category", "postcode", "locality", "siret", ""]

    answer = signed.post(answer["Location"], chosen | {"publish": "on"})
    values = page_of(signed, batch, "import_values")
    words = said_of_columns(values)
    assert list(words.values()) == ["reemploi--ressourcerie", "", "reemploi--reparation"]
    signed.post(answer["Location"], words)
    assert "Préparation de l’import" in page_of(signed, batch)
    run_queued("work")

    plan = page_of(signed, batch)
    assert "Ce qui va changer" in plan and "Importer 2 lignes" in plan
    assert "2 lignes refusées" in plan and "Aucun nom" in plan and "Aucune activité reconnue" in plan
    assert "Cotisation" in plan and "Un SIRET compte quatorze chiffres" in plan
    assert not Initiative.objects.exists()

    signed.post(reverse("people:import_apply", args=[batch.uuid]))
    run_queued("work")
    report = page_of(signed, batch)
    assert "Compte rendu" in report
    made = Initiative.objects.get(name="La Remise")
    assert made.publication == "published" and made.commune_id == AUBUSSON and made.verified_at is None
    assert signed.get(f"/initiatives/{made.slug}/").status_code == 200

    asked = page_of(signed, batch, "import_undo")
    assert "2 fiches créées par cet import seront effacées" in asked
    signed.post(reverse("people:import_undo", args=[batch.uuid]))
    run_queued("work")
    assert "Import défait" in page_of(signed, batch) and not Initiative.objects.exists()


def test_words_of_other_lists_are_told_once_and_kept_beside(signed: Client, network: Grouping) -> None:
    text = """Structure;Statut;Ville;Code postal
La Boucle;Association loi 1901;Aubusson;23200
Le Fil;Groupement Machin;Felletin;23500
Le Pont;Groupement Machin;Felletin;23500
Le Lien;#N/A;Felletin;23500
"""
    sent(signed, network, text)
    batch = Import.objects.latest("pk")
    columns = reverse("people:import_columns", args=[batch.uuid])
    said = said_of_columns(signed.get(columns).content.decode())
    assert said["c1"] == "legal_form"
    answer = signed.post(columns, said | {"fixed_activities": "culture"})
    words = page_of(signed, batch, "import_values")
    assert "Vos mots, les nôtres" in words and "Forme juridique" in words and "#N/A" not in words
    assert words.index("Groupement Machin") < words.index("Association loi 1901"), "what is not understood"
    assert said_of_columns(words) == {"v0": "unknown", "v1": "association"}
    signed.post(answer["Location"], {"v0": "cooperative", "v1": "association"})
    run_queued("work")
    batch.refresh_from_db()
    importing.apply(batch)
    found = Initiative.objects.order_by("name").values_list("name", "legal_form", "legal_form_note")
    assert list(found)[:2] == [
        ("La Boucle", "association", "Association loi 1901"), ("Le Fil", "cooperative", "Groupement Machin"),
    ]  # fmt: skip
    again = sent(signed, network, text, profile=batch.profile.slug)
    answer = signed.post(again["Location"], said | {"fixed_activities": "culture"})
    assert not answer["Location"].endswith("/categories/"), "nothing is left to be told"


def test_what_is_created_is_published_when_its_coordinator_says_so(signed: Client, network: Grouping) -> None:
    batch = planned(signed, network)
    plan = page_of(signed, batch)
    assert "Et les 2 fiches nouvelles ?" in plan
    signed.post(reverse("people:import_apply", args=[batch.uuid]), {"publish": "later"})
    run_queued("work")
    report = page_of(signed, batch)
    assert "2 fiches créées par cet import sont encore des brouillons" in report
    publish = reverse("people:import_publish", args=[batch.uuid])
    assert signed.get(publish).status_code == 405
    signed.post(publish)
    run_queued("work")
    assert set(Initiative.objects.values_list("publication", flat=True)) == {"published"}
    assert "Publier ces" not in page_of(signed, batch)

    again = planned(signed, network, CSV.replace("La Remise", "Le Fil bleu"))
    signed.post(reverse("people:import_apply", args=[again.uuid]), {"publish": "now"})
    run_queued("work")
    assert Initiative.objects.get(name="Le Fil bleu").publication == "published"


def test_what_it_takes_away(signed: Client, network: Grouping) -> None:
    batch = planned(signed, network)
    told = json.loads(signed.get(reverse("people:import_report", args=[batch.uuid])).content)
    figures = [
        told["created"],
        told["updated"],
        told["unchanged"],
        len(told["refused"]),
        len(told["to_review"]),
    ]
    assert sum(figures) == told["rows"] == 4
    refused = signed.get(reverse("people:import_refused", args=[batch.uuid]))
    lines = refused.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Structure;Type;Code postal;Ville;SIRET;Cotisation"
    assert lines[1:] == CSV.splitlines()[3:]
    # Mended, it is read again by the same ways.
    again = refused.content.decode("utf-8-sig").replace(";Ressourcerie", "La Bonne Roue;Ressourcerie")
    slug = Profile.objects.get().slug
    file = SimpleUploadedFile("corrige.csv", again.encode())
    answer = signed.post(BRING, {"file": file, "profile": slug})
    assert answer.status_code == 302 and Import.objects.latest("pk").profile.slug == slug


def test_the_second_time_the_answers_are_known(signed: Client, network: Grouping) -> None:
    first = planned(signed, network, c4="", c5="siret")
    assert first.profile.columns["SIRET"] == "" and first.profile.columns["Cotisation"] == "siret"
    answer = signed.post(
        BRING, {"file": SimpleUploadedFile("b.csv", CSV.encode()), "profile": first.profile.slug}
    )
    chosen = said_of_columns(signed.get(answer["Location"]).content.decode())
    assert (chosen["c4"], chosen["c5"]) == ("", "siret")


def test_a_doubtful_line_is_answered(signed: Client, network: Grouping) -> None:
    known = make_initiative("L’Atelier du pont", commune=Territory.objects.get(pk=FELLETIN), activities=[703])
    batch = planned(signed, network)
    row = batch.candidates.get(line=3)
    Candidate.objects.filter(pk=row.pk).update(match="doubtful", initiative=known)
    compare(batch)
    assert "1 ligne attend votre avis" in page_of(signed, batch)
    review = page_of(signed, batch, "import_review")
    assert "Ligne 3" in review and known.slug in review and f'name="d{row.pk}"' in review
    answer = signed.post(
        reverse("people:import_review", args=[batch.uuid]), {f"d{row.pk}": "never"}, follow=True
    )
    assert "1 réponse enregistrée" in answer.content.decode()
    row.refresh_from_db()
    assert (row.decision, row.outcome) == ("never", "create")
    signed.post(reverse("people:import_review", args=[batch.uuid]), {f"d{row.pk}": "merge"})
    row.refresh_from_db()
    assert row.decision == "merge" and row.outcome in ("update", "unchanged")
    signed.post(reverse("people:import_review", args=[batch.uuid]), {f"d{row.pk}": "perhaps"})
    row.refresh_from_db()
    assert row.decision == "merge"


@pytest.mark.parametrize(
    "issue", ["create", "update", "unchanged", "refused", "to-review", "laisse", "lieu", "x\x00"]
)
def test_the_lines_of_each_end(signed: Client, network: Grouping, issue: str) -> None:
    make_initiative("L’Atelier du Pont", commune=Territory.objects.get(pk=FELLETIN), activities=[703],
                    provenance={"name": {"by": "account 1"}})  # fmt: skip
    batch = planned(signed, network)
    page = page_of(signed, batch, "import_rows", f"?issue={issue}")
    assert ("Aucun nom" in page) is (issue == "refused")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("liste.csv", b"", "Ce fichier est vide"), ("photo.png", b"\x89PNG", "les fichiers « .png »"),
        ("liste", b"nom\nA", "Nous ne lisons pas"), ("liste.csv", b"nom;ville\r\n", "aucune ligne de donn"),
        ("liste.xlsx", b"PK\x03\x04 rien", "est abîmé"), ("liste.json", b'{"a"', "est mal formé"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_kept(
    signed: Client, network: Grouping, name: str, body: bytes, said: str
) -> None:
    fields = {"file": SimpleUploadedFile(name, body), "name": "Adhérents", "grouping": network.pk}
    answer = signed.post(BRING, fields)
    assert answer.status_code == 200 and said in answer.content.decode()
    assert not Import.objects.exists() and not Profile.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Donnez un nom"), ({"grouping": ""}, "Dites pour quel"),
        ({"encoding": "klingon"}, "Codage"), ({"name": "a\nb"}, "une seule ligne"),
        ({"name": "x" * 201}, "Nom de cette liste"), ({"name": "a\x00"}, "Nom de"),
        ({"grouping": "99999999999999999999"}, "Réseau"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_file_is_checked(
    signed: Client, network: Grouping, fields: dict[str, str], said: str
) -> None:
    answer = sent(signed, network, **fields)
    assert answer.status_code == 200 and said in answer.content.decode() and not Import.objects.exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [({"c0": ""}, "Dites quelle colonne est le nom"), ({"c5": "name"}, "« Structure » le dit déjà"),
     ({"c5": "rien"}, "Cotisation"), ({"fixed_activities": "rien"}, "Activité")],
)  # fmt: skip
def test_columns_that_cannot_be_are_refused(
    signed: Client, network: Grouping, said: dict[str, str], told: str
) -> None:
    sent(signed, network)
    columns = reverse("people:import_columns", args=[Import.objects.get().uuid])
    answer = signed.post(columns, said_of_columns(signed.get(columns).content.decode()) | said)
    assert answer.status_code == 200 and told in answer.content.decode()
    assert "il reste à corriger" in answer.content.decode()


def test_an_import_is_given_up(signed: Client, network: Grouping) -> None:
    batch = planned(signed, network)
    assert "Abandonner" in page_of(signed, batch, "import_abandon")
    signed.post(reverse("people:import_abandon", args=[batch.uuid]))
    batch.refresh_from_db()
    assert batch.state == State.ABANDONED and not batch.candidates.exists()
    assert "a été abandonné" in page_of(signed, batch)


def test_when_its_lines_are_forgotten_its_figures_stay(signed: Client, network: Grouping) -> None:
    batch = planned(signed, network)
    importing.apply(batch)
    importing.forget(timezone.now() + timedelta(days=400))
    report = page_of(signed, batch)
    assert "seuls les nombres restent" in report and "voir les lignes" not in report
    assert "Défaire" not in report and re.search(r"<dt>créées</dt> <dd>2</dd>", report)
    for name in ("import_undo", "import_rows"):
        assert signed.get(reverse(f"people:{name}", args=[batch.uuid])).status_code == 302
    signed.post(reverse("people:import_undo", args=[batch.uuid]))
    assert run_queued("work") == []


ACTS = [
    "import_columns", "import_values", "import_prepare", "import_apply", "import_review", "import_abandon",
    "import_undo", "import_publish",
]  # fmt: skip
PAGES = [
    "import", "import_columns", "import_values", "import_rows", "import_review", "import_abandon",
    "import_undo", "import_report", "import_refused", "import_progress",
]  # fmt: skip


def test_others_neither_see_nor_change_it(signed: Client, network: Grouping) -> None:
    batch = planned(signed, network)
    other = make_person("voisine", "coordinator", make_grouping("un-autre-reseau", kind="network"))
    administrator = User.objects.create_superuser("administration@example.org")
    for person, status in ((make_person("passant"), 403), (other, 403), (administrator, None)):
        client = client_of(person)
        for name in PAGES:
            answer = client.get(reverse(f"people:{name}", args=[batch.uuid]))
            assert answer.status_code == status if status else answer.status_code in (200, 302), name
        for name in ACTS if status else ():
            assert client.post(reverse(f"people:{name}", args=[batch.uuid])).status_code == status, name
    for name in PAGES:
        answer = Client().get(reverse(f"people:{name}", args=[batch.uuid]))
        assert answer.status_code == 302 and "/login/" in answer["Location"]
    assert batch.file_name not in client_of(other).get(HERE).content.decode()
    assert batch.file_name in signed.get(HERE).content.decode()


def test_who_coordinates_nothing_brings_nothing(network: Grouping) -> None:
    client = client_of(make_person("passante"))
    assert client.get(BRING).status_code == 403 and sent(client, network).status_code == 403
    page = client.get(HERE).content.decode()
    assert "par les personnes qui le coordonnent" in page and 'href="/compte/imports/"' not in page
    other = make_person("voisine", "coordinator", make_grouping("un-autre-reseau", kind="network"))
    assert "Réseau" in sent(client_of(other), network).content.decode() and not Import.objects.exists()


def test_it_is_told_in_english_too(signed: Client, network: Grouping) -> None:
    batch = planned(signed, network)
    page = signed.get(f"/en/compte/imports/{batch.uuid}/").content.decode()
    assert "What will change" in page and "2 lines refused" in page and "Ce qui" not in page
