"""The addresses of Maillage: machines first, then pages, French at the root and English in /en/."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import URLPattern, URLResolver, include, path

from config import health
from frontend.sitemaps import SITEMAPS
from frontend.views import errors, installing
from frontend.views.embed import colour
from frontend.views.oembed import oembed

# The second factor holds for the administration too.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Same address in every language.
urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/queue", health.queue, name="health_queue"),
    path("api/", include("api.urls")),
    path("oembed", oembed, name="oembed"),
    path("embed/colour-<str:name>.css", colour, name="embed_colour"),
    path("service-worker.js", installing.service_worker, name="service_worker"),
    path("robots.txt", errors.robots, name="robots"),
    path(
        "sitemap.xml",
        sitemaps.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemaps.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_section"),
]

# For people: French without a prefix, English under /en/.
urlpatterns += i18n_patterns(
    path("admin/", admin.site.urls),
    path("compte/", include("frontend.people_urls")),
    path("compte/", include("allauth.urls")),
    path("", include("frontend.urls")),
    prefix_default_language=False,
)

handler400 = "frontend.views.errors.bad_request"
handler403 = "frontend.views.errors.forbidden"
handler404 = "frontend.views.errors.not_found"
handler500 = "frontend.views.errors.broken"
handler429 = "frontend.views.errors.too_many"  # asked for by allauth
