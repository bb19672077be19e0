"""The addresses of the manual. They stay: other pages and people's bookmarks lead here."""

from django.urls import path

from tongpan.faces.help import views

urlpatterns = [
    path("", views.contents, name="help"),
    path("for/<slug:job>/", views.for_job, name="help-for-job"),
    path("pictures/<path:shown>", views.picture, name="help-picture"),
    path("<slug:name>/", views.chapter, name="help-chapter"),
]
