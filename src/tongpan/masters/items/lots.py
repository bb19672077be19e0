"""The lot of goods on a line of a document: asked for where some item is kept by lots."""

from typing import Any

from django.apps import apps
from django.db import models


class LotField(models.CharField):  # type: ignore[type-arg]
    """The lot (批次) that goods belong to. Screens show it only where it is in use; the API and
    sheets always take it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"max_length": 40, "blank": True, "default": ""}
        super().__init__(*args, **(usual | kwargs))

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    @staticmethod
    def is_in_use() -> bool:
        """Whether some item is kept by lots."""
        items: Any = apps.get_model("items", "Item")
        return bool(items.objects.filter(has_lots=True, state="active").exists())
