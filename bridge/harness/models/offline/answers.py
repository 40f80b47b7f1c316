"""Answers to a question of ours: a number, yes or no, or a word that only one of the options has."""

import re

from bridge.harness.models.offline.memory import Option, Question
from bridge.harness.models.offline.words import normalised

_YES = frozenset(
    phrase.strip()
    for phrase in [
        "\n    yes",
        "y",
        "yep",
        "yeah",
        "yup",
        "ja",
        "sure",
        "ok",
        "okay",
        "do it",
        "go",
        "go ahead",
        "please do",
        "yes please",
        "yes do it",
        "do that",
        "of course",
        "right",
        "correct\n    ",
        "that's right",
        "exactly",
        "sounds good",
        "fine",
        "please",
        "go for it",
        "yes go ahead",
        "sure go ahead",
        "make it so",
        "absolutely",
        "that one\n    ",
        "this one",
        "yes that one",
        "yes thanks",
        "ok do it",
        "okay do it",
    ]
)
_NO = frozenset(
    phrase.strip()
    for phrase in [
        "\n    no",
        "n",
        "nope",
        "nah",
        "no thanks",
        "no thank you",
        "don't",
        "do not",
        "cancel",
        "stop",
        "leave it",
        "never mind",
        "nevermind",
        "none",
        "none of them\n    ",
        "neither",
        "forget it",
        "not now",
        "no don't",
        "abort",
        "quit",
        "none of these",
        "nothing",
        "don't do it",
        "better not",
        "no leave it",
    ]
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_NUMBER = re.compile(
    r"(?:(?:i mean|i meant|take|use|choose|pick|option|number|no|nr|#|do|it's|it is|the|yes|i'd say|i want) ?)*"
    rf"(?P<number>\d{{1,2}}|{'|'.join(_ORDINALS)}|last|1st|2nd|3rd|[4-9]th)(?: (?:one|option|definition|of them))?"
)
_NUMBERS = {word: number for number, word in enumerate(_ORDINALS, start=1)}
_WHICH = re.compile(
    r"(?:(?:i mean|i meant|take|use|choose|pick|yes|it's|it is|i want|into|as|to) )*(?:the |an? )?"
    r"(?:(?:one|definition|function|method|class|variable|that|which|is) )*"
    r"(?:(?:in|from|of|at|called|named|inside) )?(?:the )?(?:(?:file|class|module|method|function) )?"
    r"(?P<word>[\w./:-]+)(?: (?:one|file|class|module))?"
)
NO = Option("no", ())
"""The person wants none of it."""


def answered(question: Question, prompt: str) -> Option | None:
    """The option that the words choose; None where they are no answer."""
    text = re.sub(r"[`'\"]", "", normalised(prompt)).replace("’", "'").strip()
    plain = " ".join(re.sub(r"[.,!?;:)(]+(?=\s|$)", " ", normalised(prompt).casefold()).split())
    plain = re.sub(r"^(?:please |ok |okay |well |um |so )+|(?: please| thanks)+$", "", plain)
    if plain in _NO:
        return NO
    if plain in _YES:
        return question.options[0] if len(question.options) == 1 else None
    if found := _NUMBER.fullmatch(plain):
        return _numbered(question, found["number"])
    return _by_word(question, " ".join(re.sub(r"[.,!?;:]+(?=\s|$)", " ", text).split()))


def _numbered(question: Question, said: str) -> Option | None:
    if said == "last":
        return question.options[-1]
    number = _NUMBERS.get(said) or int(re.sub(r"\D", "", said))
    return question.options[number - 1] if 1 <= number <= len(question.options) else None


def _by_word(question: Question, text: str) -> Option | None:
    """A file, a name or a kind that only one option has: `the one in basket.py`, `Basket.total`, `the method`."""
    found = _WHICH.fullmatch(text)
    if found is None:
        return None
    word = found["word"].removeprefix("./")
    fits = [option for option in question.options if _has(option, word)]
    return fits[0] if len(fits) == 1 else None


def _has(option: Option, word: str) -> bool:
    target = option.target
    if target is None:
        return any(word.casefold() == wish.into or word == wish.to for wish in option.wishes)
    file = target.path
    if word.casefold() == target.kind or word in {file, file.rpartition("/")[2], f"{file}:{target.line}"}:
        return True
    names = target.name.split(".")
    return word == target.name or target.name.endswith(f".{word}") or word in names[:-1]
