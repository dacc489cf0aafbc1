"""The letters of the charter; what each says stands in templates/charter/letters/."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from charter.models import CharterVersion, Signature
from directory.letters import page
from mail.letters import Letter, register
from mail.posting import post

if TYPE_CHECKING:
    from accounts.models import User


def about(signature: Signature) -> dict[str, Any]:
    """What every letter says of a signature, in the language that is active."""
    version = signature.version
    return {
        "name": signature.name,
        "role": signature.role,
        "statement": signature.statement,
        "answer": signature.answer,
        "structure": signature.structure.name if signature.structure else "",
        "charter": version.title,
        "edition": version.edition,
        "listed": signature.listed,
        "day": timezone.localdate(signature.created_at),
        "text": page("frontend:charter_version", version.number),
        "signatories": page("frontend:charter_signatories"),
    }


def tell(
    signature: Signature, letter: str, key: str, once: str = "", now: CharterVersion | None = None
) -> None:
    """One letter to who signed; ``key`` is that of her link, empty where it serves no more. ``now`` is the
    version that it is about, where it is not the one she signed."""
    with override(signature.language):
        context = about(signature)
        context["own"] = page("people:own_signature", key) if key else page("frontend:charter")
        if now is not None:
            context |= {"signed": context["edition"], "edition": now.edition}
            context["text"] = page("frontend:charter_version", now.number)
    post(f"charter.{letter}", signature.email, signature.language, context, key=once)


def tell_decider(signature: Signature, person: User) -> None:
    """Once a day for a structure, however often it is signed for and withdrawn: the link is to all that
    waits for this person."""
    with override(person.language):
        context = {**about(signature), "own": page("people:mandates")}
    structure = f"{signature.initiative_id}-{signature.grouping_id}-{signature.territory_id}"
    once = f"charter-mandate-{structure}-{person.pk}-{timezone.localdate()}"
    post("charter.mandate_asked", person.email, person.language, context, key=once)


def example() -> dict[str, Any]:
    return {
        "name": _("Camille"),
        "role": _("maire"),
        "statement": _("Délibération du conseil municipal du 3 mars 2027."),
        "answer": _("La délibération n’a pas encore été votée."),
        "structure": "Felletin",
        "charter": _("Charte des circuits courts économiques et solidaires"),
        "edition": "2015",
        "signed": "2014",
        "listed": True,
        "day": date(2027, 3, 5),
        "own": page("people:own_signature", "xxxx"),
        "text": page("frontend:charter"),
        "signatories": page("frontend:charter_signatories"),
    }


for name, title in [
    ("confirm", gettext_lazy("à qui signe la charte, pour confirmer son adresse")),
    ("already", gettext_lazy("à qui signe la charte une seconde fois")),
    ("signed", gettext_lazy("à qui a signé la charte, une fois que la signature compte")),
    (
        "mandate_waiting",
        gettext_lazy("à qui signe pour une structure, quand son mandat est à vérifier"),
    ),
    ("mandate_asked", gettext_lazy("à qui vérifie un mandat, quand une structure signe la charte")),
    (
        "mandate_refused",
        gettext_lazy("à qui a signé pour une structure, quand son mandat est refusé"),
    ),
    ("withdrawn", gettext_lazy("à qui retire sa signature de la charte")),
    ("ended", gettext_lazy("à qui a signé la charte, quand sa signature est retirée par d’autres")),
    ("new_version", gettext_lazy("à qui a signé la charte, quand une nouvelle version paraît")),
]:
    register(
        Letter(
            name=f"charter.{name}",
            title=title,
            template=f"charter/letters/{name}.txt",
            example=example,
            quoted=("statement", "answer"),
        )
    )
