"""Authors are forgotten a year after the decision, and not a day before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contributions import moderating
from contributions.forgetting import forget_authors
from contributions.proposing import propose
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_authors_are_forgotten_a_year_after_the_decision(places: dict[str, Any]) -> None:
    moderator = make_person("moderation", "moderator", places["departement"])
    told = {"email": "voisine@example.org", "said": "J’y vais souvent.", "initiative": places["initiative"]}
    waiting, proposal = propose({"summary": "Un"}, **told), propose({"summary": "Deux"}, **told)
    decided = moderating.refuse(proposal, moderator, "Non.").decided_at or timezone.now()
    assert forget_authors(decided + timedelta(days=365) - timedelta(seconds=1)) == 0
    assert forget_authors(decided + timedelta(days=365)) == 1
    for each in (waiting, proposal):
        each.refresh_from_db()
    assert (proposal.email, proposal.said, proposal.reason) == ("", "", "")
    assert (proposal.fields, proposal.before, proposal.name) == ({}, {}, places["initiative"].name)
    assert (waiting.email, waiting.said) == ("voisine@example.org", "J’y vais souvent.")
    assert forget_authors(decided + timedelta(days=400)) == 0


def test_of_what_was_accepted_only_its_author_is_forgotten_and_of_a_new_one_refused_all(
    places: dict[str, Any], taxonomy: None
) -> None:
    moderator = make_person("moderation", "moderator", places["departement"])
    camille = make_person("camille")
    first = propose({"summary": "Un"}, account=camille, initiative=places["initiative"])
    moderating.accept(first, moderator)
    new = {"name": "Chez Camille", "activities": [101], "commune": places["initiative"].commune_id}
    second = moderating.refuse(propose(new, account=camille), moderator, "Non.")
    assert forget_authors((second.decided_at or timezone.now()) + timedelta(days=365)) == 2
    for each in (first, second):
        each.refresh_from_db()
    assert (first.account, first.fields) == (None, {"summary": "Un"})
    assert (second.account, second.fields, second.name) == (None, {}, second.reference)
