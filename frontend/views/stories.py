"""Experience sheets and testimonies: read by everyone, written, proposed and taken back by their author."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pace import too_often
from directory import stories as verbs
from directory.errors import StoryRefused
from directory.models import Initiative, RoleKind, Story, StoryKind
from directory.permissions import Action, may, require
from frontend.guarded import later
from frontend.story_forms import StoryForm
from frontend.views.initiative import elsewhere, read
from frontend.views.roles import person_of
from frontend.views.ties import published

MOST = 60  # texts kept or sent in an hour from one connection


@require_safe
def story(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """One that is published; where the initiative took another name it leads there."""
    told = Story.objects.published().filter(uuid=uuid).select_related("initiative").first()
    if told is None:
        found = read(slug)
        if found is None:
            return elsewhere(request, slug)
        raise Http404
    if told.initiative.slug != slug:
        return HttpResponsePermanentRedirect(
            reverse("frontend:story", args=[told.initiative.slug, told.uuid])
        )
    return render(request, "frontend/story.html", {"story": told, "initiative": told.initiative})


@never_cache
@require_safe
@login_required
def own_stories(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    held = person.roles.held().filter(kind=RoleKind.OWNER)
    context = {
        "stories": person.stories.select_related("initiative").order_by("-created_at"),
        "owned": Initiative.objects.published().filter(roles__in=held).order_by("name_sort"),
        "waiting": verbs.decidable(person).count(),
    }
    return render(request, "frontend/account/stories.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class WriteStory(View):
    """A draft, kept or proposed at once."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, kind: str) -> HttpResponse:
        found = self.found(request, slug, kind)
        language = (get_language() or "fr")[:2]
        return self.page(request, found, kind, StoryForm(kind=kind, initial={"language": language}))

    def post(self, request: HttpRequest, slug: str, kind: str) -> HttpResponse:
        found, form = self.found(request, slug, kind), StoryForm(request.POST, kind=kind)
        if too_many(request, form):
            return later(self.page(request, found, kind, form, status=429))
        if form.is_valid():
            try:
                made = verbs.write(person_of(request), found, kind, form.said())
                return kept(request, made)
            except StoryRefused as refusal:
                form.add_error(None, str(refusal))
        return self.page(request, found, kind, form)

    def found(self, request: HttpRequest, slug: str, kind: str) -> Initiative:
        if kind not in StoryKind.values:
            raise Http404
        found = published(slug)
        require(person_of(request), verbs.WRITE[StoryKind(kind)], found)
        return found

    def page(
        self, request: HttpRequest, found: Initiative, kind: str, form: StoryForm, **options: Any
    ) -> HttpResponse:
        context = {"initiative": found, "kind": StoryKind(kind), "form": form}
        return render(request, "frontend/account/story_write.html", context, **options)


@method_decorator([never_cache, login_required], name="dispatch")
class EditStory(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        told = own_story(request, uuid)
        return self.page(request, told, StoryForm(kind=told.kind, story=told))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        told = own_story(request, uuid)
        form = StoryForm(request.POST, kind=told.kind)
        if too_many(request, form):
            return later(self.page(request, told, form, status=429))
        if form.is_valid():
            try:
                return kept(request, verbs.rewrite(told, person_of(request), form.said()))
            except StoryRefused as refusal:
                form.add_error(None, str(refusal))
        return self.page(request, told, form)

    def page(self, request: HttpRequest, told: Story, form: StoryForm, **options: Any) -> HttpResponse:
        context = {"initiative": told.initiative, "kind": StoryKind(told.kind), "form": form, "story": told}
        return render(request, "frontend/account/story_write.html", context, **options)


def too_many(request: HttpRequest, form: StoryForm) -> bool:
    """Count this text; True, and the form says so, where its connection sent too many."""
    if not too_often(request, "stories", MOST):
        return False
    form.add_error(None, _("Beaucoup de textes sont déjà venus de votre connexion. Revenez dans une heure."))
    return True


def kept(request: HttpRequest, made: Story) -> HttpResponse:
    """The draft is kept; proposed too where that button was pressed."""
    if request.POST.get("do") == "send":
        try:
            verbs.send(made, person_of(request))
        except StoryRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("C’est proposé : une personne qui modère ce territoire va le lire."))
            return redirect("people:stories")
    else:
        messages.success(request, _("Le brouillon est gardé. Personne d’autre que vous ne le voit."))
    return redirect("people:story", made.uuid)


@method_decorator([never_cache, login_required], name="dispatch")
class OwnStory(View):
    """One's own text, its state, and what can be done of it."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.page(request, own_story(request, uuid))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        told, person = own_story(request, uuid), person_of(request)
        do = DONE.get(request.POST.get("do", ""))
        if do is None:
            return self.page(request, told, _("Choisissez un des boutons."), 409)
        verb, words = do
        try:
            verb(told, person)
        except StoryRefused as refusal:
            told.refresh_from_db()
            return self.page(request, told, str(refusal), 409)
        messages.success(request, words())
        return redirect("people:stories")

    def page(self, request: HttpRequest, told: Story, problem: str = "", status: int = 200) -> HttpResponse:
        context = {"story": told, "initiative": told.initiative, "problem": problem}
        return render(request, "frontend/account/story.html", context, status=status)


DONE: dict[str, tuple[Callable[..., object], Callable[[], str]]] = {
    "send": (verbs.send, lambda: _("C’est proposé : une personne qui modère ce territoire va le lire.")),
    "withdraw": (verbs.withdraw, lambda: _("Votre récit est retiré : plus personne ne le lit ici.")),
    "discard": (verbs.discard, lambda: _("Votre récit est effacé pour de bon.")),
}


def own_story(request: HttpRequest, uuid: UUID) -> Story:
    """Of whoever asks; for others there is none."""
    told = get_object_or_404(Story.objects.select_related("initiative"), uuid=uuid)
    if not may(person_of(request), Action.EDIT_STORY, told):
        raise Http404
    return told
