"""A saved diagnosis says tomorrow what it says today; who may keep it; what changed since."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from accounts import personal
from accounts.models import User
from diagnosis import catalogue, changes, counting, model, saving, texts, zones
from diagnosis.errors import SavingRefused
from diagnosis.models import SavedDiagnosis
from diagnosis.report import report
from diagnosis.texts import Texts
from directory.errors import NotAllowed
from directory.models import Initiative, Role
from territories.models import CustomCommune, Territory
from territories.signals import territories_loaded
from tests.diagnosis.conftest import scatter
from tests.factories import make_commune, make_initiative, make_person, make_territory

pytestmark = pytest.mark.django_db
SAID = (texts.Testimony("On s’entraide.", "une élue"),)
TEXTS = Texts(reading="Lu.\nRelu.", strengths="Des gens.", testimonies=SAID)


@pytest.fixture
def counted(country: dict[str, Territory]) -> dict[str, Territory]:
    scatter(country, 60, 5)
    counting.count_everything()
    return country


def test_figures_and_communes_stay_as_they_were(counted: dict[str, Territory]) -> None:
    creuse = counted["Creuse"]
    officer = make_person("agente", "officer", creuse)
    before = report(creuse)
    saved = saving.save(creuse, officer, "Creuse", sector="energie", language="en")
    saving.write(saved, officer, "Creuse, lue", "Le service", TEXTS)
    Initiative.objects.all().delete()
    Territory.objects.filter(pk=creuse.pk).update(name="Autre nom", population=1)
    counting.count_everything()
    kept = SavedDiagnosis.objects.get()
    assert saving.report_of(kept) == before != report(creuse)
    assert (kept.place, kept.data_date, kept.visibility) == ("Creuse", before.data_date, "private")
    assert kept.communes == ["commune-23079", "commune-23091"]
    assert saving.texts_of(kept) == TEXTS and (kept.title, kept.signature) == ("Creuse, lue", "Le service")
    assert not Texts(language="en") and TEXTS


def test_it_goes_with_a_commune_that_becomes_another(counted: dict[str, Territory]) -> None:
    old, new = counted["Felletin"], make_commune("23999", "Vallée nouvelle")
    officer = make_person("agente", "officer", old)
    saved = saving.save(old, officer, "Felletin")
    before = saving.report_of(saved)
    territories_loaded.send(sender=Territory, vanished={old.pk: new.pk})
    kept = SavedDiagnosis.objects.get()
    assert (kept.place, kept.territory, kept.authority) == ("Felletin", new, new)
    assert saving.may_keep(officer, kept) and saving.report_of(kept) == before


def test_it_belongs_to_the_authority_and_not_to_one_officer(counted: dict[str, Territory]) -> None:
    creuse, commune = counted["Creuse"], counted["Felletin"]
    here, colleague = make_person("a", "officer", creuse), make_person("b", "officer", creuse)
    above, within = make_person("c", "officer", counted["Région"]), make_person("d", "officer", commune)
    root = User.objects.create_superuser("admin@example.org")
    saved = saving.save(commune, here, "Felletin")
    assert saved.authority == creuse
    for person, may in ((here, True), (colleague, True), (root, True), (above, False), (within, False)):
        assert saving.may_keep(person, saved) is may is (saved in saving.kept_by(person))
        if not may:
            for verb in (saving.efface, saving.renew_link, saving.again):
                with pytest.raises(NotAllowed):
                    verb(saved, person)
            with pytest.raises(NotAllowed):
                saving.write(saved, person, "X", "", Texts())
    Role.objects.filter(person=here).update(ended_at=saved.created_at)
    assert not saving.may_keep(here, saved) and saving.may_keep(colleague, saved)
    for person, place in ((within, creuse), (make_person("e", "moderator", creuse), creuse)):
        with pytest.raises(NotAllowed):
            saving.save(place, person, "X")


def test_of_several_authorities_it_is_saved_for_the_smallest(counted: dict[str, Territory]) -> None:
    officer = make_person("a", "officer", counted["Région"])
    role = officer.roles.get()
    role.pk, role.territory = None, counted["Creuse"]
    role.save()
    assert saving.authority_of(officer, counted["Felletin"]) == counted["Creuse"]
    assert saving.authority_of(officer, counted["Ussel"]) == counted["Région"]
    assert saving.authority_of(officer, counted["France"]) is None


def test_who_composed_a_territory_saves_it_and_publishes_for_an_authority_only(
    counted: dict[str, Territory],
) -> None:
    alone, officer = make_person("seule"), make_person("agente", "officer", counted["Felletin"])
    for person in (alone, officer):
        place = make_territory("custom", f"autour-{person.pk}", owner=person, dated=date(2026, 1, 1))
        for name in ("Felletin", "Ussel"):
            CustomCommune.objects.create(territory=place, commune=counted[name])
        saved = saving.save(place, person, "Autour")
        assert saving.may_keep(person, saved)
        saving.share(saved, person, "link")
        if person == officer:
            assert saved.authority == counted["Felletin"]
            saving.share(saved, person, "public")
        else:
            with pytest.raises(NotAllowed):
                saving.share(saved, person, "public")
        place.custom_communes.all().delete()
        place.delete()
        saved.refresh_from_db()
        assert saved.territory is None and saving.report_of(saved).zone.communes == 2
        with pytest.raises(SavingRefused):
            saving.again(saved, person)


def test_nobody_saves_without_end(counted: dict[str, Territory], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST", 2)
    officer = make_person("agente", "officer", counted["Creuse"])
    for _time in range(2):
        saving.save(counted["Creuse"], officer, "Creuse")
    with pytest.raises(SavingRefused):
        saving.save(counted["Creuse"], officer, "Creuse")
    assert SavedDiagnosis.objects.count() == 2


def test_whose_account_is_erased_leaves_what_is_the_authoritys(counted: dict[str, Territory]) -> None:
    officer = make_person("agente", "officer", counted["Creuse"])
    own = make_territory("custom", "le-mien", owner=(alone := make_person("seule")), dated=date(2026, 1, 1))
    CustomCommune.objects.create(territory=own, commune=counted["Felletin"])
    saving.save(counted["Creuse"], officer, "De la collectivité")
    saved = saving.save(own, alone, "Le mien")
    saving.write(saved, alone, "Le mien", "", TEXTS)
    told: Any = personal.everything(alone)["diagnoses"]
    assert [each["title"] for each in told] == ["Le mien"] and "On s’entraide." in str(told)
    personal.erase(officer)
    personal.erase(alone)
    left = SavedDiagnosis.objects.get()
    assert (left.title, left.author) == ("De la collectivité", None)


def test_done_again_it_says_what_changed(counted: dict[str, Territory]) -> None:
    creuse = counted["Creuse"]
    officer = make_person("agente", "officer", creuse)
    first = saving.save(creuse, officer, "Creuse")
    saving.write(first, officer, "Creuse", "", TEXTS)
    for _more in range(3):
        make_initiative(commune=counted["Gioux"], activities=[200])
    Territory.objects.filter(pk=counted["Péret"].pk).update(departement=creuse)
    Territory.objects.filter(pk=creuse.pk).update(population=2_500)
    counting.count_everything()
    second = saving.again(first, officer)
    assert second.previous == first and saving.texts_of(second) == TEXTS
    old, new = saving.report_of(first), saving.report_of(second)
    found = {(each.figure.code, each.figure.sector): each for each in changes.changes(old, new)}
    for code, sector in (("N", None), ("N", "energie"), ("D1", None), ("S4", None), ("K1-verified", None)):
        change = found[code, sector]
        before, after = old.figure(code, sector).value, new.figure(code, sector).value
        assert change.difference == (None if before is None or after is None else after - before)
    assert found["N", "energie"].difference == new.zone.holds(2) - old.zone.holds(2) >= 3
    assert found["D1", None].by_chance is True and found["N", None].by_chance is None
    assert not {code for code, _sector in found} & {"C1", "C2", "C3"}
    ground = changes.perimeter(old, new, first.communes, second.communes)
    assert (ground.came, ground.went, ground.population) == (["commune-19159"], [], (2_100, 2_500))
    # A figure that one of the two reports has not got, and intervals that do not meet.
    apart = changes.Change(new.figure("D1"), None)
    assert apart.difference is None and apart.by_chance is None and apart.figure.code == "D1"


# What was frozen on the first day; what came later has a default, or those could not be read any more.
FIRST_DAY = {
    model.Report: "zone data_date references peers pooled sectors cells figures white_zones evolution bridges"
    " forms left_out",
    model.Figure: "code value unit n sector low high note references percentile",
    model.SectorName: "number slug labels",
    model.WhiteZone: "sector count population communes",
    model.Place: "id name population",
    model.Year: "year founded closed entered",
    model.Bridge: "slug name between",
    model.Form: "code count",
    model.Cell: "id name kind population area count by_sector smoothed reach",
    model.Official: "code labels year source link loaded",
    model.Perimeter: "dated source communes",
    zones.Zone: "id name kind population area count by_sector weights placed addressed verified fresh undated"
    " largest_commune communes",
    texts.Texts: "reading strengths weaknesses opportunities threats testimonies plan levers language",
    texts.Testimony: "words by",
    catalogue.Offer: "id kind name giver audience details territory territory_name sectors starts ends link"
    " source checked everywhere",
}  # fmt: skip
NOTES = (
    "few left-out no-answers no-area no-bridges no-commune no-dates no-inhabitants no-links no-official"
    " no-peers no-population no-reference nothing nothing-to-reach empty-reference one-sector too-few-actors"
)


@pytest.mark.parametrize("kept", FIRST_DAY, ids=lambda kept: str(kept.__name__))
def test_what_was_frozen_on_the_first_day_is_still_read(kept: Any) -> None:
    now = {each.name: each for each in dataclasses.fields(kept)}
    first = FIRST_DAY[kept].split()
    assert set(first) <= now.keys()  # else it is left out in silence: move what was saved in a migration
    for name in now.keys() - set(first):
        defaults = {now[name].default, now[name].default_factory}
        assert defaults != {dataclasses.MISSING}, name
    assert set(NOTES.split()) <= set(model.Note.values)
