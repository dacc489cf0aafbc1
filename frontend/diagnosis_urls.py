"""The addresses of levers and saved diagnoses in one’s account, which people_urls.py adds to its own."""

from django.urls import path

from frontend.views import levers

patterns = [
    path("leviers/", levers.kept, name="levers"),
    path("leviers/inscrire/", levers.where, name="lever_where"),
    path("leviers/inscrire/<str:id>/", levers.AddLever.as_view(), name="lever_add"),
    path("leviers/<int:pk>/", levers.ChangeLever.as_view(), name="lever"),
    path("leviers/<int:pk>/retirer/", levers.RemoveLever.as_view(), name="lever_remove"),
]
