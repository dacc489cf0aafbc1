"""What makes a profile more credible: a peer who read it, an interview that established it.

A peer is the owner of another initiative, and says so in its name; an interview is led by who coordinates a
network of the initiative, or by an officer of its territory. Never by an owner of the initiative itself. The
public is told of the initiative, the network or the authority, never of the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from directory.errors import BadLink, NotAllowed
from directory.letters import page
from directory.models import EFFECTIVE, Grouping, Initiative, RoleKind
from directory.permissions import Action, Who, may, places_of, require, standings
from mail.models import Message
from mail.posting import post
from mail.writing import known_language
from questionnaires.errors import ResponseRefused
from questionnaires.models import LONGEST_NOTE, Credibility, Response, Review, Sharing
from questionnaires.owning import NETWORKS, fix
from territories.models import Territory

SALT = "questionnaires.reviewing"
DAYS = 60  # an invitation may be answered
MOST_WAITING = 5  # invitations for one profile
MOST_A_DAY = 3  # letters to one address, whoever asks
LETTER = "questionnaires.review_asked"
KINDS = (Credibility.PEER, Credibility.INTERVIEW)

Reader = Initiative | Grouping | Territory


@transaction.atomic
def invite(response: Response, by: User, email: str, kind: str, language: str = "fr") -> Review:
    """Write to somebody who may read this profile and say so. An address is invited once at a time."""
    row = _of_owner(response, by)
    if kind not in KINDS:
        raise ResponseRefused(_("Choisissez une relecture par un pair, ou un entretien."))
    waiting = row.reviews.filter(answered_at=None, invited_at__gte=timezone.now() - timedelta(days=DAYS))
    if waiting.filter(email__iexact=email).exists():
        raise ResponseRefused(_("Cette adresse a déjà reçu une invitation pour ce profil."))
    if waiting.count() >= MOST_WAITING:
        raise ResponseRefused(_("Cinq invitations attendent déjà une réponse."))
    # Invitations that were taken back since count too: asking and taking back would flood somebody.
    today = Message.objects.filter(letter=LETTER, created_at__gt=timezone.now() - timedelta(days=1))
    if today.filter(to__iexact=email).count() >= MOST_A_DAY:
        raise ResponseRefused(
            _("Cette adresse a déjà reçu plusieurs invitations aujourd’hui. Réessayez demain.")
        )
    made = Review.objects.create(
        response=row, kind=kind, email=email, invited_by=by, language=known_language(language)
    )
    _write(made)
    return made


def by_token(token: str) -> Review:
    """The invitation whose link this is; BadLink where it was forged, or is too old, or was withdrawn."""
    try:
        pk, mark = signing.loads(token, salt=SALT, max_age=DAYS * 86_400)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    rows = Review.objects.select_related("response__initiative", "response__version")
    found = rows.filter(pk=pk).first()
    if found is None or found.response.initiative is None or mark != _mark(found):
        raise BadLink
    return found


def token_of(review: Review) -> str:
    return signing.dumps([review.pk, _mark(review)], salt=SALT)


def readers(person: User, review: Review) -> list[Reader]:
    """In whose name this person may answer: none where they may not."""
    initiative = review.response.initiative
    if initiative is None or Who.OWNER in standings(person, initiative):
        return []
    held = person.roles.held()
    if review.kind == Credibility.PEER:
        own = held.filter(kind=RoleKind.OWNER).order_by().values("initiative")
        return list(Initiative.objects.published().filter(pk__in=own).defer("search").order_by("name", "pk"))
    return interviewers(person, initiative)


def interviewers(person: User, initiative: Initiative) -> list[Reader]:
    """The networks of an initiative, and the authorities around it, for which this person acts."""
    if not may(person, Action.INTERVIEW_INITIATIVE, initiative) or Who.OWNER in standings(person, initiative):
        return []
    held = person.roles.held()
    coordinated = held.filter(kind=RoleKind.COORDINATOR).order_by().values("grouping")
    members = initiative.memberships.filter(EFFECTIVE).order_by().values("grouping")
    networks = Grouping.objects.filter(Q(pk__in=coordinated) & Q(pk__in=members), published=True)
    served = held.filter(kind=RoleKind.OFFICER).order_by().values("territory")
    places = places_of(initiative).filter(pk__in=served).defer("geometry").order_by("name", "pk")
    return [*networks.order_by("name", "pk"), *places]


def attesters(person: User, response: Response) -> list[Reader]:
    """In whose name this person may say that an interview established a profile: any of the above where it is
    public, networks alone where it is shared with them."""
    if response.initiative is None or response.sharing not in NETWORKS:
        return []
    found = interviewers(person, response.initiative)
    return [each for each in found if response.sharing == Sharing.PUBLIC or isinstance(each, Grouping)]


@transaction.atomic
def answer(review: Review, person: User, reader: Reader | None, *, agreed: bool, note: str = "") -> Review:
    """Say that one read this profile and stands by it, or that one does not. Once: ResponseRefused after.

    NotAllowed where the person may not act for ``reader``.
    """
    row = Review.objects.select_for_update().get(pk=review.pk)
    if row.answered_at:
        raise ResponseRefused(_("Vous avez déjà répondu à cette invitation."))
    if reader not in readers(person, row):
        raise NotAllowed(Action.INTERVIEW_INITIATIVE, reader)
    _say(row, person, reader, agreed=agreed, note=note)
    return row


@transaction.atomic
def attest(response: Response, by: User, reader: Reader, note: str = "") -> Review:
    """Who leads an interview says so without being invited, of a profile that they were let read."""
    row = Response.objects.select_for_update(of=("self",)).select_related("initiative").get(pk=response.pk)
    if reader not in attesters(by, row):
        raise NotAllowed(Action.INTERVIEW_INITIATIVE, row.initiative)
    if any(mine.name == _name_of(reader) for mine in standing(row) if mine.kind == Credibility.INTERVIEW):
        raise ResponseRefused(_("Cet entretien est déjà noté."))
    made = Review(response=row, kind=Credibility.INTERVIEW, language=by.language)
    _say(made, by, reader, agreed=True, note=note)
    return made


@transaction.atomic
def withdraw(review: Review, by: User) -> None:
    """Take back an invitation, or what one said: by who said it, or by an owner of the initiative."""
    row = (
        Review.objects.select_for_update(of=("self",))
        .select_related("response__initiative")
        .get(pk=review.pk)
    )
    if row.person_id != by.pk:
        require(by, Action.ASSESS_INITIATIVE, row.response.initiative)
    response = row.response
    row.delete()
    settle(response)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who vouches for a profile: the name of an initiative, a network or an authority."""

    kind: str
    name: str
    said_at: datetime | None


