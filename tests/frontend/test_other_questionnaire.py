"""One engine: a questionnaire of other dimensions and words works wherever the self-assessment does."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from pypdf import PdfReader

from directory.models import Initiative
from questionnaires.answering import begin, finish
from questionnaires.models import QuestionnaireVersion
from questionnaires.versions import load
from tests.factories import make_grouping, make_initiative, make_person, make_territory
from tests.mail.outbox import last
from tests.questionnaires.answered import answered
from tests.questionnaires.shapes import COMPASS, make_compass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("taxonomy")]
HOME = "/auto-evaluation/questionnaires/boussole/"
OWN = "/compte/auto-evaluations/"
LABELS = [french for french, _english in COMPASS.values()]
# Words that are of the self-assessment alone.
OTHERS = re.compile("Économique|Environnementale|Inspirant|quatre|Quatre|Vingt|largement|non concerné")


@pytest.fixture(autouse=True)
def _forget_counts(db: None) -> None:
    caches["visitors"].clear()


@pytest.fixture
def compass(db: None) -> QuestionnaireVersion:
    load()
    return make_compass()


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier")


@pytest.fixture
def owner(atelier: Initiative) -> Client:
    client = Client()
    client.force_login(make_person("owner", "owner", atelier))
    return client


def said_by(response: Any) -> str:
    assert response.status_code == 200
    main = response.content.decode().partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def own_words(said: str) -> str:
    """What a page of this questionnaire says, in its own words only."""
    assert not OTHERS.search(said), OTHERS.search(said)
    return said


def test_it_is_answered_shown_and_printed_in_its_own_words(compass: QuestionnaireVersion) -> None:
    client = Client()
    assert HOME in client.get("/auto-evaluation/").content.decode()
    about = own_words(said_by(client.get(HOME)))
    assert "Boussole" in about and "de 50 à 100 : Fréquent" in about and "6 questions, sans compte" in about
    assert client.get("/auto-evaluation/questionnaires/rien/").status_code == 404
    assert own_words(said_by(client.get(f"{HOME}commencer/"))).count("hors sujet") == 2
    here = f"{HOME}commencer/"
    for letter in "GSB":
        here = client.post(here, {f"{letter}1": "4", f"{letter}2": "1", "go": "next"}).headers["Location"]
    page = own_words(said_by(client.get(here)))
    for label in LABELS:
        assert f"{label} 50 Fréquent 100 % (2 sur 2)" in page
    assert "Essayez 2" in page
    paper = PdfReader(io.BytesIO(client.get(f"{here}profil.pdf").content))
    printed = own_words(" ".join(" ".join(each.extract_text().split()) for each in paper.pages))
    assert "Boussole" in printed and "Sobriété 50 Fréquent 100 % (2 sur 2)" in printed
    english = said_by(client.get(f"/en{here}"))
    assert "Shared governance 50 Frequent" in english and "Try 2" in english


def test_a_group_answers_it_and_takes_its_figures_away(compass: QuestionnaireVersion, owner: Client) -> None:
    told = {"title": "Bilan", "version": compass.pk, "days": "1", "live": "1", "circles": "Élus"}
    opened = owner.post(f"{OWN}seances/ouvrir/", told)
    session = compass.sessions.get()
    joined = Client().post(f"/auto-evaluation/groupe/{session.code}/")
    assert joined.headers["Location"].endswith("/questions/gouvernance-partagee/")
    for _n in range(5):
        answered(compass, 2, group=session, circle=0)
    figures = own_words(said_by(Client().get(f"/auto-evaluation/groupe/{session.code}/resultats/")))
    assert "Gouvernance partagée 50 Fréquent Fréquent (5)" in figures
    own_words(said_by(owner.get(opened.headers["Location"])))
    file = owner.get(f"{opened.headers['Location']}chiffres.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    assert ["Tout le groupe", "Sobriété", "", "moyenne sur 100", "50"] in rows
    assert not OTHERS.search(file)


def test_an_owner_ties_it_shares_it_and_has_it_read(
    compass: QuestionnaireVersion, atelier: Initiative, owner: Client
) -> None:
    made, key = begin(compass, {f"{letter}{n}": 3 for letter in "GSB" for n in (1, 2)})
    finish(made)
    assert owner.post(f"{OWN}rattacher/{key}/", {"initiative": atelier.slug}).status_code == 302
    owner.post(f"{OWN}{made.uuid}/partage/", {"sharing": "public", "year": made.year})
    assert "Gouvernance partagée 75 Fréquent" in own_words(said_by(owner.get(f"{OWN}{made.uuid}/")))
    public = own_words(said_by(Client().get(f"/initiatives/{atelier.slug}/auto-evaluation/")))
    assert "Boussole" in public and "Sobriété 75 Fréquent" in public
    owner.post(f"{OWN}{made.uuid}/relectures/", {"kind": "peer", "email": "pair@example.org"})
    letter = own_words(last("pair@example.org").text)
    assert "Boussole" in letter


def test_beside_the_self_assessment_neither_hides_the_other(
    compass: QuestionnaireVersion, atelier: Initiative, owner: Client
) -> None:
    profile = load()
    answered(profile, 4, atelier, sharing="public")
    answered(compass, 1, atelier, sharing="public")
    for address in (f"/initiatives/{atelier.slug}/", f"/initiatives/{atelier.slug}/auto-evaluation/"):
        shown = Client().get(address)
        assert shown.content.decode().count('class="radar"') == 2
        names = re.findall(r'id="([^"]+)"', shown.content.decode())
        assert len(names) == len(set(names)), "ids are of one element each"
        said = said_by(shown)
        assert "Inspirant" in said and "Rare" in said and "Boussole" in said
    assert "D’une année à l’autre" not in said_by(
        Client().get(f"/initiatives/{atelier.slug}/auto-evaluation/")
    )
    network = make_grouping("reseau", kind="network", members=(atelier,))
    client = Client()
    client.force_login(make_person("anime", "coordinator", network))
    listed = said_by(client.get(f"{OWN}reseaux/{network.uuid}/"))
    assert "100 · Inspirant" in listed and "25 · Rare" in listed


def test_a_territory_counts_each_apart(compass: QuestionnaireVersion) -> None:
    creuse = make_territory("departement", "23", "Creuse", box=(1.4, 45.7, 2.6, 46.4))
    for n in range(5):
        here = make_initiative(departement=creuse)
        answered(load(), 4, here, sharing="public")
        if n:
            answered(compass, 1, here, sharing="public")
    address = "/territoires/departement-23/auto-evaluation/"
    assert "Sobriété" not in said_by(Client().get(address))  # four
    answered(compass, 1, make_initiative(departement=creuse), sharing="public")
    said = said_by(Client().get(address))
    assert "Économique 100 Inspirant Inspirant (5)" in said and "Sobriété 25 Rare Rare (5)" in said
