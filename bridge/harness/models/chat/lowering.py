"""What a server may not take, and how its refusal names it. A call is then made without it, and that is said."""

import re
from collections.abc import Collection, Mapping
from typing import Literal

from bridge.harness.models.service.faults import Refusal

Feature = Literal[
    "token counts", "effort", "fast tier", "parallel calls", "strict schemas", "structured output", "tools"
]
"""What can be done without, in the order in which a refusal is tried on them: the narrower ones first."""

STATUSES = (400, 404, 415, 422, 500, 501)
"""With which servers refuse a parameter: 422 where they check a model of the request, 500 where they fail at it."""

_SIGNS: Mapping[Feature, re.Pattern[str]] = {
    "token counts": re.compile(r"stream_options|include_usage"),
    "effort": re.compile(r"(?i)reasoning|effort|\bthink"),
    "fast tier": re.compile(r"(?i)service[_ ]tier"),
    "parallel calls": re.compile(r"(?i)parallel[_ ]tool"),
    "strict schemas": re.compile(r"(?i)\bstrict\b|additionalproperties|invalid schema for"),
    "structured output": re.compile(r"(?i)response_format|json_schema|structured output"),
    "tools": re.compile(r"(?i)\btools\b(?!\[)|tool_choice|tool use|function.?calling"),
}
_NO = re.compile(
    r"(?i)unknown|unsupported|unrecogni[sz]ed|unexpected|invalid|extra|requires|no endpoints|only|does not|do not"
    r"|cannot|can't|not \w*\s?(?:support|allow|permit|available|enabled|valid|implement|recogni)"
)


def lowered(refusal: Refusal, sent: Collection[Feature]) -> Feature | None:
    """The feature that a refusal is about, among those that were sent; None: it is about something else."""
    if refusal.status not in STATUSES:
        return None
    said = refusal.message if _NO.search(refusal.message) else ""
    for text in (refusal.param, said):
        for feature, words in _SIGNS.items():
            if feature in sent and words.search(text):
                return feature
    return None
