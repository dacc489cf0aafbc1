"""The pages of sessions and profiles: joined by phone, shown to whom the owner chose, closed to others."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from directory.models import Initiative
from frontend.views import own_sessions, profiles, together
from questionnaires import owning, reviewing, sessions
from questionnaires.answering import finish
from questionnaires.models import GroupSession, QuestionnaireVersion, Response
from questionnaires.versions import load
from tests.factories import make_grouping, make_initiative, make_person, make_territory
from tests.mail.outbox import last
from tests.questionnaires.answered import alike, answer, answered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("taxonomy")]
OWN = "/compte/auto-evaluations/"


@pytest.fixture(autouse=True)
def _forget_counts(db: None) -> None:
    caches["visitors"].clear()


@pytest.fixture
def version(db: None) -> QuestionnaireVersion:
    return load()


@pytest.fixture
def session(version: QuestionnaireVersion) -> GroupSession:
    return sessions.open_session(make_person("ouvre"), version, "Assemblée <b>", circles=["Salariés", "Élus"])


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier")


@pytest.fixture
def owner(atelier: Initiative) -> User:
    return make_person("owner", "owner", atelier)


def browser(person: User | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


# -- Sessions -----------------------------------------------------------------------------------------


def test_one_joins_with_a_code_and_answers_without_a_name(session: GroupSession) -> None:
    client = Client()
    typed = client.get("/auto-evaluation/groupe/", {"code": f"{session.code[:3]} {session.code[3:].lower()}"})
    assert typed.headers["Location"] == f"/auto-evaluation/groupe/{session.code}/"
    page = client.get(typed.headers["Location"]).content.decode()
    assert "Assemblée &lt;b&gt;" in page and "Élus" in page
    assert "le seuil de 5 réponses ne protège pas contre elle" in page
    joined = client.post(typed.headers["Location"], {"circle": "1"})
    assert joined.status_code == 303
    assert re.fullmatch(
        r"/compte/auto-evaluation/[\w-]{32}/questions/economique/", joined.headers["Location"]
    )
    made = Response.objects.get()
    assert (made.group, made.circle, made.account, made.finished_at) == (session, 1, None, None)
    assert not client.cookies


@pytest.mark.parametrize("circle", ["2", "-1", "x", "", "0\x00", "9" * 10_000])
def test_a_strange_circle_is_no_circle(session: GroupSession, circle: str) -> None:
    assert Client().post(f"/auto-evaluation/groupe/{session.code}/", {"circle": circle}).status_code == 303
    assert Response.objects.get().circle is None


@pytest.mark.parametrize("code", ["", "ABC", "\x00", "é" * 7, "A" * 10_000])
def test_a_wrong_code_is_told_so(db: None, code: str) -> None:
    answer = Client().get("/auto-evaluation/groupe/", {"code": code})
    assert answer.status_code == 200
    assert ("Aucune séance" in answer.content.decode()) is bool(code.strip("\x00"))
    assert Client().get("/auto-evaluation/groupe/ABCDEFG/").status_code == 404


@pytest.mark.parametrize("road", ["?code=ABCDEFG", "ABCDEFG/", "ABCDEFG/resultats/"])
def test_codes_are_not_tried_without_end(
    session: GroupSession, monkeypatch: pytest.MonkeyPatch, road: str
) -> None:
    monkeypatch.setattr(together, "MISSED", 3)
    client, home = Client(), "/auto-evaluation/groupe/"
    good = [f"{home}?code={session.code}", f"{home}{session.code}/", f"{home}{session.code}/resultats/"]
    for _n in range(3):
        assert client.get(home + road).status_code in (200, 404)
    assert [client.get(each).status_code for each in good] == [302, 200, 200]
    assert client.get(home + road).status_code == 429
    refused = [client.get(each) for each in good]  # nobody learns that it is one
    assert [each.status_code for each in refused] == [429] * 3
    assert refused[0].headers["Retry-After"] == "3600"
    assert client.post(good[1]).status_code == 429 and not Response.objects.exists()
    assert Client(REMOTE_ADDR="192.0.2.7").get(good[1]).status_code == 200


def test_nobody_joins_a_session_that_is_over(session: GroupSession) -> None:
    assert session.opened_by
    sessions.end(session, session.opened_by)
    answer = Client().post(f"/auto-evaluation/groupe/{session.code}/")
    assert "terminée" in answer.content.decode()
    assert not Response.objects.exists()


def test_a_full_session_says_so(session: GroupSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 1)
    client = Client()
    assert client.post(f"/auto-evaluation/groupe/{session.code}/").status_code == 303
    assert client.post(f"/auto-evaluation/groupe/{session.code}/").status_code == 409


def test_the_group_sees_its_figures_from_the_fifth_answer_on(session: GroupSession) -> None:
    client, address = Client(), f"/auto-evaluation/groupe/{session.code}/resultats/"
    for _n in range(4):
        answered(session.version, 4, group=session)
    before = client.get(address)
    assert "Encore une réponse" in before.content.decode()
    assert "Inspirant" not in before.content.decode()
    seen = before.context["seen"]
    htmx = {"HX-Request": "true"}
    assert client.get(f"{address}?vu={seen}", headers=htmx).status_code == 204
    answered(session.version, 4, group=session)
    part = client.get(f"{address}?vu={seen}", headers=htmx).content.decode()
    assert "5 réponses terminées" in part and "Inspirant (5)" in part
    for again in (part, client.get(address).content.decode()):  # named alike: unfolded.js opens it
        assert '<details class="panel session-questions" id="questions-1">' in again
    assert "<html" not in part and f"?vu={seen}" not in part


def test_figures_that_wait_for_the_end_are_shown_to_nobody_before(version: QuestionnaireVersion) -> None:
    by = make_person("ouvre")
    session = sessions.open_session(by, version, "À la fin", live=False)
    for _n in range(5):
        answered(version, 4, group=session)
    pages = (f"/auto-evaluation/groupe/{session.code}/resultats/", f"{OWN}seances/{session.uuid}/")
    for address in pages:
        assert "Inspirant" not in browser(by).get(address).content.decode()
    assert browser(by).get(f"{OWN}seances/{session.uuid}/chiffres.csv").status_code == 302
    browser(by).post(f"{OWN}seances/{session.uuid}/terminer/")
    for address in pages:
        assert "Inspirant (5)" in browser(by).get(address).content.decode()


def test_a_session_is_opened_shown_and_taken_away_as_a_file(version: QuestionnaireVersion) -> None:
    network = make_grouping("reseau", kind="network")
    client = browser(make_person("anime", "coordinator", network))
    told = {
        "title": " Assemblée\tgénérale ",
        "version": version.pk,
        "grouping": network.pk,
        "days": "7",
        "live": "1",
    }
    opened = client.post(f"{OWN}seances/ouvrir/", told | {"circles": "Salariés\n\n Élus \nSalariés"})
    session = GroupSession.objects.get()
    assert opened.headers["Location"] == f"{OWN}seances/{session.uuid}/"
    assert (session.title, session.circles, session.grouping) == (
        "Assemblée générale",
        ["Salariés", "Élus"],
        network,
    )
    page = client.get(opened.headers["Location"]).content.decode()
    assert (
        session.code in page
        and f"Code QR : http://127.0.0.1:8000/auto-evaluation/groupe/{session.code}/" in page
    )
    for _n in range(5):
        answered(version, 3, group=session, circle=0)
    file = client.get(f"{OWN}seances/{session.uuid}/chiffres.csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert ["Tout le groupe", "", "", "réponses terminées", "5"] in rows
    assert ["Salariés", "Économique", "", "moyenne sur 100", "75"] in rows
    assert {len(row) for row in rows} == {5}
    GroupSession.objects.update(circles=['=HYPERLINK("https://example.org")', "Élus"])
    file = client.get(f"{OWN}seances/{session.uuid}/chiffres.csv").content.decode("utf-8-sig")
    names = {row[0] for row in csv.reader(io.StringIO(file), delimiter=";")}
    assert any("HYPERLINK" in name for name in names) and not any(name.startswith("=") for name in names)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"title": "x" * 201}, {"title": "a\x00"}, {"days": "8"}, {"version": "0"},
        {"note": "x" * 1001}, {"circles": "\n".join("abcdefghi")}, {"live": "perhaps"}, {"grouping": "1"},
    ],
)  # fmt: skip
def test_a_session_that_cannot_be_is_refused_by_its_field(
    version: QuestionnaireVersion, wrong: dict[str, str]
) -> None:
    network = make_grouping("reseau", kind="network")
    client = browser(make_person("anime", "coordinator", network))
    told = {"title": "T", "version": version.pk, "days": "1", "live": "1"} | wrong
    answer = client.post(f"{OWN}seances/ouvrir/", told)
    assert answer.status_code == 200
    assert list(wrong) == list(answer.context["form"].errors)
    assert not GroupSession.objects.exists()


def test_the_session_of_another_is_nobody_elses(session: GroupSession) -> None:
    client = browser(make_person("tiers"))
    for end in ("", "chiffres.csv", "terminer/", "effacer/"):
        assert client.get(f"{OWN}seances/{session.uuid}/{end}").status_code == 403
    assert client.post(f"{OWN}seances/{session.uuid}/effacer/").status_code == 403
    assert GroupSession.objects.exists()


# -- Profiles -----------------------------------------------------------------------------------------


def test_an_owner_answers_shares_and_the_radar_is_on_the_page(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    client = browser(owner)
    begun = client.post(f"{OWN}commencer/{atelier.slug}/")
    assert begun.headers["Location"].endswith("/questions/economique/")
    key = begun.headers["Location"].split("/")[3]
    made = Response.objects.get()
    assert (made.initiative, made.account, made.sharing) == (atelier, owner, "private")
    answer(made, alike(version, 3))
    finish(made)
    page, profile = f"/initiatives/{atelier.slug}/", f"/initiatives/{atelier.slug}/auto-evaluation/"
    assert 'class="radar"' not in Client().get(page).content.decode()
    assert Client().get(profile).status_code == 404
    link = f"/compte/auto-evaluation/{key}/"
    assert Client().get(link).status_code == 200
    shared = client.post(f"{OWN}{made.uuid}/partage/", {"sharing": "public", "year": made.year})
    assert shared.headers["Location"] == f"{OWN}{made.uuid}/"
    for end in ("", "questions/economique/", "effacer/"):  # shared: the link of return is dead
        assert Client().get(link + end).status_code == 404
    shown = Client().get(page).content.decode()
    assert 'class="radar"' in shown and "auto-déclaré" in shown
    whole = Client().get(profile).content.decode()
    assert "L’équipe a répondu elle-même" in whole
    assert re.search(r">75</strong></td>\s*<td[^>]*>Inspirant", whole)
    client.post(f"{OWN}{made.uuid}/partage/", {"sharing": "private", "year": made.year})
    assert 'class="radar"' not in Client().get(page).content.decode()
    assert Client().get(profile).status_code == 404


def test_an_owner_without_the_link_takes_the_answers_up_again(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    client = browser(owner)
    client.post(f"{OWN}commencer/{atelier.slug}/")
    made = Response.objects.get()
    page = f"{OWN}{made.uuid}/"
    assert "Reprendre les réponses" in client.get(page).content.decode()
    again = client.post(f"{page}reprendre/")
    assert re.fullmatch(r"/compte/auto-evaluation/[\w-]{32}/", again.headers["Location"])
    assert Client().get(again.headers["Location"]).status_code == 200
    assert browser(make_person("tiers")).post(f"{page}reprendre/").status_code == 403
    assert client.get(f"{page}reprendre/").status_code == 405
    finish(answer(Response.objects.get(), alike(version, 3)))
    assert "Changer les réponses" in client.get(page).content.decode()
    client.post(f"{page}partage/", {"sharing": "networks", "year": made.year})
    assert "Changer les réponses" not in client.get(page).content.decode()
    refused = client.post(f"{page}reprendre/", follow=True)
    assert "figé" in refused.content.decode()


def test_a_profile_that_is_shared_is_still_printed_by_its_owner_alone(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    made = owning.share(answered(version, 3, atelier), owner, "public")
    address = f"{OWN}{made.uuid}/profil.pdf"
    assert address in browser(owner).get(f"{OWN}{made.uuid}/").content.decode()
    paper = browser(owner).get(address)
    assert (paper.headers["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert browser(make_person("tiers")).get(address).status_code == 403
    assert browser(None).get(address).status_code == 302


def test_sessions_and_profiles_are_not_begun_without_end(
    version: QuestionnaireVersion, atelier: Initiative, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_sessions, "OPENED", 1)
    monkeypatch.setattr(profiles, "BEGUN", 1)
    client = browser(owner)
    told = {"title": "T", "version": version.pk, "days": "1", "live": "1"}
    opened = [client.post(f"{OWN}seances/ouvrir/", told).status_code for _n in range(2)]
    assert (opened, GroupSession.objects.count()) == ([302, 429], 1)
    begun = [client.post(f"{OWN}commencer/{atelier.slug}/").headers["Location"] for _n in range(2)]
    assert (begun[1], Response.objects.count()) == (OWN, 1)


@pytest.mark.parametrize("wrong", [{"sharing": "all"}, {"year": "1999"}, {"year": "3000"}, {"year": "x"}])
def test_a_share_that_cannot_be_is_refused(
    version: QuestionnaireVersion, atelier: Initiative, owner: User, wrong: dict[str, str]
) -> None:
    made = answered(version, 3, atelier)
    told: dict[str, Any] = {"sharing": "public", "year": made.year} | wrong
    refused = browser(owner).post(f"{OWN}{made.uuid}/partage/", told)
    assert refused.status_code == 200 and refused.context["form"].errors
    made.refresh_from_db()
    assert made.sharing == "private"


def test_a_private_profile_is_closed_to_all_others(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    network = make_grouping("reseau", kind="network", members=(atelier,))
    made = answered(version, 3, atelier)
    coordinator = make_person("anime", "coordinator", network)
    addresses = [
        f"{OWN}{made.uuid}/{end}" for end in ("", "partage/", "relectures/", "entretien/", "effacer/")
    ]
    for person in (coordinator, make_person("tiers"), User.objects.create_superuser("admin@example.org")):
        assert [browser(person).get(each).status_code for each in addresses] == [403] * 5
        assert browser(person).post(addresses[-1]).status_code == 403
    assert browser(None).get(addresses[0]).status_code == 302
    owning.share(made, owner, "networks")
    assert browser(coordinator).get(addresses[0]).status_code == 200
    listed = browser(coordinator).get(f"{OWN}reseaux/{network.uuid}/").content.decode()
    assert "L’Atelier" in listed
    assert browser(owner).get(f"{OWN}reseaux/{network.uuid}/").status_code == 403
    assert "Les réponses :" not in browser(coordinator).get(addresses[0]).content.decode()
    assert browser(coordinator).post(addresses[3], {"reader": f"grouping-{network.pk}"}).status_code == 302
    made.refresh_from_db()
    assert made.credibility == "interview"


def test_an_officer_of_the_territory_notes_an_interview_of_what_is_public(
    version: QuestionnaireVersion,
) -> None:
    creuse, other = (make_territory("departement", code, code) for code in ("23", "87"))
    made = answered(version, 3, make_initiative("L’Atelier", departement=creuse), sharing="networks")
    officer, away = make_person("agent", "officer", creuse), make_person("ailleurs", "officer", other)
    page, address = f"{OWN}{made.uuid}/", f"{OWN}{made.uuid}/entretien/"
    told = {"reader": f"territory-{creuse.pk}"}
    assert browser(officer).get(page).status_code == 403
    assert browser(officer).post(address, told).status_code == 403
    Response.objects.update(sharing="public")
    assert [browser(away).get(each).status_code for each in (page, address)] == [403, 403]
    assert address in browser(officer).get(page).content.decode()
    assert made.initiative is not None
    public = f"/initiatives/{made.initiative.slug}/auto-evaluation/"
    assert address in Client().get(public).content.decode()
    noted = browser(officer).post(address, told, follow=True)
    assert noted.redirect_chain == [(page, 302)]
    assert "Établi en entretien avec 23" in noted.content.decode()


def test_answers_of_nobody_are_tied_by_their_link(
    version: QuestionnaireVersion, session: GroupSession, atelier: Initiative, owner: User
) -> None:
    key = sessions.join(session, None, "fr")
    made = Response.objects.get()
    answer(made, alike(version, 2))
    finish(made)
    address = f"{OWN}rattacher/{key}/"
    page = browser(None).get(f"/compte/auto-evaluation/{key}/").content.decode()
    assert address in page and f"/auto-evaluation/groupe/{session.code}/resultats/" in page
    other = make_initiative("La Grange")
    assert browser(owner).post(address, {"initiative": other.slug}).status_code == 200
    assert browser(owner).post(address, {"initiative": atelier.slug}).status_code == 302
    made.refresh_from_db()
    assert made.initiative == atelier
    assert browser(owner).get(f"{OWN}rattacher/{'x' * 32}/").status_code == 404


def test_a_peer_is_invited_reads_and_says_so(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    made = answered(version, 3, atelier, sharing="public")
    sent = browser(owner).post(f"{OWN}{made.uuid}/relectures/", {"kind": "peer", "email": "pair@example.org"})
    assert sent.status_code == 302
    address = re.search(r"http://127.0.0.1:8000(/compte/relecture/\S+)", last("pair@example.org").text)
    assert address
    link = address[1]
    for _n in range(2):  # whoever opens it, and the robot that did before
        assert "Les réponses" in Client().get(link).content.decode()
    assert made.reviews.get().answered_at is None
    assert Client().get(f"{link}repondre/").status_code == 302
    assert "responsable d’une autre initiative" in browser(owner).get(f"{link}repondre/").content.decode()
    peer = make_person("pair", "owner", grange := make_initiative("La Grange"))
    told = {"reader": f"initiative-{grange.pk}", "agreed": "yes", "note": "<script>x</script>"}
    assert (
        browser(peer).post(f"{link}repondre/", told | {"reader": f"initiative-{atelier.pk}"}).status_code
        == 200
    )
    assert browser(peer).post(f"{link}repondre/", told).status_code == 302
    assert (
        "Relu par La Grange" in Client().get(f"/initiatives/{atelier.slug}/auto-evaluation/").content.decode()
    )
    noted = browser(owner).get(f"{OWN}{made.uuid}/").content.decode()
    assert "&lt;script&gt;" in noted and "<script>x" not in noted
    assert "déjà répondu" in Client().get(link).content.decode()
    assert Client().get(link.replace(":", "!", 1)).status_code == 404
    review = made.reviews.get()
    assert browser(make_person("tiers")).post(f"/compte/relectures/{review.pk}/retirer/").status_code == 403
    assert browser(peer).post(f"/compte/relectures/{review.pk}/retirer/").status_code == 302
    assert reviewing.standing(made) == []


def test_no_review_is_asked_of_an_address_that_looks_like_another(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    made = answered(version, 3, atelier, sharing="public")
    asked = {"kind": "peer", "email": "pa\u0131r@example.org"}  # a dotless i
    answer = browser(owner).post(f"{OWN}{made.uuid}/relectures/", asked)
    assert answer.status_code == 200 and "lettres simples" in answer.content.decode()
    assert not made.reviews.exists()


def test_a_territory_says_nothing_of_four_profiles(version: QuestionnaireVersion) -> None:
    creuse = make_territory("departement", "23", "Creuse", box=(1.4, 45.7, 2.6, 46.4))
    for _n in range(4):
        answered(version, 3, make_initiative(departement=creuse), sharing="public")
    address = "/territoires/departement-23/auto-evaluation/"
    assert "Moins de 5 profils" in Client().get(address).content.decode()
    assert address not in Client().get("/territoires/departement-23/").content.decode()
    answered(version, 3, make_initiative(departement=creuse), sharing="public")
    assert "5 profils publics" in Client().get(address).content.decode()
    assert address in Client().get("/territoires/departement-23/").content.decode()
    assert Client().get("/territoires/rien-1/auto-evaluation/").status_code == 404


def test_answers_of_a_session_stay_as_they_were_at_its_end(session: GroupSession) -> None:
    key = sessions.join(session, None, "fr")
    made = answer(Response.objects.get(), alike(session.version, 4))
    finish(made)
    assert session.opened_by
    sessions.end(session, session.opened_by)
    told = {name: "0" for name in alike(session.version, 0) if name.startswith("E")} | {"go": "next"}
    refused = Client().post(f"/compte/auto-evaluation/{key}/questions/economique/", told)
    assert "ne se changent plus" in refused.content.decode()
    made.refresh_from_db()
    assert made.answers["E1"] == 4
