"""What can stand in a slot: names, paths, numbers, pieces of code. Each reader takes one kind of value."""

import ast
import keyword
import re
from collections.abc import Iterator

from bridge.harness.models.offline.patterns import Bound, SlotReader, Words
from bridge.harness.models.offline.vocabulary import (
    ABOUT_CODE,
    ACTIVITIES,
    EXTENSIONS,
    GRAMMAR,
    GROUPS,
    NO_ADVERBS,
    NO_NAMES,
    NO_TYPES,
    OTHER_EXTENSIONS,
    SIDES,
    THINGS,
    TYPES,
    VAGUE,
)
from bridge.harness.models.offline.words import Word

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_CALL = re.compile(r"(?P<name>[^\s()]+)\((?P<given>.*)\)", re.DOTALL)
_CODELIKE = re.compile(r".*[_\d.].*|[^\W\d]+[^\W\d_a-zß-öø-ÿ].*|[^\W\d]{1}")
_PATH = re.compile(r"(?P<path>[^\s:*?\"<>|`]+?)(?::(?P<line>\d+)(?::\d+)?)?")
_FOLDER = re.compile(r"[\w.-][\w./-]*")
_ORDINALS = {
    word: number
    for number, row in enumerate(
        (
            "first 1st",
            "second 2nd",
            "third 3rd",
            "fourth 4th",
            "fifth 5th",
            "sixth 6th",
            "seventh 7th",
            "eighth 8th",
            "ninth 9th",
        ),
        start=1,
    )
    for word in row.split()
}
_LITERALS = frozenset({"None", "True", "False"})


def dotted(word: Word) -> str:
    """The name that a word is, or an empty string: `Basket::total`, `Basket#total` and `total()` are names too."""
    text = word.text.replace("::", ".").replace("#", ".") if not word.text.startswith("#") else word.text
    if found := _CALL.fullmatch(text):
        text = found["name"]
    return text if _NAME.fullmatch(text) else ""


def is_file(text: str) -> bool:
    """Whether a word is the name of a file."""
    found = _PATH.fullmatch(text)
    if found is None:
        return False
    path = found["path"]
    stem, dot, extension = path.rpartition(".")
    return bool(dot and stem and not stem.endswith("/") and extension in EXTENSIONS | OTHER_EXTENSIONS)


def is_codelike(word: Word) -> bool:
    """Whether a word is plainly a name: quoted, or written as no word of English is."""
    return bool(word.quote) or word.text.endswith("()") or _CODELIKE.fullmatch(word.text) is not None


def _is_plain(words: Words, at: int, excluded: frozenset[str]) -> bool:
    """Whether a word can only be one of the language. `a` before a word that it can't be the article of is a name."""
    if words[at].quote or words[at].key not in excluded:
        return False
    after = words[at + 1] if at + 1 < len(words) else None
    return not (words[at].text in {"a", "A"} and (after is None or after.is_break or after.key in GRAMMAR))


def _is_noun(word: Word, nouns: frozenset[str]) -> bool:
    """Whether a word is one of these, neither quoted nor in capitals as a class is."""
    return not word.quote and word.text in nouns


def _word(words: Words, at: int) -> Word | None:
    return words[at] if at < len(words) else None


