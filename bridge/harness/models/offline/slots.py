"""What can stand in a slot: names, paths, numbers, pieces of code. Each reader takes one kind of value."""

import ast
import keyword
import re
from collections.abc import Iterator

from bridge.harness.models.offline.patterns import Bound, SlotReader, Words
from bridge.harness.models.offline.words import Word, word_set

EXTENSIONS = word_set("py pyi pyw js jsx mjs cjs ts tsx mts cts")
"""What makes `basket.py` a file and not an attribute of `basket`."""

OTHER_EXTENSIONS = word_set("txt md rst toml json yaml yml cfg ini html css sh go rs java c h cpp rb ipynb")
"""Files too, that no refactoring is for: they are refused as such, and never taken for names."""

_NOUNS = word_set(
    """function functions func method methods class classes variable variables parameter parameters argument arguments
    constant constants module modules import imports selection cursor symbol symbols identifier identifiers"""
)
_GRAMMAR = word_set(
    """a an the my our your its their this that these those it they them everything anything nothing something all any
    each every some none both either neither one ones other others another same here there and or nor but not no never
    don't dont do does did doesn't didn't won't can't cannot isn't without except only unless until if when whenever
    while because instead rather than then else also too just even still yet already again to into onto as of in on
    at by for from with within via per about over under after before between through throughout during against
    is are was were be been being am has have had having should would could must may might shall will can
    you he she we us me him who whom whose which what why where how
    rename renaming renamed please thanks ok okay yes so very really maybe perhaps and/or etc back now up out off
    'll 's"""
)
NO_NAMES = _NOUNS | _GRAMMAR
"""Words of the language: no names, unless they stand in quotes."""

VAGUE = NO_NAMES | word_set(
    """more less most least better
    clearer shorter longer simpler nicer cleaner good nice proper readable meaningful descriptive sensible
    appropriate suitable consistent correct right wrong different else new old original previous former lowercase
    uppercase lower upper camelcase camel snake snake_case pascalcase pascal kebab plural singular private public
    protected internal english convention conventions style standard pep8 match fit reflect whatever quits day done
    async static abstract final optional dataclass generator coroutine decorator singleton enum protocol
    tests test comments comment docstrings docstring docs documentation strings names name's usages uses places files
    callers calls quickly carefully safely properly correctly everywhere globally locally first last second third
    x-wise accordingly"""
)
"""Words that stand for a name that is still to be found, or for a way to do it: no new names, unless in quotes."""

_NO_ADVERBS = word_set(
    """apply reapply multiply reply supply family assembly disassembly fly anomaly poly ally rely imply comply tally
    rally daily weekly monthly yearly hourly quarterly early readonly writeonly butterfly belly jelly bully"""
)
"""Words that end like adverbs and may well be names."""

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_CALL = re.compile(r"(?P<name>[^\s()]+)\((?P<given>.*)\)", re.DOTALL)
_CODELIKE = re.compile(r".*[_\d.].*|[^\W\d]+[^\W\d_a-zß-öø-ÿ].*|[^\W\d]{1}")
_PATH = re.compile(r"(?P<path>[^\s:*?\"<>|]+?)(?::(?P<line>\d+)(?::\d+)?)?")
_FOLDER = re.compile(r"[\w.-][\w./-]*")
_ORDINALS = {
    word: number
    for number, row in enumerate(
        (
            "first 1st one 1",
            "second 2nd two 2",
            "third 3rd three 3",
            "fourth 4th four 4",
            "fifth 5th five 5",
            "sixth 6th six 6",
            "seventh 7th seven 7",
            "eighth 8th eight 8",
            "ninth 9th nine 9",
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
    return bool(word.quote) or _CODELIKE.fullmatch(word.text) is not None


def _is_plain(words: Words, at: int, excluded: frozenset[str]) -> bool:
    """Whether a word can only be one of the language. `a` before a word that it can't be the article of is a name."""
    if words[at].quote or words[at].key not in excluded:
        return False
    after = words[at + 1] if at + 1 < len(words) else None
    return not (words[at].text in {"a", "A"} and (after is None or after.is_break or after.key in _GRAMMAR))


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
    return not word.quote and word.text.islower() and word.text.endswith("ly") and word.text not in _NO_ADVERBS


def _holder(words: Words, at: int) -> Iterator[tuple[int, Bound]]:
    """The name of a class, function or module that something is in; `in tests` is none."""
    if at < len(words) and not _is_plain(words, at, VAGUE):
        yield from _name(words, at)


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
    if not word.quote and word.key in NO_NAMES and word.text != "None":
        return
    yield at + 1, {"": word.text}
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
    "new": _new,
    "codelike": _codelike,
    "plain": _plain,
    "newplain": _newplain,
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
