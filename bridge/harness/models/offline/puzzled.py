"""What is said when a request is not understood: why, where that can be told, and what could be said instead."""

import keyword
import re
from collections.abc import Iterator
from dataclasses import replace

from bridge.harness.models.offline.conversation import Place
from bridge.harness.models.offline.memory import Memory, Option, Question
from bridge.harness.models.offline.nearest import nearest
from bridge.harness.models.offline.outputs import Target
from bridge.harness.models.offline.page import READY
from bridge.harness.models.offline.reading import Understood, read
from bridge.harness.models.offline.slots import dotted, is_file
from bridge.harness.models.offline.vocabulary import GRAMMAR, VAGUE
from bridge.harness.models.offline.wishes import Wish, said
from bridge.harness.models.offline.words import Word, normalised, split, word_set

MOST_TRIED = 8
"""Words of a prompt that are tried as the name that is not understood."""

_BEFORE_NAME = word_set("to as into called named name parameter argument function variable method be it ->")
_STAND_IN = "a_new_name"

_Tried = tuple[Word, str, str]
"""A word that may be meant as a name and can't be one: where it stands, why, and a name instead."""


def about_name(prompt: str, memory: Memory) -> tuple[str, Memory] | None:
    """Why a word can't be the new name that all other words ask for, and a question; None where that is not it."""
    text = normalised(prompt)
    for piece, why, name in _tried(split(text)):
        before, after = text[: piece.start], text[piece.end :]
        if not _gives(read(f"{before}`{_STAND_IN}`{after}"), _STAND_IN):
            continue
        wishes = _gives(read(f"{before}`{name}`{after}"), name)
        if not wishes:
            return f"{why} Choose another name.", memory
        label = ", then ".join(map(said, wishes))
        return f"{why} Shall I {label}? (yes/no)", replace(memory, question=Question((Option(label, wishes),)))
    return None


def _gives(reading: object, name: str) -> tuple[Wish, ...]:
    """The wishes, where one of them gives something this new name."""
    if not isinstance(reading, Understood):
        return ()
    given = any(name == (wish.spec.name if wish.kind == "add_parameter" else wish.new) for wish in reading.wishes)
    return tuple(wish.surely() for wish in reading.wishes) if given else ()


def _tried(words: tuple[Word, ...]) -> Iterator[_Tried]:
    """Words that may be meant as names and can't be."""
    tried = 0
    for index, word in enumerate(words):
        before = words[index - 1].key if index else ""
        if word.is_break or is_file(word.text) or (word.key in GRAMMAR and before not in _BEFORE_NAME):
            continue
        after = words[index + 1] if index + 1 < len(words) else None
        found = _why(word)
        if found is None and after is not None and before in _BEFORE_NAME:
            found = _two(word, after)
        if found is not None and tried < MOST_TRIED:
            tried += 1
            yield found


def _why(word: Word) -> _Tried | None:
    name = word.text
    if keyword.iskeyword(name):
        return word, f"`{name}` is a keyword of Python: nothing can be called so.", f"{name}_"
    if dotted(word):
        plain = f"I take `{name}` for a name only in backticks: it may mean something else."
        return (word, plain, name) if word.key in VAGUE or name.endswith("ly") else None
    if not re.search(r"\w", name):
        return None
    why = f"“{name}” can't be a name: names have letters, digits and underscores, and no digit comes first."
    return word, why, _joined(name)


def _two(word: Word, after: Word) -> _Tried | None:
    """`to grand total`: a name that is written as two words."""
    keys = {word.key, after.key}
    if keys & (VAGUE | _BEFORE_NAME) or not all(key.isidentifier() and not keyword.iskeyword(key) for key in keys):
        return None
    both = Word(f"{word.text} {after.text}", word.start, after.end)
    return both, f"“{both.text}” is no name, but two words.", _joined(both.text)


def _joined(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_")


def not_understood(prompt: str, place: Place | None, at_hand: Target | None, setup: str) -> str:
    """Three things that could be said instead; `at_hand` is what the cursor is on."""
    rows = "\n".join(f"- {one}" for one in nearest(prompt, place, at_hand))
    return f"I don't understand that, so I did nothing. You can say, for example:\n{rows}\n{READY} {setup}"
