"""Contacts of an initiative: entered by who answers for it, answered for by the person herself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.consent import wording
from accounts.pace import too_often
from directory import contacts as verbs
from directory import relay
from directory.errors import ContactRefused
from directory.models import Consent, ConsentPurpose, Contact, Grouping, Initiative, RoleKind
from directory.permissions import Action, require
from frontend.contact_forms import ContactForm, LinkForm, OwnDetails
from frontend.guarded import later, without_account
from frontend.views.roles import person_of

MOST_LINKS = 5  # asked for by one address of the network in an hour


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person answered to a purpose, last: ``state`` is yes, waiting (declared for her) or no."""

    purpose: str
    state: str
    latest: Consent | None


def answered(contact: Contact) -> list[Answered]:
    found = []
    for purpose, latest in verbs.answers(contact).items():
        yes = bool(latest and latest.granted)
        state = "yes" if verbs.in_force(contact, latest) else "waiting" if yes else "no"
        found.append(Answered(str(ConsentPurpose(purpose).label), state, latest))
    return found


@never_cache
@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Initiatives whose contacts one keeps, groupings whose contacts one may read, one’s own details."""
    person = person_of(request)
    held = person.roles.held()
    owned = Initiative.objects.filter(roles__in=held.filter(kind=RoleKind.OWNER)).order_by("name_sort")
    run = Grouping.objects.filter(roles__in=held.filter(kind=RoleKind.COORDINATOR)).order_by("name")
    own = Contact.objects.filter(email__iexact=person.email).select_related("initiative").order_by("pk")
    context = {
        "owned": owned.only("slug", "name"),
        "groupings": run,
        "own": [(each.initiative, verbs.token_of(each)) for each in own],
    }
    return render(request, "frontend/account/contacts.html", context)


@never_cache
@require_safe
@login_required
def of_initiative(request: HttpRequest, slug: str) -> HttpResponse:
    found = kept_by(request, slug)
    rows = [(each, answered(each)) for each in found.contacts.order_by("name", "pk")]
    stopped = found.relay_stops.filter(contact=None).exists()
    context = {"initiative": found, "contacts": rows, "stopped": stopped}
    return render(request, "frontend/account/initiative_contacts.html", context)


@never_cache
@require_POST
@login_required
def resume_messages(request: HttpRequest, slug: str) -> HttpResponse:
    found = kept_by(request, slug)
    relay.resume(found)
    messages.success(request, _("Le formulaire transmet de nouveau les messages."))
    return redirect("people:initiative_contacts", found.slug)


def kept_by(request: HttpRequest, slug: str) -> Initiative:
    """The initiative of this name, whose contacts this person may keep. 404, or NotAllowed."""
    if "\x00" in slug:
        raise Http404
    found = get_object_or_404(Initiative.objects.defer("search"), slug=slug)
    require(person_of(request), Action.EDIT_CONTACTS, found)
    return found


@method_decorator([never_cache, login_required], name="dispatch")
class EditContact(View):
    """Enter a person, or change what is known of her."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
        found, contact = self.both(request, slug, pk)
        return self.page(request, found, contact, ContactForm(contact=contact))

    def post(self, request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
        found, contact = self.both(request, slug, pk)
        form = ContactForm(request.POST, contact=contact)
        if not form.is_valid():
            return self.page(request, found, contact, form)
        person, told = person_of(request), (form.details(), form.granted(), form.cleaned_data["method"])
        try:
            if contact is None:
                contact = verbs.create(found, person, *told)
            else:
                contact = verbs.change(contact, person, *told)
        except ContactRefused as error:
            form.add_error(None, str(error))
            return self.page(request, found, contact, form)
        messages.success(request, self.done(contact, verbs.is_own(contact, person)))
        return redirect("people:initiative_contacts", found.slug)

    def both(self, request: HttpRequest, slug: str, pk: int | None) -> tuple[Initiative, Contact | None]:
        found = kept_by(request, slug)
        return found, get_object_or_404(found.contacts.all(), pk=pk) if pk else None

    def done(self, contact: Contact, own: bool) -> str:
        if contact.email and not own:
            return _("C’est enregistré. La personne répond elle-même, par le lien de son courriel.")
        return _("C’est enregistré.")

    def page(
        self, request: HttpRequest, found: Initiative, contact: Contact | None, form: Any
    ) -> HttpResponse:
        context = {"initiative": found, "contact": contact, "form": form}
        return render(request, "frontend/account/contact.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class EraseContact(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        found = kept_by(request, slug)
        context = {"initiative": found, "contact": get_object_or_404(found.contacts.all(), pk=pk)}
        return render(request, "frontend/account/contact_erase.html", context)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        found = kept_by(request, slug)
        verbs.erase(get_object_or_404(found.contacts.all(), pk=pk), by=person_of(request))
        messages.success(request, _("La personne est effacée, avec ses réponses."))
        return redirect("people:initiative_contacts", found.slug)


# -- « Vos coordonnées sur Maillage » : a signed link is all the authority needed. No cookie. ----


@without_account
def own_details(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows, a POST changes."""
    contact = verbs.by_token(token)
    form = OwnDetails(request.POST if request.method == "POST" else None, contact=contact)
    if request.method == "POST" and form.is_valid():
        verbs.correct(contact, {name: form.cleaned_data[name] for name in ("name", "role", "phone")})
        granted = form.granted()
        for purpose in ConsentPurpose.values:
            verbs.answer_consent(contact, purpose, purpose in granted)
        onward = f"{reverse('people:own_details', args=[token])}?noted=1"
        return HttpResponse(status=303, headers={"Location": onward})
    history = contact.consents.order_by("-at", "-pk")
    context = {
        "contact": contact,
        "token": token,
        "form": form,
        "noted": "noted" in request.GET,
        "answered": answered(contact),
        "history": [(each, shown_wording(each)) for each in history],
        "exports": contact.exports.select_related("export__grouping").order_by("-export__at"),
    }
    return render(request, "frontend/account/own_details.html", context)


def shown_wording(answer: Consent) -> str:
    """The text that was shown, as it was then; empty for one of before texts were kept."""
    try:
        return wording(answer.purpose, answer.wording_version)
    except LookupError:
        return ""


@without_account
def own_erase(request: HttpRequest, token: str) -> HttpResponse:
    contact = verbs.by_token(token)
    context = {"contact": contact, "token": token, "erased": False}
    if request.method == "POST":
        verbs.erase(contact)
        context["erased"] = True
    return render(request, "frontend/account/own_erase.html", context)


@without_account
def details(request: HttpRequest) -> HttpResponse:
    """Ask for the link to one's own details. The answer is the same whether there are any."""
    form = LinkForm(request.POST if request.method == "POST" else None, slug="coordonnees")
    if request.method != "POST" or not form.is_valid():
        return render(request, "frontend/account/details.html", {"form": form})
    if too_often(request, "details", MOST_LINKS):
        form.add_error(
            None, _("Plusieurs demandes sont déjà venues de votre connexion. Revenez dans une heure.")
        )
        return later(render(request, "frontend/account/details.html", {"form": form}, status=429))
    verbs.send_links(form.cleaned_data["email"])
    return render(request, "frontend/account/details.html", {"form": form, "asked": True})
