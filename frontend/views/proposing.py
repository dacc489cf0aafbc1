"""« Proposer une initiative », « Proposer une correction » : without an account, and without any script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.pace import too_often
from contributions import photos, proof, proposing
from contributions.errors import ProposalRefused
from contributions.following import key_of
from contributions.models import PhotoLicence, Proposal, ProposalState
from contributions.near import near
from directory.models import Initiative
from frontend.guarded import later, without_account, written_about
from frontend.participation import WAYS
from frontend.proposed import shown
from frontend.proposing_forms import STEPS, CorrectionForm, NewForm
from frontend.sectors import Taxonomy
from frontend.suggestions import suggestion_words
from printing.overseas import OVERSEAS

MOST = proposing.MOST_IN_AN_HOUR
MOST_STEPS = proposing.MOST_LOOKED_AT
LONGEST_PREFILLED = 200
TOO_MANY_PAGES = gettext_lazy(
    "Beaucoup de pages sont déjà venues de votre connexion. Revenez dans une heure."
)


@require_safe
def participate(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/participate.html", {"ways": WAYS})


@without_account
def propose(request: HttpRequest) -> HttpResponse:
    """A new initiative, a step at a time; what the steps said travels in the form."""
    holder = signed_in(request)
    if request.method != "POST":
        known = {"name": request.GET.get("name", "").replace("\x00", "")[:LONGEST_PREFILLED]}
        return page(request, NewForm(holder=number(holder), initial=known | written_by(holder)))
    at = request.POST.get("step", "")
    go = request.POST.get("go", "next")
    often = too_often(request, "proposal-step", MOST_STEPS)
    form = filled(request, holder, at if at in SLUGS else "place", files=go == "send" and not often)
    if often:
        form.add_error(None, TOO_MANY_PAGES)
        return later(page(request, form, whole=True, status=429))
    if go == "send":
        return send(request, form, holder, lambda: page_of_faults(request, form))
    if go in SLUGS:  # back, or to what is to be said otherwise: nothing is judged
        return page(request, filled(request, holder, go))
    if form.faults(form.step.names):
        return page(request, form, faults=form.step.names)
    if at == "place":
        found = near(form.said())
        if found:
            form.apart = True
            return page(request, form, near=found)
    return page(request, filled(request, holder, after(form.step.slug)))


SLUGS = tuple(step.slug for step in STEPS)


def after(slug: str) -> str:
    return SLUGS[min(SLUGS.index(slug) + 1, len(SLUGS) - 1)]


def filled(request: HttpRequest, holder: User | None, step: str, *, files: bool = False) -> NewForm:
    """A form reads its picture as soon as it is made: only what is sent, and counted, gives it any."""
    return NewForm(request.POST, request.FILES if files else None, holder=number(holder), step=step)


def page_of_faults(request: HttpRequest, form: NewForm, **options: Any) -> HttpResponse:
    """The first step that something is wrong with, or the last, where it is said what is."""
    form.step = form.first_faulty() or STEPS[-1]
    return page(request, form, faults=form.step.names, whole=True, **options)


def page(
    request: HttpRequest,
    form: NewForm,
    *,
    faults: Any = (),
    whole: bool = False,
    near: list[Any] | None = None,
    **options: Any,
) -> HttpResponse:
    """A step, or what stands ``near``. What is wrong is said of the fields named in ``faults``, and of the
    ``whole`` once it was sent."""
    at, last = SLUGS.index(form.step.slug), form.step == STEPS[-1]
    if form.is_bound and not faults:
        form.forgive()
    context = {
        **tools(),
        "form": form,
        "step": form.step,
        "steps": STEPS,
        "number": at + 1,
        "before": SLUGS[at - 1] if at else "",
        "faults": form.faults(faults),
        "general": form.non_field_errors() if whole else [],
        "trapped": whole and "homepage" in form.errors,
        "near": near,
        "told": shown(form.said()) if last and form.is_bound and form.is_told() else [],
    }
    return render(request, "frontend/proposing/propose.html", context, **options)


@without_account
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """What a page says, to be corrected in one go; its address of mail is not shown."""
    found = written_about(slug)
    holder = signed_in(request)
    if request.method != "POST":
        if found.slug != slug:
            return HttpResponsePermanentRedirect(reverse("frontend:correct", args=[found.slug]))
        form = CorrectionForm(
            listing=found, slug=found.slug, holder=number(holder), initial=written_by(holder)
        )
        return correction_page(request, found, form)
    often = too_often(request, "proposal-step", MOST_STEPS)
    files = None if often else request.FILES  # a picture is read as soon as the form is made
    form = CorrectionForm(request.POST, files, listing=found, slug=found.slug, holder=number(holder))
    if often:
        form.add_error(None, TOO_MANY_PAGES)
        return later(correction_page(request, found, form, status=429))
    return send(
        request, form, holder, lambda **options: correction_page(request, found, form, **options), found
    )


def correction_page(
    request: HttpRequest, found: Initiative, form: CorrectionForm, **options: Any
) -> HttpResponse:
    context = {**tools(), "form": form, "initiative": found}
    return render(request, "frontend/proposing/correct.html", context, **options)


def send(
    request: HttpRequest,
    form: Any,
    holder: User | None,
    again: Callable[..., HttpResponse],
    initiative: Initiative | None = None,
) -> HttpResponse:
    """Propose what the form says; ``again`` is its page, where something is wrong."""
    if not form.is_valid():
        return again()
    if too_often(request, "proposal", MOST):
        form.add_error(
            None,
            _("Beaucoup de propositions sont déjà venues d’ici. Envoyez celle-ci dans une heure."),
        )
        return later(again(status=429))
    try:
        made = proposed(form, holder, initiative)
    except ProposalRefused as refused:
        form.refuse(refused.faults)
        return again()
    if made.state == ProposalState.CONFIRM:
        return HttpResponse(status=303, headers={"Location": reverse("frontend:proposal_sent")})
    onward = f"{reverse('frontend:proposal_followed', args=[key_of(made)])}?sent=1"
    return HttpResponse(status=303, headers={"Location": onward})


@transaction.atomic
def proposed(form: Any, holder: User | None, initiative: Initiative | None) -> Proposal:
    """All or nothing: a photograph is not kept of what is refused."""
    given = form.cleaned_data
    own = holder if form.in_the_name_of() else None
    drawn = given["photo"]
    licence = given["licence"] or PhotoLicence.CC_BY_SA
    photo = photos.keep(drawn, given["alternative"], given["credit"], licence) if drawn else None
    return proposing.propose(
        form.said(),
        email=given["author"],
        account=own,
        language=(get_language() or "fr")[:2],
        initiative=initiative,
        photo=photo,
        said=given["remarks"],
        proven=own is not None or form.proven(),
        sent=proof.mark(given["challenge"]),
    )


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The same for every proposal that is to be confirmed: only the mail opens it."""
    return render(request, "frontend/proposing/sent.html")


def signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def number(holder: User | None) -> int | None:
    return holder.pk if holder else None


def written_by(holder: User | None) -> dict[str, str]:
    return {"author": holder.email} if holder else {}


def tools() -> dict[str, Any]:
    """What the scripts of the page need: words of suggestions, how hard the proof is."""
    return {
        "suggestion_words": suggestion_words(Taxonomy()),
        "overseas": OVERSEAS,
        "bits": proof.BITS,
    }
