"""What diagnoses hold of a person who has an account, and how it is forgotten."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.personal import register
from diagnosis.models import SavedDiagnosis
from diagnosis.saved_diagnosis import Visibility


def diagnoses(person: User) -> list[dict[str, Any]]:
    """Those that this person saved, with what is written there."""
    made = SavedDiagnosis.objects.filter(author=person).order_by("created_at")
    told = ("uuid", "title", "signature", "place", "visibility", "data_date", "words", "created_at")
    return [dict(each) for each in made.values(*told)]


def forget_diagnoses(person: User) -> None:
    """Those of an authority stay with it, and those that everybody may read; one's own go."""
    own = SavedDiagnosis.objects.filter(author=person, authority=None)
    own.exclude(visibility=Visibility.PUBLIC).delete()


register("diagnoses", diagnoses, forget_diagnoses)