def _name(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """The name of something that is there, perhaps dotted."""
    word = _word(words, at)
    if word is None or is_file(word.text) or _is_plain(words, at, NO_NAMES):
        return
    if (name := dotted(word)) and not any(keyword.iskeyword(part) for part in name.split(".")):
        yield at + 1, {"": name}


def _is_adverb(word: Word) -> bool:
    """Whether a word tells how to do something: `to carefully` gives no name."""
    return not word.quote and word.text.islower() and word.text.endswith("ly") and word.text not in NO_ADVERBS


def _owner(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """The name of a class or function, after that word."""
    if at < len(words) and not _is_plain(words, at, VAGUE):
        yield from _name(words, at)


def _holder(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """The name of a class, function or module that something is in; `in tests` and `in the database` are none."""
    if at < len(words) and not _is_noun(words[at], THINGS | ABOUT_CODE):
        yield from _owner(words, at)


def _new(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A name to be given."""
    word = _word(words, at)
    if word is None or is_file(word.text) or _is_plain(words, at, VAGUE) or _is_adverb(word):
        return
    if (name := dotted(word)) and not any(keyword.iskeyword(part) for part in name.split(".")):
        yield at + 1, {"": name}


def _codelike(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A new name that can be no plain word."""
    if at < len(words) and is_codelike(words[at]):
        yield from _new(words, at)


def _plain(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A name without dots, such as a parameter's."""
    for end, bound in _name(words, at):
        if "." not in bound[""] and (words[at].quote or words[at].key not in _ORDINALS.keys() | {"last"}):
            yield end, bound


def _newplain(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A new name without dots."""
    for end, bound in _new(words, at):
        if "." not in bound[""]:
            yield end, bound


def _codeplain(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A new name without dots that can be no plain word."""
    if at < len(words) and is_codelike(words[at]):
        yield from _newplain(words, at)


def _bare(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A new name where nothing says that it is one: `function total`, but not `function call` or `function names`."""
    word = _word(words, at)
    if word is None:
        return
    is_group = word.key.endswith(GROUPS) or (word.key.endswith("s") and not word.key.endswith("ss"))
    if is_codelike(word) or not (_is_noun(word, ABOUT_CODE) or is_group):
        yield from _newplain(words, at)


def _given(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A new name after an article and `parameter`: plurals and groups are common there."""
    word = _word(words, at)
    if word is not None and not _is_noun(word, ACTIVITIES):
        yield from _newplain(words, at)


def _particular(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A name after an article: `the total`, but not `the project`."""
    word = _word(words, at)
    if word is not None and not _is_noun(word, THINGS):
        yield from _name(words, at)


def _module(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """The bare name of a module to move to."""
    word = _word(words, at)
    if word is not None and not _is_noun(word, SIDES) and not _is_plain(words, at, VAGUE):
        yield from _name(words, at)


def _path(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A file, by its extension; `basket.py:12` names a line too."""
    word = _word(words, at)
    if word is not None and is_file(word.text) and (found := _PATH.fullmatch(word.text)):
        line = {"line": found["line"]} if found["line"] else {}
        yield at + 1, {"": found["path"].removeprefix("./"), **line}


def _folder(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A folder: it has a slash and no extension."""
    word = _word(words, at)
    if word is not None and "/" in word.text and not is_file(word.text) and _FOLDER.fullmatch(word.text):
        yield at + 1, {"": word.text.rstrip("/").removeprefix("./") + "/"}


def _number(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    word = _word(words, at)
    if word is not None and (found := re.fullmatch(r"[Ll#]?([1-9]\d{0,6})", word.text)) and not word.quote:
        yield at + 1, {"": found[1]}


def _range(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """`10-14`."""
    word = _word(words, at)
    if word is not None and not word.quote and (found := re.fullmatch(r"(\d{1,7})-(\d{1,7})", word.text)):
        yield at + 1, {"first": found[1], "last": found[2]}


def _nth(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    word = _word(words, at)
    if word is not None and (number := _ORDINALS.get(word.key.lstrip("#"))):
        yield at + 1, {"": str(number)}


def _is_code(text: str) -> bool:
    """Whether a text is one Python expression, written on one line."""
    try:
        ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _code(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A value as source. Plain quotes are a string's own; a word of English in them may be meant as a name: refused."""
    word = _word(words, at)
    if word is None:
        return
    if word.quote.startswith("`"):
        if _is_code(word.text):
            yield at + 1, {"": word.text}
    elif word.quote:
        if word.text not in _LITERALS and not re.fullmatch(r"-?[\d.]+", word.text):
            yield at + 1, {"": repr(word.text) if word.quote == "'" else f'"{word.text}"'}
    elif (word.text in _LITERALS or is_codelike(word) or word.text[:1] in "([{") and _is_code(word.text):
        yield at + 1, {"": word.text}


def _annotation(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A type as source: `int`, `list[str]`, `int | None`."""
    word = _word(words, at)
    if word is None or word.quote in {"'", '"'} or not _is_code(word.text):
        return
    if not word.quote and word.key in NO_NAMES | NO_TYPES and word.text != "None":
        return
    yield at + 1, {"": word.text if word.quote else TYPES.get(word.key, word.text)}
    if at + 2 < len(words) and words[at + 1].text == "|":
        for end, bound in _annotation(words, at + 2):
            yield end, {"": f"{word.text} | {bound['']}"}


def _spec(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """A whole parameter in quotes: `tax: float = 0.2`. Without annotation and default it is a plain name."""
    word = _word(words, at)
    if word is None or not word.quote.startswith("`") or not re.search(r"[:=]", word.text):
        return
    try:
        function = ast.parse(f"def f({word.text}): pass").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    if not isinstance(function, ast.FunctionDef):
        return
    given = function.args
    if len(given.args) != 1 or given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg:
        return
    (argument,) = given.args
    bound = {"": argument.arg}
    if argument.annotation is not None:
        bound["annotation"] = ast.unparse(argument.annotation)
    if given.defaults:
        bound["default"] = word.text.partition("=")[2].strip() or ast.unparse(given.defaults[0])
    yield at + 1, bound


def _names(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """Two names or more: `a, b and c`."""
    found: list[str] = []
    while at < len(words):
        start = at
        while found and at < len(words) and words[at].key in {",", "and", "then"}:
            at += 1
        if found and at == start:
            return
        taken = next(_plain(words, at), None)
        if taken is None:
            return
        at = taken[0]
        found.append(taken[1][""])
        if len(found) > 1:
            yield at, {"": " ".join(found)}


def _text(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """What is searched for: quoted, or one word."""
    word = _word(words, at)
    if word is not None and (word.quote or word.key not in NO_NAMES) and not word.is_break:
        yield at + 1, {"": word.text}


SLOTS: dict[str, SlotReader] = {
    "name": _name,
    "holder": _holder,
    "owner": _owner,
    "new": _new,
    "codelike": _codelike,
    "plain": _plain,
    "newplain": _newplain,
    "codeplain": _codeplain,
    "bare": _bare,
    "given": _given,
    "particular": _particular,
    "module": _module,
    "path": _path,
    "folder": _folder,
    "number": _number,
    "range": _range,
    "nth": _nth,
    "code": _code,
    "annotation": _annotation,
    "spec": _spec,
    "names": _names,
    "text": _text,
}
"""The readers by the type that patterns name."""
