"""The addresses under /compte/moderation/: what waits, one proposal, all of one person, two
listings of one initiative."""

from django.urls import path

from frontend.views import moderation, proposal_review, undoing, uniting

patterns = [
    path("moderation/", moderation.Queue.as_view(), name="moderation"),
    path("moderation/reunir/<str:slug>/", uniting.twins, name="moderation_twins"),
    path("moderation/reunir/<str:gone>/avec/<str:kept>/", uniting.Unite.as_view(), name="moderation_unite"),
    path("moderation/lettre/", moderation.Letter.as_view(), name="moderation_letter"),
    path("moderation/<uuid:uuid>/", proposal_review.Review.as_view(), name="moderation_proposal"),
    path("moderation/<uuid:uuid>/modifier/", proposal_review.Edit.as_view(), name="moderation_edit"),
    path("moderation/<uuid:uuid>/refuser/", proposal_review.Refuse.as_view(), name="moderation_refuse"),
    path("moderation/<uuid:uuid>/reunir/", proposal_review.merge, name="moderation_merge"),
    path("moderation/<uuid:uuid>/photo.webp", proposal_review.photo, name="moderation_photo"),
    path("moderation/<uuid:uuid>/annuler/", undoing.OfProposal.as_view(), name="moderation_undo"),
    path(
        "initiatives/<str:slug>/historique/<int:event>/annuler/",
        undoing.OfVersion.as_view(),
        name="version_undo",
    ),
]
