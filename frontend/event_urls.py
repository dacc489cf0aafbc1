"""The addresses of events: everybody’s, which urls.py adds to its own, and one’s own (people_urls.py)."""

from django.urls import path

from frontend.views import events, own_events, own_programme, picture

patterns = [
    path("evenements/", events.events, name="events"),
    path("evenements/agenda.ics", events.events_calendar, name="events_calendar"),
    path("evenements/<str:slug>/", events.event, name="event"),
    path("evenements/<str:slug>/agenda.ics", events.event_calendar, name="event_calendar"),
    path("evenements/<str:slug>/image.png", picture.of_event, name="event_picture"),
]

own = [
    path("evenements/", own_events.events, name="events"),
    path("evenements/annoncer/", own_events.where, name="event_where"),
    path("evenements/annoncer/<str:kind>/<str:key>/", own_events.AddEvent.as_view(), name="event_add"),
    path("evenements/<str:slug>/", own_events.event, name="event"),
    path("evenements/<str:slug>/modifier/", own_events.EditEvent.as_view(), name="event_edit"),
    path("evenements/<str:slug>/etat/<str:do>/", own_events.ChangeState.as_view(), name="event_state"),
    path("evenements/<str:slug>/organisateurs/", own_events.Organisers.as_view(), name="event_organisers"),
    path("evenements/<str:slug>/programme/", own_programme.AddSession.as_view(), name="event_session_add"),
    path(
        "evenements/<str:slug>/programme/<int:pk>/", own_programme.EditSession.as_view(), name="event_session"
    ),
    path(
        "evenements/<str:slug>/programme/<int:pk>/temoignages/",
        own_programme.AddTestimony.as_view(),
        name="event_testimony_add",
    ),
    path(
        "evenements/<str:slug>/temoignages/<int:pk>/",
        own_programme.EditTestimony.as_view(),
        name="event_testimony",
    ),
]
