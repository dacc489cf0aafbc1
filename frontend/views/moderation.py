"""What waits for a moderator: proposals, decided one by one or several at once; reports and claims beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.models import User
from contributions import digest, moderating
from contributions.errors import AlreadyDecided, ListingChanged, ProposalRefused
from contributions.models import Digest, Proposal, ProposalKind
from directory.reports import sees_to_reports
from frontend.moderation_forms import LetterForm, RefuseForm
from frontend.moderation_shown import in_short, likely, words_of
from frontend.quantities import plain
from frontend.versions import Line as Change
from frontend.views.roles import person_of

PER_PAGE = 25
KINDS = {
    "": gettext_lazy("Tout"),
    ProposalKind.NEW.value: gettext_lazy("Nouvelles"),
    ProposalKind.CORRECTION.value: gettext_lazy("Corrections"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal in the list, with what a correction would change; ``stale`` where its listing was changed
    since, ``doubles`` how many it may double: both are to be looked at before they are accepted."""

    proposal: Proposal
    changes: list[Change]
    stale: bool
    doubles: int
    ticked: bool


@method_decorator([never_cache, login_required], name="dispatch")
class Queue(View):
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not sees_to_reports(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, RefuseForm(prefix="lot"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Accept or refuse those that are ticked, each on its own: what cannot be done is said."""
        person, form = person_of(request), RefuseForm(request.POST, prefix="lot")
        chosen = ticked(request, person)
        do = request.POST.get("do", "")
        if not chosen:
            messages.error(request, _("Cochez d’abord une ou plusieurs propositions."))
        elif do == "accept":
            say(request, Counter(accepted(each, person) for each in chosen))
        elif do == "refuse":
            if not form.is_valid():
                return self.page(request, form, {each.pk for each in chosen})
            say(request, Counter(refused(each, person, form) for each in chosen))
        return redirect(f"{reverse('people:moderation')}?{kept(request)}".rstrip("?"))

    def page(self, request: HttpRequest, form: RefuseForm, ticks: set[int] = frozenset()) -> HttpResponse:  # type: ignore[assignment]
        person = person_of(request)
        kind = request.GET.get("nature", "")
        found = moderating.queue(person)
        if kind in KINDS and kind:
            found = found.filter(kind=kind)
        shown: Page[Proposal] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        letter = Digest.objects.filter(person=person).first()
        context = {
            "page": shown, "lines": lines(shown, person, ticks), "form": form,
            "waiting": digest.waiting_for(person), "kind": kind, "query": f"nature={kind}&" if kind else "",
            "kinds": [(value, label, value == kind) for value, label in KINDS.items()],
            "written_to": letter is None or letter.wanted,
        }  # fmt: skip
        return render(request, "frontend/account/moderation/queue.html", context)


def lines(proposals: Iterable[Proposal], by: User, ticks: set[int]) -> list[Line]:
    told = [(each, moderating.differences(each) if each.initiative else []) for each in proposals]
    words = words_of(each for _proposal, found in told for each in found)
    return [
        Line(
            proposal, in_short(found, words), any(each.stale for each in found),
            sum(each.doubles for each in likely(proposal, by)), proposal.pk in ticks,
        )
        for proposal, found in told
    ]  # fmt: skip


def kept(request: HttpRequest) -> str:
    """The part of the list that one was looking at."""
    kind = request.GET.get("nature", "")
    return f"nature={kind}" if kind in KINDS and kind else ""


def ticked(request: HttpRequest, person: User) -> list[Proposal]:
    """Those of the person's queue that are ticked; what is no identifier, or of elsewhere, is passed over."""
    uuids = []
    for text in request.POST.getlist("p")[:PER_PAGE]:
        try:
            uuids.append(UUID(text))
        except ValueError:
            continue
    return list(moderating.queue(person).filter(uuid__in=uuids))


def accepted(proposal: Proposal, by: User) -> str:
    """What came of it: done, gone, changed, doubles or wrong."""
    if any(each.doubles for each in likely(proposal, by)):
        return "doubles"
    try:
        moderating.accept(proposal, by)
    except AlreadyDecided:
        return "gone"
    except ListingChanged:
        return "changed"
    except (ProposalRefused, PermissionDenied):
        return "wrong"
    return "accepted"


def refused(proposal: Proposal, by: User, form: RefuseForm) -> str:
    try:
        moderating.refuse(proposal, by, form.reason_for(proposal))
    except AlreadyDecided:
        return "gone"
    return "refused"


def say(request: HttpRequest, found: Counter[str]) -> None:
    """One sentence for each end that some of them came to."""
    for end, sentence in (
        ("accepted", ngettext("{n} proposition acceptée.", "{n} propositions acceptées.", found["accepted"])),
        ("refused", ngettext("{n} proposition refusée.", "{n} propositions refusées.", found["refused"])),
        ("gone", ngettext(
            "{n} proposition avait déjà sa réponse.", "{n} propositions avaient déjà leur réponse.",
            found["gone"],
        )),
        ("changed", ngettext(
            "{n} proposition reste : la fiche a changé depuis, ouvrez-la.",
            "{n} propositions restent : leur fiche a changé depuis, ouvrez-les.", found["changed"],
        )),
        ("doubles", ngettext(
            "{n} proposition reste : elle ressemble à une fiche qui existe, ouvrez-la.",
            "{n} propositions restent : elles ressemblent à une fiche qui existe, ouvrez-les.",
            found["doubles"],
        )),
        ("wrong", ngettext(
            "{n} proposition reste : elle ne peut pas être publiée telle quelle, ouvrez-la.",
            "{n} propositions restent : elles ne peuvent pas être publiées telles quelles, ouvrez-les.",
            found["wrong"],
        )),
    ):  # fmt: skip
        if found[end]:
            level = messages.success if end in ("accepted", "refused") else messages.warning
            level(request, sentence.format(n=plain(found[end])))


@method_decorator([never_cache, login_required], name="dispatch")
class Letter(View):
    """Whether one wants the letter that tells what waits."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not sees_to_reports(request.user):
            raise PermissionDenied
        kept = Digest.objects.filter(person=person_of(request)).first()
        context = {"form": LetterForm(initial={"wanted": kept is None or kept.wanted}), "kept": kept}
        return render(request, "frontend/account/moderation/letter.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not sees_to_reports(request.user):
            raise PermissionDenied
        form = LetterForm(request.POST)
        form.is_valid()
        digest.choose(person_of(request), form.cleaned_data["wanted"])
        messages.success(request, _("C’est noté."))
        return redirect("people:moderation")
