"""One's profiles: those of one's initiatives, who sees them, who reads them; those of a network's members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.pace import too_often
from directory.errors import BadLink, NotAllowed
from directory.models import Grouping, Initiative
from directory.permissions import Action, may, require
from frontend.guarded import later
from frontend.profile_paper import MOST_PAPERS, TooBusy, paper_of
from frontend.profiles import profile_of
from frontend.profiles_shown import dimensions, drawn, language, years
from frontend.together_forms import InviteForm, ShareForm, TieForm
from frontend.views.roles import person_of
from questionnaires import answering, owning, reviewing, statistics
from questionnaires.errors import ResponseRefused
from questionnaires.models import Questionnaire, Response, Sharing
from questionnaires.versions import PROFILE, asked

# From one address of the network in an hour: letters that ask for a reading, profiles begun.
INVITED, BEGUN = 20, 20
# What is said once a profile is shared so.
SHARED = {
    Sharing.PRIVATE: gettext_lazy("Ce profil est privé : votre équipe seule le voit."),
    Sharing.NETWORKS: gettext_lazy("Vos réseaux et PTCE voient ce profil."),
    Sharing.PUBLIC: gettext_lazy("Ce profil figure sur la page de l’initiative."),
    Sharing.STATISTICS: gettext_lazy("Ce profil compte dans les statistiques, sans être montré."),
}


def own_profile(request: HttpRequest, uuid: UUID) -> Response:
    """A profile of one's own initiative; 404, or NotAllowed where it is another's."""
    found = any_profile(uuid)
    require(person_of(request), Action.ASSESS_INITIATIVE, found.initiative)
    return found


def any_profile(uuid: UUID) -> Response:
    rows = Response.objects.select_related("initiative", "version__questionnaire").filter(
        initiative__isnull=False
    )
    return get_object_or_404(rows.defer("initiative__search"), uuid=uuid)


@never_cache
@require_safe
@login_required
def profiles(request: HttpRequest) -> HttpResponse:
    """One's initiatives with their profiles, one's networks, what one read for others."""
    person = person_of(request)
    kept: dict[int, list[Response]] = {}
    for each in owning.of_account(person):
        kept.setdefault(each.initiative_id or 0, []).append(each)
    coordinated = person.roles.held().filter(grouping__isnull=False).order_by().values("grouping")
    context = {
        "own": [(each, kept.get(each.pk, [])) for each in owning.own_initiatives(person)],
        "groupings": Grouping.objects.filter(pk__in=coordinated).order_by("name", "pk"),
        "reviews": reviewing.asked_of(person),
        "offered": asked(PROFILE),
    }
    return render(request, "frontend/account/profiles/list.html", context)


@never_cache
@require_POST
@login_required
def resume(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open one's answers again without the link that one lost."""
    found = own_profile(request, uuid)
    try:
        key = owning.resume(found, person_of(request))
    except ResponseRefused as refused:
        messages.error(request, str(refused))
        return redirect("people:profile", uuid)
    return redirect("people:assessment", key)


