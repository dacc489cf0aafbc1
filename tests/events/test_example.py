"""The forum of Aubusson, loaded and removed with the examples."""

import pytest
from django.utils import timezone

from directory.examples import load_examples, remove_examples
from events import example
from events.models import Event, Status
from tests.factories import make_commune, make_territory

pytestmark = pytest.mark.django_db


def test_the_forum_of_aubusson_comes_and_goes_with_the_examples() -> None:
    load_examples()
    assert not Event.objects.exists()  # its commune is not loaded
    epci = make_territory("epci", "200044014", "CC Creuse Grand Sud")
    make_commune("23008", "Aubusson", epci=epci)
    load_examples()
    event = Event.objects.get(slug=example.SLUG)
    assert (event.origin, event.status) == ("example", Status.PUBLISHED)
    assert f"{timezone.localtime(event.start):%Y-%m-%d %H:%M}" == "2014-06-20 09:30"
    assert [(each.name, each.territory_id) for each in event.organisers.all()][2] == ("", epci.pk)
    assert [each.letter for each in event.sessions.all()] == ["", "A", "B", "C", "", "D", "E", "", ""]
    told = [each.name for session in event.sessions.all() for each in session.testimonies.all()]
    assert len(told) == 5 and "MACÉO" in told
    before = event.versions.count()
    assert example.load() is False
    assert event.versions.count() == before
    remove_examples()
    assert not Event.objects.exists()
