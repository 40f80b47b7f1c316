"""How a kind of request is written down."""

from dataclasses import dataclass

from bridge.harness.models.offline.wishes import WishKind


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of request.

    `patterns` are sure; `doubtful` ones may mean something else, and are asked about first. `examples` are read as
    the request beside each of them (in the words of `wishes.said`). `needs`: what has to be there besides the words.
    """

    kind: WishKind
    title: str
    help: str
    patterns: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    doubtful: tuple[str, ...] = ()
    needs: str = ""
