"""Comments by which a person asks the agent: what they name is the request's, and no mention in the code."""

import re

_MARKER = re.compile(r"[^\w\n]{1,16}agent:", re.IGNORECASE)


def is_instruction(comment: str) -> bool:
    """Whether a comment, with its own signs, asks the agent: `# agent: rename total to sum_up`."""
    return _MARKER.match(comment) is not None
