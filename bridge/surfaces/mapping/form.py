"""The form that a person wants an answer in: a JSON Schema, under a name that services take."""

import re
from collections.abc import Mapping
from typing import Any

NAME = "answer"
"""A schema that says nothing of itself is called so."""

MOST = 64
"""Characters of a name; services take no more, and none but these."""
_OTHERS = re.compile(r"[^A-Za-z0-9_-]+")


def form_name(schema: Mapping[str, Any]) -> str:
    """A name from the schema's title."""
    title = schema.get("title")
    return _OTHERS.sub("_", title if isinstance(title, str) else "").strip("_")[:MOST] or NAME
