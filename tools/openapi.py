"""Write the API's OpenAPI document, so that a change to it shows in review."""

from __future__ import annotations

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")
django.setup()

from suture.api.app import api  # noqa: E402


def document() -> str:
    """The OpenAPI document as committed in docs/reference/openapi.json."""
    return json.dumps(
        api.get_openapi_schema(path_prefix="/api/suture/v1/"), indent=2, ensure_ascii=False, sort_keys=True
    )


if __name__ == "__main__":
    print(document())
