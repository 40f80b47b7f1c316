"""The examples that come nearest to a prompt: by its words first, then by where the person is."""

import re
from functools import lru_cache

from bridge.harness.models.offline.conversation import Place
from bridge.harness.models.offline.forms import Form
from bridge.harness.models.offline.grammar import FORMS
from bridge.harness.models.offline.outputs import Target
from bridge.harness.models.offline.page import TALK, with_name
from bridge.harness.models.offline.vocabulary import GRAMMAR
from bridge.harness.models.offline.wishes import WishKind
from bridge.harness.models.offline.words import word_set

COUNT = 3

_ENDINGS = re.compile(r"(?:ing|ed|es|s|e)$")
_SAYS_NOTHING = word_set(
    "make made put give get code file files line folder other name names tax items total subtotal grand basket"
)
"""Words of the examples that stand for something else, or go with any request."""

_SAME = {
    "argument": "parameter",
    "arg": "parameter",
    "param": "parameter",
    "annotation": "annotate",
    "organize": "organise",
    "order": "reorder",
}
_AT_NAME: dict[str, tuple[WishKind, ...]] = {
    "function": ("rename", "add_parameter", "find"),
    "method": ("rename", "add_parameter", "find"),
    "variable": ("rename", "inline", "find"),
    "class": ("rename", "move", "find"),
}
"""What is most often wanted of what the cursor is on."""

_USUAL: tuple[WishKind, ...] = ("rename", "find", "organise_imports")
_SELECTED: tuple[WishKind, ...] = ("extract", *_USUAL)


def nearest(prompt: str, place: Place | None, at_hand: Target | None) -> list[str]:
    """Three examples."""
    usual = _AT_NAME.get(at_hand.kind, _USUAL) if at_hand else _USUAL
    selects = place is not None and place.selects
    kinds = dict.fromkeys((*_alike(prompt), *(_SELECTED if selects else usual)))
    forms = {form.kind: form for form in FORMS}
    return [_example(forms[kind], place, at_hand) for kind in list(kinds)[:COUNT]]


def _example(form: Form, place: Place | None, at_hand: Target | None) -> str:
    """One that can be said where the person is."""
    texts = [text for text, _ in form.examples]
    match form.kind:
        case "extract":
            return texts[0] if place is not None and place.selects else texts[2]
        case "organise_imports" if place is None:
            return texts[1]
        case "find":
            return with_name(texts[1], at_hand.short if at_hand else "")
    return with_name(texts[0], at_hand.short if at_hand else "")


def _alike(prompt: str) -> list[WishKind]:
    """The kinds whose words the prompt has, most first. A word that many kinds have weighs little."""
    said = _stems(prompt)
    words = _words()
    shared = {word: sum(word in own for own in words.values()) for word in said}
    weights = {kind: sum(1 / shared[word] for word in said & own) for kind, own in words.items()}
    return sorted((kind for kind in weights if weights[kind]), key=lambda kind: -weights[kind])


@lru_cache(maxsize=1)
def _words() -> dict[WishKind, frozenset[str]]:
    """The words of each kind's examples."""
    texts = {form.kind: [form.title, *(text for text, _ in form.examples)] for form in FORMS if form.kind not in TALK}
    return {kind: _stems(" ".join(rows)) for kind, rows in texts.items()}


def _stems(text: str) -> frozenset[str]:
    words = {_SAME.get(word, word) for word in re.findall(r"[^\W\d_]+", text.casefold())}
    return frozenset(_ENDINGS.sub("", word) for word in words - GRAMMAR - _SAYS_NOTHING)
