"""Proposing: anyone, without an account, says what is missing or wrong; nothing shows before it is accepted.

A proposal that came with the proof that its sender's browser worked for it waits for the moderation at once.
Without it, it waits for the click of its author on a link sent by mail: that is what a robot pays there. One
link follows it all the way: it confirms, tells the state, withdraws.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from contributions.errors import ProposalRefused, TooManyProposals
from contributions.fields import check, differing, told
from contributions.letters import send
from contributions.models import Photo, Proposal, ProposalKind, ProposalState
from directory import history
from directory.models import Initiative
from directory.publishing import REFERENCE_LENGTH, REFERENCE_SIGNS
from mail.writing import known_language
from territories.gazetteer import locate
from territories.geometry import Point
from territories.models import Kind, Territory

OPEN = (ProposalState.CONFIRM, ProposalState.WAITING)
PLACES = ("arrondissement", "commune", "epci", "departement", "region", "country")

# Of one address of the network in an hour, by the pages and by the API together; and what may be looked at on
# the way, each time with what stands near.
MOST_IN_AN_HOUR = 12
MOST_LOOKED_AT = 150
# Of one address of mail in a day; of one listing, that nobody decided yet.
MOST_OF_ADDRESS = 10
MOST_OF_INITIATIVE = 30
DAY = timedelta(days=1)
UNCONFIRMED_KEPT = timedelta(days=7)
NEEDED = ("name", "activities", "commune")


@transaction.atomic
def propose(
    fields: Mapping[str, Any],
    *,
    email: str = "",
    account: User | None = None,
    language: str = "fr",
    initiative: Initiative | None = None,
    photo: Photo | None = None,
    said: str = "",
    proven: bool = True,
    sent: str | None = None,
) -> Proposal:
    """Keep what somebody proposes: a new initiative, or other values for the fields of ``initiative``.

    ``proven`` False: it waits for its author to confirm by mail. ``sent`` is a mark of the form: sent again,
    it gives the first proposal. ProposalRefused where a field cannot be, where nothing would change, where
    too much came already, or (``sent``) where the form that comes again says something else.
    """
    wanted = _wanted(fields, initiative)
    if first := _already(sent, photo):
        _require_the_same(first, wanted, said)
        return first
    _require(wanted, initiative, photo, said)
    if not proven and not email:
        raise ProposalRefused({"author": [_("Donnez votre courriel : un lien y est envoyé pour confirmer.")]})
    _refuse_masses(email, account, initiative)
    made = Proposal(
        reference="".join(secrets.choice(REFERENCE_SIGNS) for _sign in range(REFERENCE_LENGTH)),
        kind=ProposalKind.CORRECTION if initiative else ProposalKind.NEW,
        initiative=initiative,
        name=initiative.name if initiative else wanted["name"],
        fields=wanted,
        said=said,
        photo=photo,
        email=email,
        account=account,
        language=known_language(language),
        state=ProposalState.WAITING if proven else ProposalState.CONFIRM,
        sent=sent or None,
    )
    _remember(made)
    place(made)
    kept = _keep_once(made)
    if kept is made:
        send("received" if proven else "confirm", made)
    return kept


def _wanted(fields: Mapping[str, Any], initiative: Initiative | None) -> dict[str, Any]:
    """What is said of a new initiative, or what would change of a listing."""
    if initiative is None:
        tidy = check(_placed(fields, None))
        return {name: value for name, value in tidy.items() if value not in ("", None, [])}
    # what stands is not judged: imports are not held to what forms take
    return differing(initiative, check(differing(initiative, _placed(fields, initiative))))


def _remember(made: Proposal) -> None:
    """What the listing said when it was corrected, and in which version. Not saved."""
    if made.initiative is None:
        return
    now = told(made.initiative)
    made.before = {name: now[name] for name in made.fields}
    events = history.events().filter(pgh_obj=made.initiative.pk).order_by("-pgh_id")
    made.base = events.values_list("pgh_id", flat=True).first()


def _already(sent: str | None, photo: Photo | None) -> Proposal | None:
    """What this form gave the first time, if it was sent before; the photograph came once more, and goes."""
    first = Proposal.objects.filter(sent=sent).first() if sent else None
    if first is not None and photo is not None:
        photo.delete()
    return first


def _require_the_same(first: Proposal, wanted: dict[str, Any], said: str) -> None:
    """ProposalRefused where a form that comes again says something else than what still waits."""
    if first.state in OPEN and (first.fields, first.said) != (wanted, said):
        said_again = _(
            "Ce formulaire est déjà parti, avec d’autres réponses. Envoyez-le de nouveau pour en faire"
            " une seconde proposition ; la première se retire par son lien de suivi."
        )
        raise ProposalRefused({"sent": [said_again]})


def _keep_once(made: Proposal) -> Proposal:
    """It, saved; or the one that the same form gave at the same moment."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        if first := _already(made.sent, made.photo):
            return first
        raise
    return made


