"""The pages of the charter: what they say to whom, what they refuse, and what they never show."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.cache import caches
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from charter import mandates, signing, versions
from charter.keys import key_of
from charter.models import CharterVersion, Signature
from charter.signatories import SignatoriesForm, around, counts, in_territories
from charter.signatories import every as signatories
from directory import publishing
from directory.models import Initiative
from frontend import guarded
from tests.charter.conftest import Sign
from tests.factories import make_commune, make_grouping, make_initiative, make_person, make_territory
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    caches["visitors"].clear()
    monkeypatch.setattr(guarded, "QUICKEST", -1)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def filled(client: Client, address: str, **told: Any) -> Any:
    form = client.get(address).context["form"]
    given = {"name": "Anne", "email": "anne@example.org", "agreed": "on", "stamp": form["stamp"].value(),
             "version": str(versions.published().count())}  # fmt: skip
    return client.post(address, given | told)


def test_the_text_and_its_definition_are_there_in_both_languages(
    client: Client, version: CharterVersion
) -> None:
    page = text(client, "/charte/")
    assert "valorisant le lien social, la coopération, la transparence et l’équité" in page
    assert "Renouer des liens" in page and "Renew ties" in text(client, "/en/charte/")
    assert client.get("/charte/versions/1/").status_code == 200
    for missing in ("2", "0", "99999999999999999999"):
        assert client.get(f"/charte/versions/{missing}/").status_code == 404


def test_without_a_version_there_is_nothing_to_sign(client: Client) -> None:
    assert "Aucun texte" in text(client, "/charte/")
    assert "Aucun texte" in text(client, "/charte/signer/")
    assert client.get("/charte/signer/moi/").headers["Location"] == "/charte/"


def test_a_person_signs_by_the_form_and_the_link_of_her_letter(
    client: Client, version: CharterVersion
) -> None:
    make_commune("23079", "Felletin")
    answer = filled(client, "/charte/signer/moi/", capacity="citizen", commune="felletin", listed="on")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/charte/signer/merci/")
    assert not answer.cookies
    [own, _text] = links(last("anne@example.org"))
    own = own.partition("testserver")[2] or "/" + own.split("/", 3)[3]
    for method in (client.get, client.head):  # a scanner that opens it changes nothing
        assert method(own).status_code == 200
    assert Signature.objects.get().state == "asked"
    done = client.post(own, {"do": "confirm"})
    assert "Vous avez signé la charte" in text(client, done.headers["Location"])
    page = text(client, "/charte/signataires/")
    assert "Anne" in page and "habitante ou habitant, Felletin" in page
    assert "anne@example.org" not in page


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"agreed": ""}, "Cochez cette case"),
        ({"name": ""}, "Donnez votre nom"),
        ({"name": "é" * 301}, "300"),
        ({"name": "a\0b"}, "nul"),
        ({"name": "Anne\r\nBcc: x@example.org"}, "seule ligne"),
        ({"email": "anne"}, "courriel"),
        ({"capacity": "king"}, "Choisissez dans la liste"),
        ({"commune": "Nulle-Part"}, "Aucune commune"),
        ({"homepage": "http://spam.example"}, "vide"),
        ({"stamp": "forged"}, "ouvert depuis longtemps"),
    ],
)
def test_a_bad_answer_is_refused_by_name_and_nothing_is_written(
    client: Client, version: CharterVersion, told: dict[str, str], fault: str
) -> None:
    answer = filled(client, "/charte/signer/moi/", **{"capacity": "citizen"} | told)
    assert answer.status_code == 200
    assert fault in answer.content.decode()
    assert "J’accepte que mon nom" in answer.content.decode()  # what is agreed to is said again
    assert not Signature.objects.exists()
    assert posted() == []


def test_the_longest_name_is_taken(client: Client, version: CharterVersion) -> None:
    assert filled(client, "/charte/signer/moi/", capacity="citizen", name="é" * 300).status_code == 303


def test_two_communes_of_a_name_are_told_apart_by_their_departement(
    client: Client, version: CharterVersion
) -> None:
    for code in ("23", "87"):
        place = make_territory("departement", code, f"Département {code}")
        make_commune(f"{code}001", "Saint-Loup", departement=place, population=500)
    told = {"capacity": "citizen", "commune": "Saint-Loup"}
    assert "numéro du département" in filled(client, "/charte/signer/moi/", **told).content.decode()
    assert filled(client, "/charte/signer/moi/", **told | {"commune": "Saint-Loup (87)"}).status_code == 303
    assert Signature.objects.get().commune_id == "commune-87001"


def test_mass_signing_is_slowed(
    client: Client, version: CharterVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.views.charter_signing.MOST", 2)
    codes = [
        filled(client, "/charte/signer/moi/", capacity="citizen", email=f"a{n}@example.org").status_code
        for n in range(3)
    ]
    assert codes == [303, 303, 429]
    assert Signature.objects.count() == 2


def test_the_answer_is_the_same_for_who_signed_already(client: Client, sign: Sign) -> None:
    sign("Anne")
    again = filled(client, "/charte/signer/moi/", capacity="citizen")
    other = filled(client, "/charte/signer/moi/", capacity="citizen", email="autre@example.org")
    assert (again.status_code, again.headers["Location"]) == (other.status_code, other.headers["Location"])


def test_a_form_is_of_one_structure_and_structures_are_those_that_the_site_shows(
    client: Client, version: CharterVersion, felletin: Any, taxonomy: None
) -> None:
    place = f"/charte/signer/collectivite/{felletin.pk}/"
    hidden = make_initiative("Cachée", publication="hidden")
    make_territory("country", "FR", "France")
    stamp = client.get("/charte/signer/moi/").context["form"]["stamp"].value()
    told = {"role": "maire", "statement": "Délibération"}
    assert "longtemps" in filled(client, place, **told, stamp=stamp).content.decode()
    assert filled(client, place, **told).status_code == 303
    for none in ("initiative/" + hidden.slug, "collectivite/country-FR", "collectivite/commune-99999",
                 "reseau/x", "roi/x", "initiative/%00"):  # fmt: skip
        assert client.get(f"/charte/signer/{none}/").status_code == 404, none
    assert client.get("/charte/signer/roi/").status_code == 404
    assert "Felletin" in text(client, "/charte/signer/collectivite/?q=fellet")


def test_scripts_are_text_everywhere(client: Client, sign: Sign, felletin: Any, taxonomy: None) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    row = sign(SCRIPT, felletin, email="x@example.org", role=SCRIPT, statement=SCRIPT)
    person = sign(SCRIPT, email="y@example.org", capacity="other")
    client.force_login(admin)
    versions.write(
        admin,
        {
            "edition": SCRIPT,
            "titles": {"fr": SCRIPT},
            "texts": {"fr": f"# {SCRIPT}\n- {SCRIPT}"},
            "notes": {},
        },
    )
    draft = versions.drafts().get()
    pages = [f"/compte/charte/mandats/{row.pk}/", "/compte/charte/mandats/", "/charte/signataires/",
             f"/compte/charte/signature/{key_of(person)}/", f"/compte/charte/versions/{draft.pk}/publier/",
             "/compte/charte/versions/", "/charte/"]  # fmt: skip
    for page in pages:
        said = text(client, page)
        assert SCRIPT not in said and "&lt;script&gt;" in said, page


# -- Who sees what --------------------------------------------------------------------------------------


@pytest.fixture
def signed(sign: Sign, felletin: Any, taxonomy: None) -> Initiative:
    admin = User.objects.create_superuser("admin@example.org")
    fournil = make_initiative("Le Fournil", commune=felletin)
    mandates.grant(sign("Paul Martin", fournil, email="paul@example.org", statement="Secret"), admin)
    return fournil


def test_a_structure_is_named_and_never_who_signed_for_it(client: Client, signed: Initiative) -> None:
    pages = ["/charte/", "/charte/signataires/", f"/initiatives/{signed.slug}/",
             f"/charte/badge/initiative/{signed.slug}/", "/territoires/commune-23079/"]  # fmt: skip
    for page in pages:
        said = text(client, page)
        assert "Le Fournil" in said
        for secret in ("Paul Martin", "paul@example.org", "Secret", "maire"):
            assert secret not in said, (page, secret)
    assert "Signataire de la charte" in text(client, f"/initiatives/{signed.slug}/")
    assert "1 signataire ici" in text(client, "/territoires/commune-23079/")


def test_consent_taken_back_shows_nowhere(client: Client, signed: Initiative) -> None:
    row = Signature.objects.get()
    signing.change(key_of(row), {"listed": False})
    assert "Signataire de la charte" not in text(client, f"/initiatives/{signed.slug}/")
    said = text(client, "/charte/signataires/")
    assert "Le Fournil" not in said and "1 autre a choisi de ne pas être nommé" in said
    assert client.get(f"/charte/badge/initiative/{signed.slug}/").status_code == 404
    badge = client.get(f"/charte/badge/initiative/{signed.slug}.svg")
    assert badge.status_code == 200 and "Signataire" not in badge.content.decode()
    file = client.get("/charte/signataires.csv").getvalue().decode()
    assert "Fournil" not in file


def test_the_badge_is_an_image_that_other_sites_may_show(client: Client, signed: Initiative) -> None:
    badge = client.get(f"/charte/badge/initiative/{signed.slug}.svg")
    assert "Signataire de la charte" in badge.content.decode()
    assert badge.headers["Content-Type"].startswith("image/svg+xml")
    assert badge.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "no-cache" in badge.headers["Cache-Control"]
    known = {"If-None-Match": badge.headers["ETag"]}
    assert client.get(f"/charte/badge/initiative/{signed.slug}.svg", headers=known).status_code == 304
    code = client.get(f"/charte/badge/initiative/{signed.slug}/").context["code"]
    assert f'href="http://testserver/initiatives/{signed.slug}/"' in code
    assert "style=" not in code and "<script" not in code


def test_the_file_holds_structures_and_no_person(client: Client, signed: Initiative, sign: Sign) -> None:
    sign("Anne", capacity="citizen")
    body = client.get("/charte/signataires.csv").getvalue().decode()
    [row] = csv.DictReader(io.StringIO(body))
    assert (row["kind"], row["id"], row["name"], row["commune_id"]) == (
        "initiative", signed.slug, "Le Fournil", "commune-23079",
    )  # fmt: skip
    assert "Anne" not in body and "Paul" not in body
    many = ",".join(f"commune-{n:05d}" for n in range(21))
    for bad in ("?kind=roi", "?territory=commune-99999", f"?territory={many}", "?rien=1", "?kind="):
        assert client.get(f"/charte/signataires.csv{bad}").status_code == 400, bad


def test_signatories_count_in_their_territory_and_not_beside_it(
    sign: Sign, signed: Initiative, felletin: Any
) -> None:
    creuse = make_territory("departement", "23", "Creuse")
    type(felletin).objects.filter(pk=felletin.pk).update(departement=creuse)
    Initiative.objects.filter(pk=signed.pk).update(name="Le Fournil")  # its territories follow
    beside = make_commune("87085", "Limoges")
    sign("Anne", commune=felletin)
    sign("Paul", commune=beside)
    admin = User.objects.get(email="admin@example.org")
    mandates.grant(sign("Maire", felletin), admin)
    network = make_grouping("pole", "ptce", perimeter=creuse)
    mandates.grant(sign("Poleur", network), admin)

    def told(place: Any) -> tuple[int, int, int, int]:
        found = counts(signatories().filter(in_territories([place])))
        return found.initiative, found.territory, found.ptce, found.person

    assert told(felletin) == (1, 1, 0, 1)
    assert told(creuse) == (1, 1, 1, 1)
    assert told(beside) == (0, 0, 0, 1)
    assert counts(signatories()).total == 5
    with_kind = SignatoriesForm.base_fields["kind"]
    assert set(with_kind.choices) == {"initiative", "ptce", "network", "territory", "person"}  # type: ignore[attr-defined]


def test_a_structure_that_is_not_named_counts_for_the_whole_country_alone(
    client: Client, sign: Sign, felletin: Any
) -> None:
    """« One authority » of a commune would say which."""
    country = make_territory("country", "FR", "France")
    type(felletin).objects.filter(pk=felletin.pk).update(country=country)
    admin = User.objects.create_superuser("admin@example.org")
    mandates.grant(sign("Maire", felletin, listed=False), admin)
    sign("Anne", commune=felletin, listed=False)
    here = SignatoriesForm(QueryDict(f"territory={felletin.pk}"))
    assert here.is_valid()
    found = counts(here.somewhere())
    assert (found.territory, found.person, found.unnamed) == (0, 1, 1)
    for whole in (around([country]), around([country, felletin]), signatories()):
        assert (counts(whole).territory, counts(whole).person) == (1, 1)
    assert "1 collectivité" not in text(client, f"/territoires/{felletin.pk}/")


@pytest.mark.parametrize(
    "query", ["?kind=roi", "?territory=x", "?page=x", "?place=%00", "?territory=" + "a" * 10_000]
)
def test_a_list_asked_badly_is_shown_all_the_same(client: Client, signed: Initiative, query: str) -> None:
    assert "Le Fournil" in text(client, f"/charte/signataires/{query}")


def test_mandates_are_for_who_decides_and_versions_for_administrators(
    client: Client, sign: Sign, felletin: Any
) -> None:
    row = sign("Anne", felletin)
    mandate = f"/compte/charte/mandats/{row.pk}/"
    assert client.get(mandate).status_code == 302
    client.force_login(make_person("ailleurs", "moderator", make_commune("87085", "Limoges")))
    assert client.get(mandate).status_code == 403
    assert client.post(mandate, {"decision": "grant"}).status_code == 403
    for page in (
        "/compte/charte/versions/",
        "/compte/charte/versions/ecrire/",
        "/compte/charte/versions/1/publier/",
    ):
        assert client.get(page).status_code == 403
        assert client.post(page).status_code in (403, 405)
    client.force_login(make_person("ici", "moderator", felletin))
    assert client.get(f"/compte/charte/mandats/{2**70}/").status_code == 404
    assert "Choisissez" in client.post(mandate, {"decision": "x"}).content.decode()
    assert "Dites pourquoi" in client.post(mandate, {"decision": "refuse", "answer": " "}).content.decode()
    assert client.post(mandate, {"decision": "grant"}).status_code == 302
    assert client.get(mandate).status_code == 404
    assert "Felletin" in text(client, "/charte/signataires/")


def test_an_administrator_writes_reads_and_publishes_a_version(client: Client, sign: Sign) -> None:
    sign("Anne")
    client.force_login(User.objects.create_superuser("admin@example.org"))
    told = {
        "edition": "2027",
        "title_fr": "La charte",
        "text_fr": "# Un\r\nTexte.",
        "title_en": "The charter",
    }
    refused = client.post("/compte/charte/versions/ecrire/", told)
    assert "aucun des deux" in refused.content.decode()
    made = client.post("/compte/charte/versions/ecrire/", told | {"text_en": "# One\nText."})
    assert "1 signataire" in text(client, made.headers["Location"])
    assert client.post(made.headers["Location"]).headers["Location"] == "/charte/versions/2/"
    assert "Texte." in text(client, "/charte/") and "Text." in text(client, "/en/charte/")
    assert client.get(made.headers["Location"]).status_code == 404  # published: no draft any more


def test_the_page_of_ones_own_signature_changes_withdraws_and_signs_again(client: Client, sign: Sign) -> None:
    row = sign("Anne", capacity="citizen")
    own = f"/compte/charte/signature/{key_of(row)}/"
    assert client.post(own, {"do": "change", "name": "Anne D.", "capacity": "elected"}).status_code == 303
    row.refresh_from_db()
    assert (row.name, row.capacity, row.listed) == ("Anne D.", "elected", False)
    assert "signer/" not in text(client, own)
    admin = User.objects.create_superuser("admin@example.org")
    versions.publish(
        versions.write(admin, {"edition": "2027", "titles": {"fr": "T"}, "texts": {"fr": "T"}, "notes": {}}),
        admin,
    )
    assert f"{own}signer/" in text(client, own)
    told = {"name": "Anne", "capacity": "citizen", "listed": "on", "version": "2"}
    assert "Cochez" in client.post(f"{own}signer/", told).content.decode()
    assert client.post(f"{own}signer/", told | {"agreed": "on"}).status_code == 303
    assert "déjà signé" in client.post(f"{own}signer/", told | {"agreed": "on"}).content.decode()
    assert "effacés" in client.post(f"/compte/charte/signature/{key_of(row)}/retirer/").content.decode()
    assert client.get(own).status_code == 404


@pytest.mark.parametrize("address", ["marı@example.org", "mari@exampl\u00e9.org", "mar\u212aa@example.org"])
def test_an_address_that_looks_like_another_is_refused(
    client: Client, version: CharterVersion, address: str
) -> None:
    answer = filled(client, "/charte/signer/moi/", capacity="citizen", email=address)
    assert answer.status_code == 200 and "en lettres simples" in answer.content.decode()
    assert not Signature.objects.exists()


# -- A page that was left open, and links that are pressed again and again --------------------------------

NEWER = {"edition": "2027", "titles": {"fr": "La charte"}, "texts": {"fr": "Un autre texte."}, "notes": {}}


def published() -> CharterVersion:
    admin = User.objects.create_superuser("admin@example.org")
    return versions.publish(versions.write(admin, NEWER), admin)


def test_nobody_signs_a_text_that_was_published_after_the_page_was_opened(
    client: Client, version: CharterVersion
) -> None:
    form = client.get("/charte/signer/moi/").context["form"]
    told = {"name": "Anne", "email": "anne@example.org", "agreed": "on", "capacity": "citizen",
            "stamp": form["stamp"].value(), "version": "1"}  # fmt: skip
    published()
    answer = client.post("/charte/signer/moi/", told)
    assert answer.status_code == 200 and not Signature.objects.exists()
    said = answer.content.decode()
    assert "La charte a changé" in said and "2027" in said
    assert client.post("/charte/signer/moi/", told | {"version": "2"}).status_code == 303
    assert Signature.objects.get().version.number == 2


def test_nobody_signs_again_a_text_that_was_published_after_the_page_was_opened(
    client: Client, sign: Sign
) -> None:
    row = sign("Anne", capacity="citizen")
    again = f"/compte/charte/signature/{key_of(row)}/signer/"
    published()
    told = {"name": "Anne", "capacity": "citizen", "agreed": "on"}
    for read in ("", "1", "x", "\0", "9" * 5_000):
        assert "La charte a changé" in client.post(again, told | {"version": read}).content.decode()
    assert Signature.objects.count() == 1
    assert client.post(again, told | {"version": "2"}).status_code == 303


def test_forms_behind_a_link_are_slowed_too(
    client: Client, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.views.charter_signing.MOST_OWN", 2)
    own = f"/compte/charte/signature/{key_of(sign('Anne', capacity='citizen'))}/"
    told = {"do": "change", "name": "Anne", "capacity": "citizen"}
    assert [client.post(own, told).status_code for _time in range(3)] == [303, 303, 429]
    assert client.post(f"{own}retirer/").status_code == 429
    assert client.post(f"{own}signer/", {"name": "Anne"}).status_code == 429
    assert client.get(own).status_code == 200


def test_pressing_withdraw_twice_at_once_says_that_the_link_serves_no_more(
    client: Client, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sign("Anne", confirmed=False)
    own = f"/compte/charte/signature/{key_of(row)}/"
    # What the second of two requests read before the first one was committed.
    monkeypatch.setattr("charter.signing.by_key", lambda key: row)
    monkeypatch.setattr("frontend.views.charter_signing.by_key", lambda key: row)
    Signature.objects.all().delete()
    assert client.post(f"{own}retirer/").status_code == 404
    assert client.post(own, {"do": "confirm"}).status_code == 404


@pytest.mark.parametrize("gone", ["merged", "hidden", "deleted"])
def test_the_badge_stays_an_image_whatever_becomes_of_the_page(
    client: Client, signed: Initiative, gone: str
) -> None:
    address = f"/charte/badge/initiative/{signed.slug}.svg"
    if gone == "merged":
        publishing.merge(make_initiative("Le Fournil d’ici"), signed, "test", "doublon")
    elif gone == "hidden":
        publishing.hide(signed, "test", "retrait")
    else:
        signed.delete()
    badge = client.get(address)
    assert badge.status_code == 200
    assert ("Signataire" in badge.content.decode()) is (gone == "merged")
    assert client.get("/charte/badge/roi/x.svg").status_code == 404
    assert client.get("/charte/badge/initiative/%00.svg").status_code in (200, 404)


def test_who_signs_for_a_page_that_was_merged_signs_for_the_one_that_is_kept(
    client: Client, version: CharterVersion, taxonomy: None
) -> None:
    kept, gone = make_initiative("Le Fournil"), make_initiative("Le Fournil bis")
    publishing.merge(kept, gone, "test", "doublon")
    told = {"role": "gérant", "statement": "Statuts"}
    assert filled(client, f"/charte/signer/initiative/{gone.slug}/", **told).status_code == 303
    assert Signature.objects.get().initiative == kept
