"""The addresses of what anyone may propose, without an account."""

from django.urls import path

from frontend.views import following, photos, proposing

public = [
    path("participer/", proposing.participate, name="participate"),
    path("proposer/", proposing.propose, name="propose"),
    path("proposer/envoyee/", proposing.sent, name="proposal_sent"),
    path("initiatives/<str:slug>/corriger/", proposing.correct, name="correct"),
    path("initiatives/<str:slug>/photo.webp", photos.of_initiative, name="initiative_photo"),
    path("contributions/suivi/<str:key>/", following.followed, name="proposal_followed"),
    path("contributions/suivi/<str:key>/photo.webp", photos.of_proposal, name="proposal_photo"),
]
