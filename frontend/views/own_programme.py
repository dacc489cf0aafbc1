"""The programme of one's event: its sessions, and what is told in each."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from events import holding
from events.models import Event, Session, Testimony
from frontend.event_forms import SessionForm, TestimonyForm
from frontend.views.own_events import event_of, tried
from frontend.views.roles import person_of

FARTHEST = 2**63 - 1  # numbers of rows end there


def session_of(event: Event, pk: int) -> Session:
    return get_object_or_404(event.sessions.select_related("event"), pk=min(pk, FARTHEST))


def testimony_of(event: Event, pk: int) -> Testimony:
    rows = Testimony.objects.filter(session__event=event).select_related(
        "session__event", "initiative", "commune__departement"
    )
    return get_object_or_404(rows, pk=min(pk, FARTHEST))


@method_decorator([never_cache, login_required], name="dispatch")
class AddSession(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = event_of(request, slug)
        return self.page(request, event, SessionForm(event=event))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event, person = event_of(request, slug), person_of(request)
        form = SessionForm(request.POST, event=event)
        if form.is_valid() and tried(form, lambda: holding.add_session(event, person, form.cleaned_data)):
            messages.success(request, _("Le moment est ajouté au programme."))
            again = "people:event_session_add" if "again" in request.POST else "people:event"
            return redirect(again, slug)
        return self.page(request, event, form)

    def page(self, request: HttpRequest, event: Event, form: BaseForm) -> HttpResponse:
        return render(request, "frontend/account/events/session.html", {"event": event, "form": form})


@method_decorator([never_cache, login_required], name="dispatch")
class EditSession(View):
    """Change a session; the same page takes it out (``remove``)."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        event = event_of(request, slug)
        found = session_of(event, pk)
        return self.page(request, event, found, SessionForm(event=event, session=found))

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        event, person = event_of(request, slug), person_of(request)
        found = session_of(event, pk)
        if "remove" in request.POST:
            holding.remove_session(found, person)
            messages.success(request, _("Ce moment est retiré du programme, avec ses témoignages."))
            return redirect("people:event", slug)
        form = SessionForm(request.POST, event=event, session=found)
        if form.is_valid() and tried(form, lambda: holding.edit_session(found, person, form.cleaned_data)):
            messages.success(request, _("C’est enregistré."))
            return redirect("people:event", slug)
        return self.page(request, event, found, form)

    def page(self, request: HttpRequest, event: Event, found: Session, form: BaseForm) -> HttpResponse:
        context = {"event": event, "session": found, "form": form}
        return render(request, "frontend/account/events/session.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class AddTestimony(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        event = event_of(request, slug)
        return self.page(request, event, session_of(event, pk), TestimonyForm())

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        event, person = event_of(request, slug), person_of(request)
        session, form = session_of(event, pk), TestimonyForm(request.POST)
        if form.is_valid() and tried(form, lambda: holding.add_testimony(session, person, form.cleaned_data)):
            messages.success(request, _("Le témoignage est ajouté."))
            return redirect("people:event", slug)
        return self.page(request, event, session, form)

    def page(self, request: HttpRequest, event: Event, session: Session, form: BaseForm) -> HttpResponse:
        context = {"event": event, "session": session, "form": form}
        return render(request, "frontend/account/events/testimony.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class EditTestimony(View):
    """Change a testimony; the same page takes it out (``remove``)."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        event = event_of(request, slug)
        found = testimony_of(event, pk)
        return self.page(request, event, found, TestimonyForm(testimony=found))

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        event, person = event_of(request, slug), person_of(request)
        found, form = testimony_of(event, pk), TestimonyForm(request.POST)
        if "remove" in request.POST:
            holding.remove_testimony(found, person)
            messages.success(request, _("Le témoignage est retiré."))
            return redirect("people:event", slug)
        if form.is_valid() and tried(form, lambda: holding.edit_testimony(found, person, form.cleaned_data)):
            messages.success(request, _("C’est enregistré."))
            return redirect("people:event", slug)
        return self.page(request, event, found, form)

    def page(self, request: HttpRequest, event: Event, found: Testimony, form: BaseForm) -> HttpResponse:
        context = {"event": event, "session": found.session, "testimony": found, "form": form}
        return render(request, "frontend/account/events/testimony.html", context)
