"""The write side of versions: a draft is written, then published; what was published stays as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.permissions import Action, require
from questionnaires.checking import check
from questionnaires.errors import PublishingRefused
from questionnaires.models import Questionnaire, QuestionnaireVersion

if TYPE_CHECKING:
    from accounts.models import User

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "questionnaire.json"
# The self-assessment that the pages offer: the questionnaire of the fixture.
PROFILE = "profil-circuit-court-solidaire"


def asked(slug: str) -> QuestionnaireVersion | None:
    """The version that is answered now; None where there is no such questionnaire, or none is published."""
    if "\x00" in slug:
        return None
    versions = QuestionnaireVersion.objects.published().select_related("questionnaire")
    return versions.filter(questionnaire__slug=slug).order_by("-number").first()


def every_asked() -> list[QuestionnaireVersion]:
    """Of each questionnaire, the version that is answered now, by slug."""
    versions = QuestionnaireVersion.objects.published().select_related("questionnaire")
    return list(versions.order_by("questionnaire__slug", "-number").distinct("questionnaire__slug"))


@transaction.atomic
def draft(questionnaire: Questionnaire, content: Any, by: User) -> QuestionnaireVersion:
    """A next version, which nobody answers yet. ContentRefused, NotAllowed."""
    require(by, Action.PUBLISH_QUESTIONNAIRE)
    check(content)
    Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)  # numbers are given one at a time
    return QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=next_number(questionnaire), content=content
    )


@transaction.atomic
def begin(slug: str, content: Any, by: User) -> QuestionnaireVersion:
    """The first version of another questionnaire. As above; PublishingRefused where its name is taken."""
    require(by, Action.PUBLISH_QUESTIONNAIRE)
    check(content)
    questionnaire, made = Questionnaire.objects.get_or_create(slug=slug)
    if not made:
        raise PublishingRefused(_("Un questionnaire porte déjà ce nom."))
    return draft(questionnaire, content, by)


@transaction.atomic
def publish(version: QuestionnaireVersion, by: User) -> QuestionnaireVersion:
    """From now on it is the one that is answered; answers to others stay with theirs. NotAllowed,
    ContentRefused; PublishingRefused where it is published already, or came before the current one."""
    require(by, Action.PUBLISH_QUESTIONNAIRE)
    questionnaire = Questionnaire.objects.select_for_update().get(pk=version.questionnaire_id)
    row = QuestionnaireVersion.objects.select_for_update().get(pk=version.pk)
    current = questionnaire.current()
    if row.published_at:
        raise PublishingRefused(_("Cette version est déjà publiée."))
    if current and current.number > row.number:
        raise PublishingRefused(
            _("La version {number} est déjà publiée : donnez à celle-ci un numéro plus grand.").format(
                number=current.number
            )
        )
    check(row.content)
    row.published_at, row.published_by = timezone.now(), by
    row.save(update_fields=["published_at", "published_by"])
    return row


@transaction.atomic
def discard(version: QuestionnaireVersion, by: User) -> None:
    """A draft goes, and its questionnaire where it was all that there was of it. NotAllowed;
    PublishingRefused where it was published: answers may rest upon it."""
    require(by, Action.PUBLISH_QUESTIONNAIRE)
    questionnaire = Questionnaire.objects.select_for_update().get(pk=version.questionnaire_id)
    row = QuestionnaireVersion.objects.select_for_update().get(pk=version.pk)
    if row.published_at:
        raise PublishingRefused(_("Cette version est déjà publiée."))
    row.delete()
    if not questionnaire.versions.exists():
        questionnaire.delete()


def next_number(questionnaire: Questionnaire) -> int:
    last = questionnaire.versions.order_by().aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


@transaction.atomic
def load(path: Path = FIXTURE) -> QuestionnaireVersion:
    """The version that the fixture holds, published; as it is where it is here already. ContentRefused."""
    fixture = json.loads(path.read_text(encoding="utf-8"))
    check(fixture["content"])
    questionnaire, _made = Questionnaire.objects.get_or_create(slug=fixture["slug"])
    version, _made = questionnaire.versions.get_or_create(
        number=fixture["number"],
        defaults={"content": fixture["content"], "published_at": timezone.now()},
    )
    return version