def place(proposal: Proposal) -> None:
    """Its territories: those of the listing it corrects, or of the commune of a new one. Not saved."""
    if proposal.initiative is not None:
        for name in PLACES:
            setattr(proposal, f"{name}_id", getattr(proposal.initiative, f"{name}_id"))
        return
    commune = Territory.objects.defer("geometry").get(pk=proposal.fields["commune"])
    proposal.commune = commune
    for name in ("epci", "departement", "region", "country"):
        setattr(proposal, f"{name}_id", getattr(commune, f"{name}_id"))
    if point := proposal.fields.get("location"):
        inside = Territory.objects.of_kind(Kind.ARRONDISSEMENT).filter(commune=commune)
        proposal.arrondissement = inside.containing(Point(*point)).first()


def _placed(fields: Mapping[str, Any], initiative: Initiative | None) -> dict[str, Any]:
    """With the commune of the point, where only a point is said."""
    found = dict(fields)
    point = found.get("location")
    if point and not found.get("commune") and isinstance(point, list | tuple):
        try:
            under = locate(Point(*point))
        except (TypeError, ValueError):
            return found  # ``check`` says so
        if under is not None and not (initiative and initiative.commune_id == under.pk):
            found["commune"] = under.pk
    return found


def _require(wanted: dict[str, Any], initiative: Initiative | None, photo: Photo | None, said: str) -> None:
    if initiative is not None:
        if not (wanted or photo or said):
            raise ProposalRefused({"": [_("Rien ne change : corrigez un champ, ou écrivez un message.")]})
        return
    missing = {
        "name": _("Donnez le nom de l’initiative."),
        "activities": _("Choisissez au moins une activité."),
        "commune": _("Dites dans quelle commune elle se trouve."),
    }
    if faults := {name: [missing[name]] for name in NEEDED if not wanted.get(name)}:
        raise ProposalRefused(faults)


def _refuse_masses(email: str, account: User | None, initiative: Initiative | None) -> None:
    lately = Proposal.objects.filter(created_at__gt=timezone.now() - DAY)
    mailed = lately.filter(email__iexact=email).count() if email else 0
    signed = lately.filter(account=account).count() if account else 0
    if mailed >= MOST_OF_ADDRESS or signed >= MOST_OF_ADDRESS:
        raise TooManyProposals(
            {"": [_("Beaucoup de propositions sont déjà venues de vous : revenez demain.")]}
        )
    waiting = Proposal.objects.filter(initiative=initiative, state__in=OPEN)
    if initiative is not None and waiting.count() >= MOST_OF_INITIATIVE:
        raise TooManyProposals(
            {"": [_("Beaucoup de corrections de cette page attendent déjà : revenez dans quelques jours.")]}
        )


# -- By its link, without an account -------------------------------------------------------------------


@transaction.atomic
def confirm(proposal: Proposal) -> Proposal:
    """Its author read the mail: it waits for the moderation. A second time changes nothing."""
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if row.state == ProposalState.CONFIRM:
        row.state = ProposalState.WAITING
        row.save(update_fields=["state"])
    return row


@transaction.atomic
def withdraw(proposal: Proposal) -> Proposal:
    """Its author takes it back: what it said is erased, and the photo, the address and the account with it.

    ProposalRefused once it was accepted or refused; a second time changes nothing.
    """
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if row.state == ProposalState.WITHDRAWN:
        return row
    if row.state not in OPEN:
        raise ProposalRefused({"": [_("Cette proposition a déjà reçu une réponse.")]})
    photo, row.photo = row.photo, None
    row.state, row.decided_at = ProposalState.WITHDRAWN, timezone.now()
    row.email, row.account = "", None
    row.forget()
    row.save()
    if photo is not None:
        photo.delete()
    return row


@transaction.atomic
def forget_unconfirmed(now: datetime | None = None) -> int:
    """Erase what nobody confirmed within a week, photos included; how many proposals."""
    before = (now or timezone.now()) - UNCONFIRMED_KEPT
    rows = Proposal.objects.filter(state=ProposalState.CONFIRM, created_at__lte=before)
    Photo.objects.filter(proposal__in=rows).delete()
    return int(rows.delete()[1].get("contributions.Proposal", 0))
