"""The command, on an empty database."""

import pytest
from django.core.management import CommandError, call_command

from territories import france, loading
from territories.errors import LoadRefused
from territories.models import Territory
from tests.france import assembled

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("codes", ["99", "23,zz", "", "23;87", "\x00"])
def test_an_unknown_departement_is_named(db: None, codes: str) -> None:
    with pytest.raises(CommandError, match="--departement"):
        call_command("load_territories", departement=codes, verbosity=0)
    assert not Territory.objects.exists()


def test_nothing_is_half_written(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        assert Territory.objects.filter(pk="commune-23008").exists()
        raise LoadRefused("stop")

    monkeypatch.setattr(loading, "refresh_customs", broken)
    with pytest.raises(LoadRefused):
        loading.write_france(assembled())
    assert not Territory.objects.exists()


@pytest.mark.slow
def test_the_command_reports(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_territories", departement="23,87")
    said = capsys.readouterr().out
    assert "commune: 450, 450 with an outline" in said
    assert "477 created, 0 updated" in said
    assert "town halls:" in said


def test_paris_is_the_union_of_its_arrondissements(db: None) -> None:
    built = {draft.id: draft for draft in france.put_together({"75"}, loading.no_step).territories}
    paris = built["commune-75056"]
    arrondissements = [draft for draft in built.values() if draft.commune == paris.id]
    assert len(arrondissements) == 20
    assert paris.geometry is not None
    assert paris.geometry.area == pytest.approx(sum(d.geometry.area for d in arrondissements if d.geometry))
    assert paris.population == 2_103_778
    assert {draft.epci for draft in arrondissements} == {paris.epci}
