"""Names of models and of service tiers: which mean the same."""

import re
from collections.abc import Iterator

USUAL_TIERS = frozenset({"", "auto", "default", "standard", "on_demand"})
"""The services' words for their usual tier."""

_SNAPSHOT = re.compile(r"[-@]\d{4}-?\d{2}-?\d{2}$")


def family(model: str) -> str:
    """The model's name without who passes it on and without the date of its snapshot, in lower case."""
    return _SNAPSHOT.sub("", model.lower().rpartition("/")[2])


def spellings(model: str) -> Iterator[str]:
    """The names under which a person may have set something for the model, the closest first."""
    yield model
    yield _SNAPSHOT.sub("", model)
    name = model.rpartition("/")[2]
    yield name
    yield _SNAPSHOT.sub("", name)
