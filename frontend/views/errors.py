"""When a page cannot be given: said plainly, with a way on."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.defaults import ERROR_500_TEMPLATE_NAME


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):  # the page's own absolute addresses would be refused too
        return HttpResponseBadRequest("400 Bad Request", content_type="text/plain")
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Reads nothing from the database, which may be what is broken."""
    return render(request, ERROR_500_TEMPLATE_NAME, status=500)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages of filtered results are endless: crawlers keep to the pages of things."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /api/v1/",
        "Disallow: /*?",
        "Allow: /sitemap-",  # the later pages of a sitemap have a query
        "Allow: /",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
