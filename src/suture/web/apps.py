"""The web door as a Django application: templates, static files, template tags; no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Named 'web', so that its labels do not meet a room's."""

    name = "suture.web"
    label = "web"
