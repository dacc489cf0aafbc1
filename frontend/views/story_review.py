"""Experience sheets and testimonies, read before they are published by who moderates the place."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory import stories as verbs
from directory.errors import StoryRefused
from directory.models import Story, StoryState
from directory.permissions import Action, require
from frontend.story_forms import StoryAnswerForm
from frontend.views.roles import person_of

PER_PAGE = 50
READABLE = (StoryState.WAITING, StoryState.PUBLISHED)


@never_cache
@require_safe
@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    rows = Paginator(verbs.decidable(person_of(request)), PER_PAGE)
    return render(
        request, "frontend/account/story_queue.html", {"page": rows.get_page(request.GET.get("page"))}
    )


@method_decorator([never_cache, login_required], name="dispatch")
class ReviewStory(View):
    """One text: to publish or to send back; to take down once it is published."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.page(request, self.asked(request, uuid), StoryAnswerForm())

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        told, form, person = self.asked(request, uuid), StoryAnswerForm(request.POST), person_of(request)
        do = request.POST.get("do", "")
        if do not in ("publish", "refuse", "take-down"):
            form.add_error(None, _("Choisissez un des boutons."))
        elif form.is_valid():
            reason, told.sent_at = form.cleaned_data["reason"], form.cleaned_data["sent_at"]
            try:
                if do == "publish":
                    verbs.publish(told, person)
                elif do == "refuse":
                    verbs.refuse(told, person, reason)
                else:
                    verbs.take_down(told, person, reason)
            except StoryRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("C’est fait, et la personne est prévenue."))
                return redirect("people:story_queue")
                told = self.asked(request, uuid)  # as it is now
        return self.page(request, told, form)

    def asked(self, request: HttpRequest, uuid: UUID) -> Story:
        """What waits or is published, on an initiative of this person's territories. 404, or NotAllowed."""
        told = get_object_or_404(Story.objects.select_related("initiative"), uuid=uuid)
        require(person_of(request), Action.DECIDE_STORY, told.initiative)
        if told.state not in READABLE:
            raise Http404  # a draft is nobody else's business
        return told

    def page(self, request: HttpRequest, told: Story, form: StoryAnswerForm) -> HttpResponse:
        context = {
            "story": told,
            "initiative": told.initiative,
            "form": form,
            "sent_at": told.sent_at.isoformat() if told.sent_at else "",
            "own": told.account_id == person_of(request).pk,
        }
        return render(request, "frontend/account/story_review.html", context)
