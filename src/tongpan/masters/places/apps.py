from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "tongpan.masters.places"
    label = "places"
