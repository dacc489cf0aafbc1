"""The addresses of registering for an event (``public``) and of running one (``patterns``: /compte/)."""

from django.urls import path

from frontend.views import event_after, event_desk, registration

public = [
    path("evenements/<str:slug>/inscription/", registration.register, name="event_register"),
    path("evenements/<str:slug>/inscription/merci/", registration.registered, name="event_registered"),
]

HELD = "evenements/<str:slug>/"

patterns = [
    path("inscription/<str:token>/", registration.own, name="own_registration"),
    path("inscription/<str:token>/annuler/", registration.own_cancel, name="own_registration_cancel"),
    path("invitation/<str:token>/", registration.invitation, name="invitation"),
    path(f"{HELD}invitations/", event_desk.invitations, name="event_invitations"),
    path(f"{HELD}invitations/inviter/", event_desk.invite, name="event_invite"),
    path(f"{HELD}invitations/relancer/", event_desk.remind, name="event_remind"),
    path(f"{HELD}invitations/<int:pk>/", event_desk.mark, name="event_invitation"),
    path(f"{HELD}publipostage/", event_desk.MailMerge.as_view(), name="event_mail_merge"),
    path(f"{HELD}inscrits/", event_desk.registrations, name="event_registrations"),
    path(f"{HELD}inscrits/ajouter/", event_desk.EditRegistration.as_view(), name="event_registration_add"),
    path(f"{HELD}inscrits/<int:pk>/", event_desk.EditRegistration.as_view(), name="event_registration"),
    path(f"{HELD}inscrits/<int:pk>/etat/", event_desk.change_state, name="event_registration_state"),
    path(f"{HELD}ateliers/", event_desk.Workshops.as_view(), name="event_workshops"),
    path(f"{HELD}ateliers/ateliers.csv", event_desk.workshops_file, name="event_workshops_file"),
    path(f"{HELD}ateliers/<int:pk>/", event_desk.place, name="event_place"),
    path(f"{HELD}papiers/", event_after.papers, name="event_papers"),
    path(f"{HELD}papiers/<slug:what>.pdf", event_after.paper, name="event_paper"),
    path(f"{HELD}presences/", event_after.Presences.as_view(), name="event_presences"),
    path(f"{HELD}presences/fichier/", event_after.PresencesFile.as_view(), name="event_presences_file"),
    path(f"{HELD}bilan/", event_after.Closing.as_view(), name="event_closing"),
    path(f"{HELD}bilan/bilan.pdf", event_after.closing_paper, name="event_closing_paper"),
    path(f"{HELD}bilan/a-creer.csv", event_after.to_create, name="event_to_create"),
]
