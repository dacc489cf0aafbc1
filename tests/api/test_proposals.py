"""Proposing by a program: what is kept, what the answer gives, and everything that is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contributions import proposing
from contributions.following import by_key
from contributions.models import Proposal
from directory.models import Activity, Initiative
from frontend.views import proposing as pages
from tests.api.conftest import World
from tests.factories import make_person
from tests.mail.outbox import last, links, posted

NEW = "/api/v1/initiatives"
FIX = "/api/v1/initiatives/initiative-00/proposals"
CAFE: dict[str, Any] = {
    "name": "Repair café de l’Ouest",
    "summary": "On y répare ensemble ce qui est cassé.",
    "activities": ["alimentation--amap-paniers"],
    "commune": "commune-01001",
    "email": "voisine@example.org",
}
PHONE = {"phone": "05 55 66 77 88", "email": "voisine@example.org"}


def send(client: Client, body: Any, address: str = NEW, **options: Any) -> Any:
    written = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(address, written, **{"content_type": "application/json"} | options)


def refused(response: Any) -> list[str]:
    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert len(response.content) < 10_000
    assert not Proposal.objects.exists() and not posted()
    return sorted({each["parameter"] for each in response.json()["errors"]})


# -- What is kept, and what the answer gives ----------------------------------------------------------


def test_a_new_one_waits_for_the_click_of_its_author(world: World, client: Client) -> None:
    before = Initiative.objects.count()
    answer = send(client, CAFE | {"remarks": "Je le vois de ma fenêtre."})
    assert answer.status_code == 202, answer.content
    made = Proposal.objects.get()
    assert (made.kind, made.state, made.account) == ("new", "confirm", None)
    assert (made.commune, made.said) == (world.territories["west"], "Je le vois de ma fenêtre.")
    activity = Activity.objects.get(slug="alimentation--amap-paniers")
    assert made.fields == {
        "name": CAFE["name"], "summary": CAFE["summary"], "activities": [activity.pk],
        "commune": "commune-01001",
    }  # fmt: skip
    assert Initiative.objects.count() == before
    [link] = [each for each in links(last("voisine@example.org", "contributions.confirm")) if "suivi" in each]
    assert client.get(link).status_code == 200
    client.post(link, {"do": "confirm"})
    made.refresh_from_db()
    assert made.state == "waiting"


def test_the_answer_never_holds_what_proves_the_address(world: World, client: Client) -> None:
    answer = send(client, CAFE)
    made = Proposal.objects.get()
    body = answer.json()
    assert set(body) == {"state", "confirm_before", "follow_up", "alike"}
    assert body["state"] == "confirm"
    assert body["follow_up"] == "http://testserver/proposer/envoyee/"
    key = links(last(letter="contributions.confirm"))[0].rstrip("/").rpartition("/")[2]
    assert by_key(key) == made
    for secret in (key, made.uuid.hex, str(made.uuid), made.reference, made.email):
        assert secret not in answer.content.decode()
        assert all(secret not in value for value in answer.headers.values())
    assert "no-store" in answer.headers["Cache-Control"] and not answer.cookies


def test_the_answer_is_the_same_whoever_the_address_is_of(world: World, client: Client) -> None:
    person = make_person("voisin", "owner", world.initiatives["n0"])
    answers = [send(client, CAFE | {"email": email}).json() for email in ("x@example.org", person.email)]
    for each in answers:
        each.pop("confirm_before")
    assert answers[0] == answers[1]
    assert not Proposal.objects.filter(account__isnull=False).exists()


def test_a_browser_that_is_signed_in_is_not_asked_who_it_is(world: World, client: Client) -> None:
    client.force_login(make_person("voisin", "owner", world.initiatives["n0"]))
    assert send(client, PHONE, FIX).status_code == 202
    made = Proposal.objects.get()
    assert (made.account, made.state) == (None, "confirm")


def test_letters_come_in_the_language_that_is_asked(world: World, client: Client) -> None:
    answer = send(client, CAFE | {"reply_in": "en"}, headers={"Accept-Language": "fr"})
    assert answer.json()["follow_up"] == "http://testserver/en/proposer/envoyee/"
    assert "Confirm your proposal" in last(letter="contributions.confirm").subject
    assert CAFE["name"] not in last(letter="contributions.confirm").text


def test_a_point_alone_gives_the_commune(world: World, client: Client) -> None:
    body = {name: value for name, value in CAFE.items() if name != "commune"}
    assert send(client, body | {"point": [1.5, 45.5]}).status_code == 202
    made = Proposal.objects.get()
    assert (made.commune, made.fields["location"]) == (world.territories["east"], [1.5, 45.5])
    assert made.fields["precision"] == "address"


def test_the_code_of_a_former_commune_leads_to_the_present_one(world: World, client: Client) -> None:
    assert send(client, CAFE | {"commune": "commune-01003"}).status_code == 202
    assert Proposal.objects.get().commune == world.territories["east"]


@pytest.mark.parametrize("place", [{}, {"point": [0.123456, 45.123456]}])
def test_at_somebody_s_home_nothing_nearer_than_the_commune_is_kept(
    world: World, client: Client, place: dict[str, Any]
) -> None:
    assert send(client, CAFE | place | {"at_home": True, "street": "1 rue X"}).status_code == 202
    fields = Proposal.objects.get().fields
    chief = world.territories["west"].chief_place
    assert chief is not None
    assert (fields["precision"], "street" in fields) == ("blurred", False)
    assert fields["location"] == pytest.approx([chief.x, chief.y], abs=1e-6)


def test_what_is_like_it_is_told_and_only_what_is_public(world: World, client: Client) -> None:
    known = world.initiatives["n0"]
    for slug, publication in (("hidden", "hidden"), ("draft", "draft")):
        Initiative.objects.filter(slug=slug).update(name=known.name, location=known.location)
        assert Initiative.objects.get(slug=slug).publication == publication
    body = CAFE | {"name": known.name, "point": [0.02, 45.5005]}
    alike = send(client, body).json()["alike"]
    assert alike[0] == {
        "id": known.slug, "name": known.name, "likely": True, "metres": pytest.approx(55.6, abs=1),
        "url": f"http://testserver/initiatives/{known.slug}/",
    }  # fmt: skip
    assert {"hidden", "draft"}.isdisjoint(each["id"] for each in alike)
    assert send(client, PHONE, FIX).json()["alike"] == []


# -- A correction ---------------------------------------------------------------------------------------


def test_a_correction_keeps_only_what_differs(world: World, client: Client) -> None:
    known = world.initiatives["n0"]
    assert send(client, PHONE | {"name": known.name}, FIX).status_code == 202
    made = Proposal.objects.get()
    assert (made.kind, made.initiative, set(made.fields)) == ("correction", known, {"phone"})
    assert made.before == {"phone": "+33 1 23 45 67 89"}
    known.refresh_from_db()
    assert known.phone == "+33 1 23 45 67 89"


def test_the_address_of_who_writes_is_no_part_of_the_listing(world: World, client: Client) -> None:
    body = PHONE | {"organisation_email": "bonjour@example.org"}
    assert send(client, body, FIX).status_code == 202
    made = Proposal.objects.get()
    assert (made.email, made.fields["email"]) == ("voisine@example.org", "bonjour@example.org")


def test_a_word_to_the_moderators_is_a_correction_and_nothing_is_none(world: World, client: Client) -> None:
    assert refused(send(client, {"email": "a@example.org"}, FIX)) == ["body"]
    same = {"email": "a@example.org", "name": world.initiatives["n0"].name}
    assert refused(send(client, same, FIX)) == ["body"]
    assert send(client, {"email": "a@example.org", "remarks": "Elle a fermé."}, FIX).status_code == 202


def test_a_closed_one_may_be_corrected_a_merged_one_leads_on_and_others_are_not_there(
    world: World, client: Client
) -> None:
    def status(slug: str) -> int:
        found: int = send(client, PHONE, f"/api/v1/initiatives/{slug}/proposals").status_code
        return found

    assert [status(slug) for slug in ("hidden", "archived", "ancien-cache")] == [410] * 3
    assert [status(slug) for slug in ("draft", "nobody", "x" * 5_000)] == [404] * 3
    assert not Proposal.objects.exists()
    moved = send(client, PHONE, "/api/v1/initiatives/ancien-nom/proposals")
    assert (moved.status_code, moved["Location"]) == (308, f"http://testserver{FIX}")
    wrong = send(client, {"email": "a" * 300}, "/api/v1/initiatives/ancien-nom/proposals")
    assert wrong.status_code == 308, "what is wrong is said there"
    assert status("closed") == 202


# -- What is refused --------------------------------------------------------------------------------------

HOSTILE: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": "   "}, ["name"]),
    ({"name": "a\x00b"}, ["name"]),
    ({"name": "a\u202eb"}, ["name"]),
    ({"name": "a\nb"}, ["name"]),
    ({"name": "\ud800"}, ["name"]),
    ({"name": "é" * 201}, ["name"]),
    ({"name": "é" * 30_000}, ["name"]),
    ({"name": 12}, ["name"]),
    ({"name": None}, ["name"]),
    ({"name": ["Repair"]}, ["name"]),
    ({"name": {"fr": "Repair"}}, ["name"]),
    ({"summary": "a\x00b"}, ["summary"]),
    ({"description": "\udfff"}, ["description"]),
    ({"activities": []}, ["activities"]),
    ({"activities": "alimentation"}, ["activities"]),
    ({"activities": {"0": "alimentation"}}, ["activities"]),
    ({"activities": [101]}, ["activities"]),
    ({"activities": ["rien"]}, ["activities"]),
    ({"activities": ["a\x00"]}, ["activities"]),
    ({"activities": ["alimentation", "alimentation"]}, ["activities"]),
    ({"activities": ["alimentation"] * 10_000}, ["activities"]),
    ({"activities": [1] * 10_000}, ["activities"]),
    ({"activities": ["culture", "energie", "habitat", "alimentation", "commerce", "x", "y", "z", "t"]},
     ["activities"]),
    ({"commune": "commune-99999"}, ["commune"]),
    ({"commune": "departement-01"}, ["commune"]),
    ({"commune": "Ouest"}, ["commune"]),
    ({"commune": "a\x00"}, ["commune"]),
    ({"commune": 23008}, ["commune"]),
    ({"commune": ""}, ["commune"]),
    ({"point": [181, 45]}, ["point"]),
    ({"point": [0, 91]}, ["point"]),
    ({"point": [0.5]}, ["point"]),
    ({"point": [0.5, 45.5, 10]}, ["point"]),
    ({"point": ["0.5", "45.5"]}, ["point"]),
    ({"point": [True, False]}, ["point"]),
    ({"point": "0.5,45.5"}, ["point"]),
    ({"point": {"lon": 0.5, "lat": 45.5}}, ["point"]),
    ({"point": [10**400, 45]}, ["point"]),
    ({"point": None}, ["point"]),
    ({"point": [0.5] * 10_000}, ["point"]),
    ({"at_home": "yes"}, ["at_home"]),
    ({"at_home": 1}, ["at_home"]),
    ({"website": "javascript:alert(1)"}, ["website"]),
    ({"website": "exemple.fr"}, ["website"]),
    ({"phone": "<b>0</b>"}, ["phone"]),
    ({"organisation_email": "nobody"}, ["organisation_email"]),
    ({"organisation_email": "contact@exemple.fr\r\nBcc: x@example.org"}, ["organisation_email"]),
    ({"siret": "1" * 14}, ["siret"]),
    ({"rna": "W1"}, ["rna"]),
    ({"legal_form": "royaume"}, ["legal_form"]),
    ({"legal_form": ["scic"]}, ["legal_form"]),
    ({"activity_state": "published"}, ["activity_state"]),
    ({"language": "de"}, ["language"]),
    ({"reply_in": "\ud800"}, ["reply_in"]),
    ({"remarks": "a\x00"}, ["remarks"]),
    ({"remarks": "é" * 4_001}, ["remarks"]),
    ({"email": ""}, ["email"]),
    ({"email": None}, ["email"]),
    ({"email": "voisine"}, ["email"]),
    ({"email": "vo\u0131sine@example.org"}, ["email"]),
    ({"email": "a@example.org,b@example.org"}, ["email"]),
    ({"email": "a@example.org\nBcc: b@example.org"}, ["email"]),
    ({"email": ["a@example.org"]}, ["email"]),
    ({"email": f"{'a' * 300}@example.org"}, ["email"]),
    ({"publication": "published"}, ["publication"]),
    ({"photo": "data:image/png;base64,AA"}, ["photo"]),
    ({"provenance": {}, "verified_at": "2026-01-01"}, ["provenance", "verified_at"]),
    ({"location": [0.5, 45.5]}, ["location"]),
    ({"proven": True}, ["proven"]),
    ({"initiative": "initiative-01"}, ["initiative"]),
    ({"<script>alert(1)</script>": 1}, ["<script>alert(1)</script>"]),
    ({"a\x00" + "b" * 10_000: 1}, ["a\N{REPLACEMENT CHARACTER}" + "b" * 58]),
    ({"name": "", "email": "x", "point": []}, ["email", "name", "point"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "named"), HOSTILE, ids=[f"{n}-{named[0][:12]}" for n, (_said, named) in enumerate(HOSTILE)]
)
def test_what_a_listing_cannot_say_is_refused_by_its_name(
    world: World, client: Client, said: dict[str, Any], named: list[str]
) -> None:
    assert refused(send(client, CAFE | said)) == named
    assert refused(send(client, {"email": "a@example.org"} | said, FIX)) == named


def test_a_point_in_another_commune_than_is_said_is_refused(world: World, client: Client) -> None:
    for body, address in ((CAFE, NEW), (PHONE | {"commune": "commune-01001"}, FIX)):
        answer = send(client, body | {"point": [1.5, 45.5]}, address)
        assert refused(answer) == ["point"]
        [error] = answer.json()["errors"]
        assert error["detail"] == "This point is in Est, not in Ouest: correct one of them."


def test_what_is_needed_is_asked_for_by_its_name(world: World, client: Client) -> None:
    assert refused(send(client, {})) == ["activities", "email", "name"]
    nowhere = {name: value for name, value in CAFE.items() if name != "commune"}
    assert refused(send(client, nowhere)) == ["commune"]
    assert refused(send(client, nowhere | {"at_home": True})) == ["commune"]
    assert refused(send(client, nowhere | {"point": [-40, 10]})) == ["commune"]  # at sea
    assert refused(send(client, {}, FIX)) == ["email"]


def test_a_body_of_faults_is_not_answered_at_length(world: World, client: Client) -> None:
    assert len(refused(send(client, CAFE | {f"x{n}": 1 for n in range(20_000)}))) == 20


def test_markup_is_a_text_like_any_other_and_is_never_run(world: World, client: Client) -> None:
    script = "<script>alert(1)</script>"
    assert send(client, CAFE | {"name": f"Café {script}", "remarks": script}).status_code == 202
    made = Proposal.objects.get()
    assert made.name == f"Café {script}"
    link = links(last(letter="contributions.confirm"))[0]
    page = client.get(link).content.decode()
    assert script not in page and "&lt;script&gt;" in page


def test_spaces_of_french_typography_are_kept(world: World, client: Client) -> None:
    name = "Le Café\N{NARROW NO-BREAK SPACE}: l’Ouest\N{NO-BREAK SPACE}!"
    assert send(client, CAFE | {"name": name}).status_code == 202
    assert Proposal.objects.get().name == name


@pytest.mark.parametrize("address", [NEW, FIX])
@pytest.mark.parametrize(
    "body",
    ["", "x", "[]", "3", "null", '"x"', '{"name": ', "[" * 50_000, '{"a":' * 50_000, b"\xff\xfe",
     '{"point": [NaN, 1]}', '{"point": [Infinity, 1]}', '{"n": ' + "9" * 5_000 + "}",
     "{" + " " * 300_000 + "}"],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_json_object_is_refused(world: World, client: Client, address: str, body: Any) -> None:
    refused(send(client, body, address))


@pytest.mark.parametrize("address", [NEW, FIX])
def test_other_ways_to_send_are_refused(world: World, client: Client, address: str) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""):
        assert send(client, "name=x", address, content_type=kind).status_code == 415, kind
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(address, "{}", content_type="application/json").status_code == 405
    assert refused(send(client, CAFE, f"{address}?lang=fr")) == ["lang"]
    assert refused(send(client, CAFE, f"{address}?format=csv")) == ["format"]
    assert send(client, CAFE, address, headers={"Accept": "text/csv"}).status_code == 406
    assert not Proposal.objects.exists()


def test_proposals_are_sent_and_never_read(world: World, client: Client) -> None:
    for method in ("get", "head"):
        answer = getattr(client, method)(FIX)
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
    tag = client.get(NEW)["ETag"]
    assert client.get(FIX, headers={"If-None-Match": tag}).status_code == 405
    assert not client.get(FIX).headers.get("ETag")


def test_a_page_of_any_site_may_propose_and_is_told_when_to_come_back(world: World, client: Client) -> None:
    asked = {"origin": "https://carte.example.org", "access-control-request-method": "POST",
             "access-control-request-headers": "content-type"}  # fmt: skip
    answer = client.options(NEW, headers=asked)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "content-type" in answer.headers["Access-Control-Allow-Headers"]
    sent = send(client, CAFE, headers={"origin": "https://carte.example.org"})
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in sent.headers
    assert "Retry-After" in sent.headers["Access-Control-Expose-Headers"]


# -- Too many ---------------------------------------------------------------------------------------------


def test_one_connection_sends_so_many_in_an_hour_by_whatever_door(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "MOST_IN_AN_HOUR", 2)
    monkeypatch.setattr(pages, "MOST", 2)
    for n, expected in enumerate((202, 202, 429)):
        answer = send(client, CAFE | {"name": f"Café {n}", "email": f"v{n}@example.org"})
        assert answer.status_code == expected
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "3601"
    assert Proposal.objects.count() == len(posted()) == 2
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert send(client, CAFE | {"name": "Café 3"}, **other).status_code == 202
    assert send(client, PHONE, FIX).status_code == 429
    assert pages.too_often(answer.wsgi_request, "proposal", pages.MOST)


def test_what_is_refused_does_not_count_as_sent_but_is_not_tried_for_ever(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "MOST_IN_AN_HOUR", 1)
    monkeypatch.setattr(proposing, "MOST_LOOKED_AT", 4)
    for _time in range(3):
        refused(send(client, CAFE | {"name": ""}))
    assert send(client, CAFE).status_code == 202
    assert send(client, CAFE | {"name": ""}).status_code == 429


def test_one_address_of_mail_is_not_flooded(world: World, client: Client) -> None:
    for n in range(proposing.MOST_OF_ADDRESS):
        Proposal.objects.create(
            reference=f"R{n}", kind="new", name="x", email="voisine@example.org", state="confirm"
        )
    answer = send(client, CAFE | {"email": "Voisine@Example.org"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "86401")
    assert "come back tomorrow" in answer.json()["detail"] and not posted()


def test_one_listing_is_not_flooded(world: World, client: Client) -> None:
    for n in range(proposing.MOST_OF_INITIATIVE):
        Proposal.objects.create(
            reference=f"R{n}", kind="correction", name="x", initiative=world.initiatives["n0"],
            created_at=timezone.now(),
        )  # fmt: skip
    assert send(client, PHONE, FIX).status_code == 429
