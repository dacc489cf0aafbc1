"""« Mes listes », in one’s account: kept, filled, frozen, shared and effaced."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from directory import listings as verbs
from directory.errors import ListingRefused
from directory.facets import count
from directory.filters import SearchForm, saved_criteria
from directory.models import Initiative, Listing
from directory.paging import Row
from directory.permissions import Action, may
from frontend.addresses import search_address
from frontend.cards import cards
from frontend.guarded import written_about
from frontend.listing_forms import AddForm, KeepForm, NameForm, PicksForm, Typed
from frontend.listing_head import listing_head
from frontend.refusals import refusals
from frontend.sectors import Taxonomy
from frontend.tokens import tokens
from frontend.views.roles import person_of

PER_PAGE = 30
LONGEST_OFFERED = 120


@never_cache
@require_safe
@login_required
def own_listings(request: HttpRequest) -> HttpResponse:
    page = Paginator(verbs.own(person_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(each, count(verbs.criteria_of(each))) for each in page]
    return render(request, "frontend/account/listings.html", {"rows": rows, "page": page, "most": verbs.MOST})


@never_cache
@require_safe
@login_required
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """What it holds, who reads it, what may be done with it."""
    found = kept(request, slug)
    criteria = verbs.criteria_of(found)
    taxonomy = Taxonomy()
    context = {
        "listing": found,
        "head": listing_head(criteria, taxonomy),
        "count": count(criteria),
        "address": request.build_absolute_uri(reverse("frontend:listing", args=[found.slug])),
        "search_href": search_of(found),
        "events": events_of(found),
    }
    return render(request, "frontend/account/listing.html", context)


def search_of(found: Listing) -> str:
    """Its criteria on the map, where others are chosen; the whole map where it has none."""
    saved = saved_criteria(found)
    return search_address(saved.params if saved else {})


def events_of(found: Listing) -> list[Any]:
    """The events that invite from it; none where there is no such room."""
    related = getattr(found, "events", None)
    return list(related.order_by("start")) if related is not None else []


@method_decorator([never_cache, login_required], name="dispatch")
class KeepListing(View):
    """The search of the address, kept as a list; or what was picked."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        criteria = SearchForm(request.GET).criteria()
        words = ", ".join(each.label for each in tokens(criteria, Taxonomy()))
        return self.page(request, self.form(request, initial={"name": words[:LONGEST_OFFERED]}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request, request.POST)
        if not form.is_valid():
            return self.page(request, form)
        try:
            made = self.keep(person_of(request), form)
        except ListingRefused as refusal:
            form.add_error(None, str(refusal))
            return self.page(request, form)
        if lost := form.cleaned_data["picks"].lost():
            messages.warning(request, lost)
        messages.success(request, _("La liste est enregistrée."))
        return redirect("people:listing", made.slug)

    def form(self, request: HttpRequest, *args: Any, **options: Any) -> KeepForm:
        own = [each for each in verbs.own(person_of(request)) if each.frozen_at is None]
        return KeepForm(*args, own=own, criteria=asked_in(request), **options)

    def keep(self, person: User, form: KeepForm) -> Listing:
        given, criteria, target = form.cleaned_data, form.criteria or None, form.target
        typed: Typed = given["picks"]
        if target is None:
            return verbs.create(person, given["name"], given["note"], criteria, typed.found)
        search = SearchForm(verbs.read(criteria or "")).criteria()
        if search.asked() & {"ids", "listing"}:  # they are added: what the list has stays
            verbs.pick(
                target, person, search.initiatives().values_list("pk", flat=True)[: verbs.MOST_PICKS + 1]
            )
        elif criteria:
            verbs.set_criteria(target, person, criteria)
        verbs.pick(target, person, typed.found)
        return target

    def page(self, request: HttpRequest, form: KeepForm) -> HttpResponse:
        asked = SearchForm(request.GET)
        criteria = asked.criteria()
        context = {
            "form": form,
            "words": [each.label for each in tokens(criteria, Taxonomy())],
            "refusals": refusals(asked),
            "count": count(criteria) if criteria.asked() else None,
            "from_browser": request.GET.get("de") == "navigateur",
        }
        return render(request, "frontend/account/listing_new.html", context)


def asked_in(request: HttpRequest) -> str:
    """The search in the address of the page, as a query string."""
    criteria = SearchForm(request.GET).criteria()
    return urlencode(criteria.params, safe=",:") if criteria.asked() else ""


@method_decorator([never_cache, login_required], name="dispatch")
class AddToListing(View):
    """One initiative into one of one’s lists."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, initiative: str) -> HttpResponse:
        own = self.own(request)
        return self.page(request, written_about(initiative), AddForm(own=own), bool(own))

    def post(self, request: HttpRequest, initiative: str) -> HttpResponse:
        found, own = written_about(initiative), self.own(request)
        form = AddForm(request.POST, own=own)
        if not form.is_valid():
            return self.page(request, found, form, bool(own))
        target = form.own[form.cleaned_data["into"]]
        try:
            verbs.pick(target, person_of(request), [found.pk])
        except ListingRefused as refusal:
            form.add_error(None, str(refusal))
            return self.page(request, found, form, True)
        said = _("« {initiative} » est dans la liste.").format(initiative=found.name)
        messages.success(request, said)
        return redirect("people:listing", target.slug)

    def own(self, request: HttpRequest) -> list[Listing]:
        return [each for each in verbs.own(person_of(request)) if each.frozen_at is None]

    def page(self, request: HttpRequest, found: Initiative, form: AddForm, some: bool) -> HttpResponse:
        context = {"initiative": found, "form": form, "some": some}
        return render(request, "frontend/account/listing_add.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class NameListing(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = kept(request, slug)
        form = NameForm(initial={"name": found.name, "note": found.note})
        return render(request, "frontend/account/listing_name.html", {"listing": found, "form": form})

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found, form = kept(request, slug), NameForm(request.POST)
        if form.is_valid():
            try:
                verbs.rename(found, person_of(request), **form.cleaned_data)
            except ListingRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("C’est enregistré."))
                return redirect("people:listing", found.slug)
        return render(request, "frontend/account/listing_name.html", {"listing": found, "form": form})


@method_decorator([never_cache, login_required], name="dispatch")
class ListingContent(View):
    """What it shows, a page at a time, to take out by hand; what was taken out, to put back; what to add."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.page(request, kept(request, slug), PicksForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found, person = kept(request, slug), person_of(request)
        form = PicksForm(request.POST if "add" in request.POST else None)
        try:
            if "add" in request.POST:
                if not form.is_valid():
                    return self.page(request, found, form)
                typed: Typed = form.cleaned_data["picks"]
                verbs.pick(found, person, typed.found)
                if typed.unknown:
                    messages.warning(request, typed.lost())
            elif "back" in request.POST:
                verbs.forget_picks(found, person, numbers(request, "back"))
            else:
                verbs.unpick(found, person, numbers(request, "out"))
        except ListingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("C’est enregistré."))
        page = request.GET.get("page", "")
        onward = reverse("people:listing_content", args=[found.slug])
        return redirect(f"{onward}?page={page}" if page.isdigit() else onward)

    def page(self, request: HttpRequest, found: Listing, form: PicksForm) -> HttpResponse:
        shown = verbs.criteria_of(found).ordered().values_list("pk", flat=True)
        page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
        out = found.picks.filter(included=False).order_by("initiative__name_sort")
        context = {
            "listing": found,
            "form": form,
            "page": page,
            "cards": cards([Row(pk, None) for pk in page], Taxonomy()),
            "out": out.select_related("initiative").defer("initiative__search")[: verbs.MOST_PICKS],
        }
        return render(request, "frontend/account/listing_content.html", context)


