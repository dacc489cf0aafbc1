"""The self-assessment without an account: questions by dimension, the profile, the link that comes back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pace import too_often
from frontend.assessment_forms import LinkForm, NearForm, QuestionsForm
from frontend.guarded import later, without_account
from frontend.profile_paper import MOST_PAPERS, TooBusy, paper_of
from frontend.profiles import Profile, profile_of
from questionnaires import answering
from questionnaires.errors import SessionRefused
from questionnaires.inspiring import inspiring
from questionnaires.letters import send_link as post_link
from questionnaires.models import QuestionnaireVersion, Response
from questionnaires.versions import PROFILE, asked, every_asked
from territories.geometry import Point
from territories.models import Territory

# Of one address of the network, within the hour: a whole room may answer behind one.
MOST_BEGUN, MOST_ANSWERED, MOST_LINKS = 60, 1_200, 10
NEXT, STOP = "next", "stop"


def current(slug: str) -> QuestionnaireVersion:
    version = asked(slug)
    if version is None:
        raise Http404
    return version


@require_safe
def about(request: HttpRequest, slug: str = PROFILE) -> HttpResponse:
    """What is asked, how it is counted, who sees it."""
    version = current(slug)
    content, language = version.parsed, get_language() or "fr"
    context = {
        "title": content.title.say(language),
        "about": content.about.say(language),
        "dimensions": [
            (
                each.label.say(language),
                each.about.say(language) if each.about else "",
                len(content.of(each.slug)),
            )
            for each in content.dimensions
        ],
        "scale": [each.say(language) for each in content.scale],
        "not_applicable": content.not_applicable.say(language),
        "bands": profile_of(content, {}).bands,
        "content": content,
        "version": version,
        "begin": address("assessment_begin", slug),
        "others": [
            (each.title, address("assessment", each.questionnaire.slug))
            for each in every_asked()
            if each != version
        ],
    }
    return render(request, "frontend/assessment/about.html", context)


def address(name: str, slug: str) -> str:
    """Of a page of a questionnaire; the self-assessment has shorter ones."""
    return reverse(f"frontend:{name}", args=[] if slug == PROFILE else [slug])


@without_account
def begin(request: HttpRequest, slug: str = PROFILE) -> HttpResponse:
    """The first dimension; nothing is kept until it is sent."""
    version = current(slug)
    first = version.parsed.dimensions[0].slug
    form = QuestionsForm(request.POST if request.method == "POST" else None, version.parsed, first)
    if form.is_bound and form.is_valid():
        if too_often(request, "assessment", MOST_BEGUN):
            form.add_error(None, too_many())
            return later(page(request, version, first, form, status=429))
        answers = {name: answer for name, answer in form.given().items() if answer is not None}
        if answers:
            language = (get_language() or "fr")[:2]
            response, key = answering.begin(version, answers, language=language)
            return onward(request, response, key, first)
        form.add_error(None, _("Répondez à une question au moins : rien n’est gardé d’une page vide."))
    return page(request, version, first, form)


@without_account
def questions(request: HttpRequest, key: str, dimension: str) -> HttpResponse:
    """Those of one dimension. A GET shows, a POST keeps."""
    response = answering.by_key(key)
    content = response.version.parsed
    if dimension not in {each.slug for each in content.dimensions}:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = QuestionsForm(sent, content, dimension, response.answers)
    if sent is not None and form.is_valid():
        if too_often(request, "assessment-answers", MOST_ANSWERED):
            form.add_error(None, too_many())
            return later(page(request, response.version, dimension, form, key, status=429))
        try:
            return onward(request, answering.answer(response, form.given()), key, dimension)
        except SessionRefused as refused:
            form.add_error(None, str(refused))
    return page(request, response.version, dimension, form, key)


def page(
    request: HttpRequest,
    version: QuestionnaireVersion,
    dimension: str,
    form: QuestionsForm,
    key: str = "",
    **options: Any,
) -> HttpResponse:
    content, language = version.parsed, get_language() or "fr"
    slugs = [each.slug for each in content.dimensions]
    here = slugs.index(dimension)
    shown = content.dimensions[here]
    context = {
        "title": content.title.say(language),
        "dimension": shown.label.say(language),
        "about": shown.about.say(language) if shown.about else "",
        "steps": [(each.slug, each.label.say(language)) for each in content.dimensions],
        "slug": dimension,
        "place": here + 1,
        "last": here + 1 == len(slugs),
        "form": form,
        "key": key,
        "home": address("assessment", version.questionnaire.slug),
        "begin": address("assessment_begin", version.questionnaire.slug),
    }
    return render(request, "frontend/assessment/questions.html", context, **options)


def onward(request: HttpRequest, response: Response, key: str, here: str) -> HttpResponse:
    """Where the button that was pressed leads: the next dimension, another one, the profile."""
    slugs = [each.slug for each in response.version.parsed.dimensions]
    go = request.POST.get("go", NEXT)
    if go == NEXT and here != slugs[-1]:
        go = slugs[slugs.index(here) + 1]
    if go in slugs:
        return seen(reverse("people:assessment_questions", args=[key, go]))
    if go == NEXT:
        answering.finish(response)
    return seen(reverse("people:assessment", args=[key]) + ("?kept=1#garder" if go == STOP else ""))


def seen(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


def too_many() -> str:
    return _("Beaucoup de réponses sont déjà venues de votre connexion. Revenez dans une heure.")


# -- The profile ----------------------------------------------------------------------------------------


@without_account
def results(request: HttpRequest, key: str) -> HttpResponse:
    return shown(request, answering.by_key(key), key, LinkForm(slug=key))


def shown(request: HttpRequest, response: Response, key: str, form: LinkForm, **options: Any) -> HttpResponse:
    profile = profile_of(response.version.parsed, response.answers)
    # near the town that is asked for; near the initiative's own until then
    home = response.initiative.commune if response.initiative else None
    near = NearForm(request.GET if "place" in request.GET else None, initial={"place": home})
    town = (near.cleaned_data["place"] if near.is_valid() else None) if near.is_bound else home
    context = {
        "response": response,
        "profile": profile,
        "key": key,
        "home": address("assessment", response.version.questionnaire.slug),
        "form": form,
        "near": near,
        "town": town,
        "inspired": inspired(response, profile, town),
        "link": settings.SITE_URL + reverse("people:assessment", args=[key]),
        "erased_on": answering.erased_on(response),
        "kept": "kept" in request.GET,
        "sent": "sent" in request.GET,
    }
    return render(request, "frontend/assessment/results.html", context, **options)


def inspired(response: Response, profile: Profile, town: Territory | None) -> list[dict[str, Any]]:
    """By dimension of the advice, initiatives near this town."""
    if town is None or town.chief_place is None:
        return []
    near = Point(*town.chief_place.coords)
    slug, labels = response.version.questionnaire.slug, {row.slug: row.label for row in profile.rows}
    dimensions = dict.fromkeys(each.dimension for each in profile.advice) or labels
    return [
        {"label": labels[each], "found": inspiring(slug, each, near, response.initiative)}
        for each in dimensions
    ]


@without_account
def finish(request: HttpRequest, key: str) -> HttpResponse:
    response = answering.by_key(key)
    if request.method == "POST":
        with suppress(SessionRefused):  # its page says that it is over
            answering.finish(response)
    return seen(reverse("people:assessment", args=[key]))


@without_account
def send_link(request: HttpRequest, key: str) -> HttpResponse:
    """Mail the link to an address, which is not kept with the answers."""
    response = answering.by_key(key)
    if request.method != "POST":
        return seen(reverse("people:assessment", args=[key]) + "#garder")
    form = LinkForm(request.POST, slug=key)
    if not form.is_valid():
        return shown(request, response, key, form)
    if too_often(request, "assessment-link", MOST_LINKS):
        form.add_error(
            None, _("Beaucoup de liens sont déjà partis de votre connexion. Revenez dans une heure.")
        )
        return later(shown(request, response, key, form, status=429))
    post_link(response, key, form.cleaned_data["email"], (get_language() or "fr")[:2])
    return seen(reverse("people:assessment", args=[key]) + "?sent=1#garder")


@without_account
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """The profile as a PDF, or a page that says to ask again while others' are being made."""
    response = answering.by_key(key)
    if too_often(request, "assessment-paper", MOST_PAPERS):
        return busy(request, key, 429)
    try:
        return paper_of(response)
    except TooBusy:
        return busy(request, key, 503)


def busy(request: HttpRequest, key: str, status: int) -> HttpResponse:
    return later(render(request, "frontend/assessment/busy.html", {"key": key}, status=status))


@without_account
def erase(request: HttpRequest, key: str) -> HttpResponse:
    response = answering.by_key(key)
    if request.method == "POST":
        answering.erase(response)
        return render(request, "frontend/assessment/erased.html")
    return render(request, "frontend/assessment/erase.html", {"key": key})