def standing(response: Response) -> list[Standing]:
    """Those who vouch for a profile and still may be named, the latest first: never what is hidden."""
    return _standing([response]).get(response.pk, [])


def credited(responses: Iterable[Response]) -> list[Response]:
    """The same profiles, to be shown: their credibility is that of who may be named now."""
    rows = list(responses)
    found = _standing(rows)
    for each in rows:
        each.credibility = _best(found.get(each.pk, []))
    return rows


def asked_of(person: User) -> QuerySet[Review]:
    """What this person answered, the latest first."""
    rows = Review.objects.filter(person=person).select_related("response__initiative")
    return rows.order_by("-answered_at", "-pk")


# -- Forgetting ---------------------------------------------------------------------------------------


def forget_invitations() -> int:
    """Erase invitations that nobody answered in their time: the addresses of the others went at once."""
    before = timezone.now() - timedelta(days=DAYS)
    gone, _by_model = Review.objects.filter(answered_at=None, invited_at__lt=before).delete()
    return int(gone)


def _say(row: Review, person: User, reader: Reader | None, *, agreed: bool, note: str) -> None:
    row.person, row.agreed, row.answered_at = person, agreed, timezone.now()
    row.note = note.replace("\x00", "").strip()[:LONGEST_NOTE]
    row.email = ""  # it has served
    if isinstance(reader, Initiative):
        row.initiative = reader
    elif isinstance(reader, Grouping):
        row.grouping = reader
    else:
        row.territory = reader
    row.save()
    settle(row.response)


def settle(response: Response) -> None:
    """The credibility of a profile is the best of what stands."""
    Response.objects.filter(pk=response.pk).update(credibility=_best(standing(response)))


def _standing(responses: Sequence[Response]) -> dict[int, list[Standing]]:
    public = Q(initiative__publication="published") | Q(grouping__published=True) | Q(territory__isnull=False)
    rows = Review.objects.filter(public, response__in=responses, agreed=True)
    rows = rows.select_related("initiative", "grouping", "territory")
    found: dict[int, list[Standing]] = {}
    for each in rows.defer("initiative__search", "territory__geometry").order_by("-answered_at", "-pk"):
        reader = each.initiative or each.grouping or each.territory
        assert reader is not None  # asked for
        said = Standing(each.kind, _name_of(reader), each.answered_at)
        found.setdefault(each.response_id, []).append(said)
    return found


def _best(found: Iterable[Standing]) -> Credibility:
    kinds = {each.kind for each in found}
    best = (Credibility.INTERVIEW, Credibility.PEER)
    return next((each for each in best if each in kinds), Credibility.SELF)


def _of_owner(response: Response, by: User) -> Response:
    row = Response.objects.select_for_update(of=("self",)).select_related("initiative").get(pk=response.pk)
    require(by, Action.ASSESS_INITIATIVE, row.initiative)
    if not row.finished_at:
        raise ResponseRefused(_("Terminez d’abord l’auto-évaluation : elle sera ensuite figée."))
    fix(row)  # what is read stays what was answered
    return row


def _name_of(reader: Reader) -> str:
    return reader.name


def _mark(review: Review) -> str:
    """What ties a link to its invitation, and to no other that would have its number."""
    return salted_hmac(SALT, f"{review.pk}-{review.invited_at.isoformat()}").hexdigest()[:16]


def _write(review: Review) -> None:
    initiative = review.response.initiative
    assert initiative is not None  # an owner invites
    with override(review.language):
        context = {
            "initiative": initiative.name,
            "title": review.response.version.title,
            "kind": review.kind,
            "link": page("people:review", token_of(review)),
            "days": DAYS,
        }
    post(LETTER, review.email, review.language, context)