@never_cache
@require_safe
@login_required
def paper(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The profile as a PDF, with all that was answered: for its owner."""
    found = own_profile(request, uuid)
    reviewing.credited([found])
    busy = too_often(request, "assessment-paper", MOST_PAPERS)
    try:
        if not busy:
            return paper_of(found)
    except TooBusy:
        pass
    messages.error(request, _("D’autres fichiers se préparent. Revenez un peu plus tard."))
    return redirect("people:profile", uuid)


@never_cache
@require_POST
@login_required
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to answer for one's initiative: the pages of questions are those of everybody."""
    person = person_of(request)
    found = get_object_or_404(Initiative.objects.defer("search"), slug=slug.replace("\x00", ""))
    require(person, Action.ASSESS_INITIATIVE, found)
    version = asked(PROFILE)
    if version is None:
        raise Http404
    if too_often(request, "profile-begun", BEGUN):
        messages.error(
            request, _("Beaucoup de réponses sont déjà venues de votre connexion. Revenez dans une heure.")
        )
        return redirect("people:profiles")
    _response, key = answering.begin(version, language=language(), initiative=found, account=person)
    first = version.parsed.dimensions[0].slug
    return redirect("people:assessment_questions", key, first)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tie(request: HttpRequest, key: str) -> HttpResponse:
    """Make answers given without an account the profile of one's initiative."""
    person = person_of(request)
    try:
        found = answering.by_key(key)
    except BadLink:
        return render(request, "frontend/account/bad_link.html", status=404)
    own = owning.own_initiatives(person)
    form = TieForm(request.POST if request.method == "POST" else None, initiatives=own)
    if form.is_bound and form.is_valid():
        try:
            tied = owning.tie(found, form.cleaned_data["initiative"], person)
        except ResponseRefused as refused:
            form.add_error(None, str(refused))
        else:
            said = _("C’est le profil de votre initiative. Personne ne le voit que vous et votre équipe.")
            messages.success(request, said)
            return redirect("people:profile", tied.uuid)
    return render(
        request, "frontend/account/profiles/tie.html", {"form": form, "key": key, "own": own.exists()}
    )


@never_cache
@require_safe
@login_required
def profile(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A profile, its years, who vouches for it. For its owner, and for whom the owner lets read it."""
    person, found = person_of(request), any_profile(uuid)
    if not owning.readable(person, found):
        raise NotAllowed(Action.READ_ASSESSMENTS, found.initiative)
    assert found.initiative is not None  # any_profile
    owner = may(person, Action.ASSESS_INITIATIVE, found.initiative)
    earlier = [each for each in past_of(found, person) if each.pk != found.pk]
    reviews = found.reviews.select_related("initiative", "grouping", "territory").defer("territory__geometry")
    context = {
        **shown(found, earlier),
        "owner": owner,
        "reviews": list(reviews) if owner else [],
        "interviewers": reviewing.attesters(person, found),
    }
    return render(request, "frontend/account/profiles/profile.html", context)


def past_of(profile: Response, person: User) -> list[Response]:
    """The profiles of the same initiative and questionnaire that this person reads, up to its year."""
    assert profile.initiative is not None  # any_profile
    rows = profile.initiative.responses.filter(
        version__questionnaire=profile.version.questionnaire,
        year__lt=profile.year,
        sharing__in=owning.audience(person, profile.initiative),
    )
    return next(iter(owning.yearly(rows)), [])


def shown(found: Response, earlier: list[Response]) -> dict[str, Any]:
    """What every page that shows a profile says of it. ``earlier``: the latest first."""
    shape = profile_of(found.version.parsed, found.answers)
    return {
        "profile": reviewing.credited([found])[0],
        "initiative": found.initiative,
        "shape": shape,
        "radar": drawn(shape, earlier[0] if earlier else None),
        "before": earlier[0] if earlier else None,
        "years": years([found, *earlier]),
        "standing": reviewing.standing(found),
    }


@method_decorator([never_cache, login_required], name="dispatch")
class Share(View):
    """Who sees a profile; sharing it fixes its answers."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found = own_profile(request, uuid)
        initial = {"sharing": found.sharing, "citable": found.citable, "year": found.year}
        return self.page(request, found, ShareForm(initial=initial))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found, form = own_profile(request, uuid), ShareForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                owning.share(
                    found, person_of(request), given["sharing"], citable=given["citable"], year=given["year"]
                )
            except ResponseRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, SHARED[Sharing(given["sharing"])])
                return redirect("people:profile", uuid)
        return self.page(request, found, form)

    def page(self, request: HttpRequest, found: Response, form: ShareForm) -> HttpResponse:
        return render(request, "frontend/account/profiles/share.html", {"profile": found, "form": form})


@method_decorator([never_cache, login_required], name="dispatch")
class Invite(View):
    """Ask somebody to read a profile, by letter."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.page(request, own_profile(request, uuid), InviteForm())

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found, form, person = own_profile(request, uuid), InviteForm(request.POST), person_of(request)
        if not form.is_valid():
            return self.page(request, found, form)
        if too_often(request, "review-asked", INVITED):
            form.add_error(None, _("Beaucoup d’invitations sont déjà parties. Revenez dans une heure."))
            return later(self.page(request, found, form, status=429))
        given = form.cleaned_data
        try:
            reviewing.invite(found, person, given["email"], given["kind"], language())
        except ResponseRefused as refused:
            form.add_error(None, str(refused))
            return self.page(request, found, form)
        messages.success(request, _("L’invitation part."))
        return redirect("people:profile", uuid)

    def page(self, request: HttpRequest, found: Response, form: InviteForm, **options: Any) -> HttpResponse:
        context = {"profile": found, "form": form}
        return render(request, "frontend/account/profiles/invite.html", context, **options)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = own_profile(request, uuid)
    if request.method == "POST":
        owning.discard(found, person_of(request))
        messages.success(request, _("Le profil est effacé."))
        return redirect("people:profiles")
    return render(request, "frontend/account/profiles/discard.html", {"profile": found})


@never_cache
@require_safe
@login_required
def of_grouping(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The profiles that the members of a network share with it, and what they say together."""
    found = get_object_or_404(Grouping, uuid=uuid)
    require(person_of(request), Action.READ_ASSESSMENTS, found)
    counted = (statistics.of_grouping(found, each) for each in Questionnaire.objects.order_by("pk"))
    context = {
        "grouping": found,
        "rows": [
            (each, profile_of(each.version.parsed, each.answers).rows)
            for each in reviewing.credited(owning.of_grouping(found))
        ],
        "together": [
            (each, dimensions(each.version.parsed, each.dimensions)) for each in counted if each is not None
        ],
        "page": reverse(f"frontend:{found.kind}", args=[found.slug]),
    }
    return render(request, "frontend/account/profiles/grouping.html", context)
