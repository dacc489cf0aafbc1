"""The pages of saved diagnoses: written and shared by officers, read by whom they are shared with."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from diagnosis import counting, frozen, saving
from diagnosis.changes import Change
from diagnosis.lever import Lever
from diagnosis.model import Figure
from diagnosis.models import SavedDiagnosis
from diagnosis.texts import LONGEST, MOST_TESTIMONIES
from directory.models import Initiative, Link
from frontend.diagnosis.changing import difference_of
from frontend.diagnosis.paper import MOST_PAGES
from territories.models import Territory
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db


def signed_in(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.fixture
def officer(places: dict[str, Any], taxonomy: None) -> User:
    counting.count_everything()
    return make_person("agente", "officer", places["epci"])


@pytest.fixture
def saved(places: dict[str, Any], officer: User) -> SavedDiagnosis:
    return saving.save(places["epci"], officer, "Notre diagnostic")


def sent(*testimonies: tuple[str, str, bool], **fields: Any) -> dict[str, Any]:
    """What the form sends, with these testimonies: what was said, by whom, whether they agreed."""
    said = {"temoignages-TOTAL_FORMS": len(testimonies), "temoignages-INITIAL_FORMS": 0}
    for place, (words, by, agreed) in enumerate(testimonies):
        told = {"words": words, "by": by} | ({"agreed": "on"} if agreed else {})
        said |= {f"temoignages-{place}-{name}": value for name, value in told.items()}
    return {"title": "Titre", "signature": ""} | said | fields


def test_an_officer_saves_what_the_page_showed(places: dict[str, Any], officer: User, client: Client) -> None:
    client_of = signed_in(officer)
    step = reverse("people:diagnosis_save", args=[places["epci"].pk])
    other = places["custom"].pk
    assert step in client_of.get("/compte/diagnostics/enregistrer/").content.decode()
    shown = client.get("/territoires/epci-200067544/diagnostic/?sector=energie").content.decode()
    assert f"{step}?sector=energie" in shown
    asked = f"{step}?sector=energie&peers={other},rien"
    page = client_of.get(asked).content.decode()
    assert "Énergie" in page and "Un parc" in page and "CC Creuse Grand Sud : diagnostic de" in page
    made = client_of.post(asked, {"title": "Le nôtre", "signature": "Nous"})
    saved = SavedDiagnosis.objects.get()
    assert made["Location"] == reverse("people:diagnosis_write", args=[saved.uuid])
    assert (saved.sector, saved.peers, saved.visibility) == ("energie", [other], "private")


def test_what_is_written_stays_with_the_levers_of_that_day(
    places: dict[str, Any], saved: SavedDiagnosis, officer: User
) -> None:
    client_of, write = signed_in(officer), reverse("people:diagnosis_write", args=[saved.uuid])
    lever = Lever.objects.create(
        kind="land", name="Un champ", giver="La commune", audience="tous", source="Le maire.",
        checked="2026-11-01", territory=places["commune"],
    )  # fmt: skip
    assert "Un champ" in client_of.get(write).content.decode()
    said = ("On s’entraide.", "une élue", True)
    told = sent(said, ("", "", False), reading="Un\n\n<b>deux</b>", plan="Agir.", levers=[lever.pk])
    assert client_of.post(write, told)["Location"] == f"/compte/diagnostics/{saved.uuid}/"
    lever.delete()
    page = client_of.get(f"/compte/diagnostics/{saved.uuid}/").content.decode()
    escaped = "<p>&lt;b&gt;deux&lt;/b&gt;</p>"
    for words in ("On s’entraide.", "une élue", escaped, "Agir.", "Un champ", "noindex"):
        assert words in page


@pytest.mark.parametrize(
    ("visibility", "by_address", "by_link"),
    [("link", 404, 200), ("public", 200, 200), ("private", 404, 404)],
)
def test_who_reads_it_is_said_by_its_keeper(
    saved: SavedDiagnosis, officer: User, client: Client, visibility: str, by_address: int, by_link: int
) -> None:
    public, link = f"/diagnostics/{saved.uuid}/", f"/diagnostics/lien/{saved.key}/"
    share = f"/compte/diagnostics/{saved.uuid}/partager/"
    assert signed_in(officer).post(share, {"visibility": visibility}).status_code == 302
    assert (client.get(public).status_code, client.get(link).status_code) == (by_address, by_link)
    assert ("Notre diagnostic" in client.get("/diagnostics/").content.decode()) is (visibility == "public")
    assert (public in client.get("/sitemap-pages.xml").content.decode()) is (visibility == "public")


def test_a_link_leaves_no_trace_and_is_changed(saved: SavedDiagnosis, officer: User, client: Client) -> None:
    saving.share(saved, officer, "link")
    link = f"/diagnostics/lien/{saved.key}/"
    answer = client.get(link)
    assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer" and "canonical" not in answer.content.decode()
    assert signed_in(officer).post(f"/compte/diagnostics/{saved.uuid}/partager/lien/").status_code == 302
    assert client.get(link).status_code == 404


def test_it_is_effaced_after_a_question(saved: SavedDiagnosis, officer: User) -> None:
    client_of, efface = signed_in(officer), f"/compte/diagnostics/{saved.uuid}/effacer/"
    assert client_of.get(efface).status_code == 200 and SavedDiagnosis.objects.exists()
    assert client_of.post(efface).status_code == 302 and not SavedDiagnosis.objects.exists()


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        (sent(), True), (sent(title=" "), False), (sent(title="deux\nlignes"), False),
        (sent(reading="é" * LONGEST), True), (sent(reading="é" * (LONGEST + 1)), False),
        (sent(plan="a\0b"), False), (sent(levers=["1"]), False), (sent(levers=["x"]), False),
        (sent(("Dit.", "une élue", False)), False), (sent(("Dit.", "", True)), False),
        (sent(("", "une élue", True)), False), (sent(("", "", True)), True),
        (sent(*[("Dit.", "une élue", True)] * MOST_TESTIMONIES), True),
        (sent(*[("Dit.", "une élue", True)] * (MOST_TESTIMONIES + 1)), False),
        (sent() | {"temoignages-TOTAL_FORMS": "x"}, False), ({"title": "Titre"}, False),
    ],
)  # fmt: skip
def test_a_text_is_kept_whole_or_refused_in_words(
    saved: SavedDiagnosis, officer: User, told: dict[str, Any], taken: bool
) -> None:
    answer = signed_in(officer).post(f"/compte/diagnostics/{saved.uuid}/ecrire/", told)
    assert answer.status_code == (302 if taken else 200)
    saved.refresh_from_db()
    assert (saved.title == "Titre") is taken
    if not taken:
        assert "il reste à corriger" in answer.content.decode()


def test_others_do_not_know_that_it_exists(
    places: dict[str, Any], saved: SavedDiagnosis, client: Client
) -> None:
    begin = f"/compte/diagnostics/{saved.uuid}"
    stranger = signed_in(make_person("voisine", "officer", places["other"]))
    for path in ("/", ".pdf", ".xlsx", "/ecrire/", "/partager/", "/refaire/", "/effacer/"):
        assert stranger.get(begin + path).status_code == 404
        assert client.get(begin + path).status_code == 302
    for path in ("/ecrire/", "/partager/", "/partager/lien/", "/refaire/", "/effacer/"):
        assert stranger.post(begin + path, {"visibility": "public"}).status_code == 404
    assert "Notre diagnostic" not in stranger.get("/compte/diagnostics/").content.decode()
    assert stranger.get("/compte/diagnostics/enregistrer/epci-200067544/").status_code == 403
    for path in ("lien/x/", f"lien/{'x' * 32}/", "lien/%00/", f"{saved.uuid}/", f"{saved.uuid}/changements/"):
        assert client.get(f"/diagnostics/{path}").status_code == 404


def test_done_again_it_shows_old_and_new(saved: SavedDiagnosis, officer: User, client: Client) -> None:
    keeper = signed_in(officer)
    again = f"/compte/diagnostics/{saved.uuid}/refaire/"
    assert "Rien n’a été compté de nouveau" in keeper.get(again).content.decode()
    counting.count_everything()
    page = keeper.get(again).content.decode()
    assert "Initiatives établies ici" in page and "inchangé" in page and SavedDiagnosis.objects.count() == 1
    made = keeper.post(again)
    later = SavedDiagnosis.objects.exclude(pk=saved.pk).get()
    assert made["Location"] == f"/compte/diagnostics/{later.uuid}/ecrire/" and later.previous == saved
    for each in (saved, later):
        assert client.get(f"/diagnostics/{later.uuid}/changements/").status_code == 404
        saving.share(each, officer, "public")
    assert (
        f"/diagnostics/{later.uuid}/changements/"
        in client.get(f"/diagnostics/{later.uuid}/").content.decode()
    )
    assert client.get(f"/diagnostics/{later.uuid}/changements/").status_code == 200


@pytest.mark.parametrize(
    ("code", "unit", "before", "after", "said"),
    [
        ("S4", "percent", 40.0, 43.0, "+3 points"), ("S4", "percent", 41.0, 40.0, "−1 point"),
        ("A2", "metres", 3_920.0, 2_700.0, "−1,2 km"), ("N", "count", 5, 5, "inchangé"),
        ("D1", "per_10000", 5.24, 5.26, "presque inchangé"), ("D1", "per_10000", None, 5.0, ""),
    ],
)  # fmt: skip
def test_a_difference_is_said_in_its_unit(
    code: str, unit: str, before: float | None, after: float | None, said: str
) -> None:
    change = Change(Figure(code, before, unit), Figure(code, after, unit))
    assert difference_of(change).replace("\u00a0", " ") == said


def test_its_figures_are_taken_away_as_they_were(
    saved: SavedDiagnosis, officer: User, client: Client
) -> None:
    """In a spreadsheet and as CSV, to the last digit, whatever was counted since."""
    then = saving.report_of(saved)
    make_initiative(commune=Territory.objects.of_kind("commune").first())
    counting.count_everything()
    saving.share(saved, officer, "link")
    begin = f"/diagnostics/lien/{saved.key}"
    assert f'href="{begin}.xlsx"' in client.get(f"{begin}/").content.decode()
    assert client.get(f"/diagnostics/{saved.uuid}.xlsx").status_code == 404, "it is not public"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{begin}.xlsx").content))
    rows = book["Chiffres"].iter_rows(min_row=2, values_only=True)
    assert [row[3] for row in rows] == [pytest.approx(each.value) if each.value is not None else None
                                        for each in then.figures]  # fmt: skip
    assert "Initiatives" not in book.sheetnames, "they are those of today"
    assert client.get(f"{begin}.csv").content.decode("utf-8-sig").count("\n") == len(then.figures) + 1


def test_who_withdrew_is_named_no_more(
    places: dict[str, Any], saved: SavedDiagnosis, officer: User, client: Client
) -> None:
    """The numbers of that day stay, the names of today's public initiatives only."""
    a, b, c = (make_initiative(f"Initiative {name}", commune=places["commune"]) for name in "ABC")
    for target in (b, c):
        Link.objects.create(origin=a, target=target, kind="partners")
    counting.count_everything()
    kept = saving.save(places["epci"], officer, "Avec des liens")
    assert [each.name for each in saving.report_of(kept).actors] == [a.name, b.name, c.name]
    Initiative.objects.filter(pk=b.pk).update(publication="hidden")
    report = saving.report_of(kept)
    assert [(each.name, each.partners) for each in report.actors] == [(a.name, (1,)), (c.name, (0,))]
    assert report.figures == frozen.thaw(kept.figures).figures
    saving.share(kept, officer, "link")
    assert b.name not in client.get(f"/diagnostics/lien/{kept.key}/").content.decode()


@pytest.mark.slow
def test_on_paper_a_long_text_is_not_cut(saved: SavedDiagnosis, officer: User, client: Client) -> None:
    told = sent(("Le dernier mot.", "une élue", True), reading="Une ligne.\n" * 450)
    assert signed_in(officer).post(f"/compte/diagnostics/{saved.uuid}/ecrire/", told).status_code == 302
    saving.share(saved, officer, "link")
    answer = client.get(f"/diagnostics/lien/{saved.key}.pdf")
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    words = " ".join(page.extract_text() for page in pages)
    assert len(pages) > MOST_PAGES and words.count("Une ligne.") == 450 and "Le dernier mot." in words
