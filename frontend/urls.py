"""The addresses of the pages; English under /en/ with the same paths (config/urls.py)."""

from django.urls import path

from frontend.views.initiative import initiative
from frontend.views.search import search
from frontend.views.territory import territory

app_name = "frontend"

urlpatterns = [
    path("", search, name="search"),
    path("initiatives/<str:slug>/", initiative, name="initiative"),
    path("territoires/<str:id>/", territory, name="territory"),
]
