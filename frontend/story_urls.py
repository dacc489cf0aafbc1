"""The addresses under /compte/ of experience sheets and testimonies: written, proposed, read, decided of."""

from django.urls import path

from frontend.views import stories, story_review

patterns = [
    path("recits/", stories.own_stories, name="stories"),
    path("recits/ecrire/<str:slug>/<str:kind>/", stories.WriteStory.as_view(), name="story_write"),
    path("recits/a-relire/", story_review.waiting, name="story_queue"),
    path("recits/a-relire/<uuid:uuid>/", story_review.ReviewStory.as_view(), name="story_review"),
    path("recits/<uuid:uuid>/", stories.OwnStory.as_view(), name="story"),
    path("recits/<uuid:uuid>/modifier/", stories.EditStory.as_view(), name="story_edit"),
]
