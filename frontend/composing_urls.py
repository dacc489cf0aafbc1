"""The addresses under /compte/ of the territories that a person composes."""

from django.urls import path

from frontend.views import composing

patterns = [
    path("territoires/", composing.own_territories, name="territories"),
    path("territoires/composer/", composing.Compose.as_view(), name="territory_compose"),
    path("territoires/<str:id>/", composing.Compose.as_view(), name="territory_edit"),
    path("territoires/<str:id>/effacer/", composing.Discard.as_view(), name="territory_discard"),
    path("territoires/<str:id>/proposer/", composing.list_territory, name="territory_list"),
]