def numbers(request: HttpRequest, name: str) -> list[int]:
    """The ticked boxes of a name, those that hold a number that a table may have."""
    given = request.POST.getlist(name)
    return [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 18]


@never_cache
@require_POST
@login_required
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    found = kept(request, slug)
    try:
        verbs.freeze(found, person_of(request))
    except ListingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        found.refresh_from_db(fields=["frozen_count"])
        number = found.frozen_count or 0
        said = ngettext(
            "La liste est figée, avec une initiative.", "La liste est figée, avec {n} initiatives.", number
        )
        messages.success(request, said.format(n=number))
    return redirect("people:listing", found.slug)


@never_cache
@require_POST
@login_required
def unfreeze(request: HttpRequest, slug: str) -> HttpResponse:
    found = kept(request, slug)
    verbs.unfreeze(found, person_of(request))
    messages.success(request, _("La liste suit de nouveau l’annuaire."))
    return redirect("people:listing", found.slug)


@never_cache
@require_POST
@login_required
def renew_key(request: HttpRequest, slug: str) -> HttpResponse:
    found = verbs.renew_key(kept(request, slug), person_of(request))
    messages.success(request, _("Le lien a changé : l’ancien n’ouvre plus rien."))
    return redirect("people:listing", found.slug)


@method_decorator([never_cache, login_required], name="dispatch")
class DiscardListing(View):
    """A page that asks, then does."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = kept(request, slug)
        context = {"listing": found, "events": events_of(found)}
        return render(request, "frontend/account/listing_discard.html", context)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        verbs.discard(kept(request, slug), person_of(request))
        messages.success(request, _("La liste est effacée."))
        return redirect("people:listings")


def kept(request: HttpRequest, slug: str) -> Listing:
    """404 for one that is not there or that somebody else keeps."""
    found = None if "\x00" in slug else Listing.objects.filter(slug=slug).first()
    if found is None or not may(person_of(request), Action.EDIT_LISTING, found):
        raise Http404
    return found
