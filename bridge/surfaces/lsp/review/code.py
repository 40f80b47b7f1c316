"""Cheap looks at source text: which name stands at a place, and what can be made of a selection.

Nothing is parsed but a selection. What these find is enough to offer an entry of a menu; whether it can be done is seen
when it is asked for.
"""

import ast
import builtins
import keyword
import re
import textwrap
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from bridge.harness.ids import Uri

LONGEST_NAME = 200
"""Characters of a name. Longer ones are no names that a person gave."""

LONGEST_SELECTION = 20_000
"""Characters of a selection that is parsed: a few milliseconds. Nobody makes more than that into one function."""

MOST_LOOKALIKES = 20
"""Lines that begin as an import does and are looked at: the true ones stand at the top."""

Into = Literal["function", "variable"]

# Comments and strings, from a text's start; every loop is possessive, so a text takes time linear in its length.
_STRINGS = r"\"(?:[^\"\\\n]++|\\.)*+\"?|'(?:[^'\\\n]++|\\.)*+'?"
_PYTHON_OPAQUE = (
    r"#[^\n]*+|\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+(?:\"\"\")?|'''(?:[^'\\]++|\\.|'(?!''))*+(?:''')?|" + _STRINGS
)
_SCRIPT_OPAQUE = r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|`(?:[^`\\]++|\\.)*+`?|" + _STRINGS
_PREFIX = re.compile(r"(?<!\w)[A-Za-z]{1,2}$")

_SCRIPT_KEYWORDS = (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for "
    "function if implements import in instanceof interface let new null package private protected public return static "
    "super switch this throw true try typeof undefined var void while with yield"
)
_NOT_TO_RENAME = ("self", "cls", "_")
_ASSIGNED = re.compile(r"[^\S\n]*(?::(?!=)[^=\n]*+)?(?:=(?!=)|:=|[-+*/%@&|^]=|//=|\*\*=|<<=|>>=)")
_NO_BODY = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Global,
    ast.Nonlocal,
)
"""Statements that make no sense in a function of their own."""


@dataclass(frozen=True, slots=True)
class Language:
    """How a language looks.

    `opaque` are comments and strings, `filled` what opens and closes code within a string. `sign` is what names may
    hold besides letters, digits and underscores.
    """

    name: Literal["python", "script"]
    comment: str
    opaque: re.Pattern[str]
    filled: re.Pattern[str]
    imports: re.Pattern[str]
    reserved: frozenset[str]
    sign: str = ""

    def is_name(self, text: str) -> bool:
        """Whether something can be called so."""
        plain = text.replace(self.sign, "_") if self.sign else text
        return plain.isidentifier() and text not in self.reserved and len(text) <= LONGEST_NAME


@dataclass(frozen=True, slots=True)
class Name:
    """A name and its characters [start, end)."""

    text: str
    start: int
    end: int


PYTHON = Language(
    "python",
    "#",
    re.compile(_PYTHON_OPAQUE, re.DOTALL),
    re.compile(r"\{\{|\}\}|[{}]"),
    re.compile(r"^[^\S\n]*+(?:import|from)[^\S\n]", re.MULTILINE),
    frozenset(keyword.kwlist),
)
SCRIPT = Language(
    "script",
    "//",
    re.compile(_SCRIPT_OPAQUE, re.DOTALL),
    re.compile(r"\$\{|\}"),
    re.compile(r"^import\b(?!\s*+\()", re.MULTILINE),
    frozenset(_SCRIPT_KEYWORDS.split()),
    "$",
)
_BY_SUFFIX: Mapping[str, Language] = MappingProxyType(
    {".py": PYTHON} | dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), SCRIPT)
)
_BUILT_IN = frozenset(dir(builtins))


def language_of(uri: Uri) -> Language | None:
    """By the file's name; None for what is no file (`untitled:`, `git:`), as refactorings are of files."""
    parts = urlsplit(uri)
    return _BY_SUFFIX.get(PurePosixPath(parts.path).suffix.lower()) if parts.scheme == "file" else None


def name_at(language: Language, text: str, start: int, end: int) -> Name | None:
    """The name that [start, end) is, or that the empty range touches; None within a comment or a string."""
    first = last = start
    while first > 0 and start - first < LONGEST_NAME and _is_of_name(language, text[first - 1]):
        first -= 1
    while last < len(text) and last - start < LONGEST_NAME and _is_of_name(language, text[last]):
        last += 1
    name = Name(text[first:last], first, last)
    meant = start == end or (start, end) == (first, last)
    return name if meant and language.is_name(name.text) and not _is_opaque(language, text, first) else None


def can_be_renamed(language: Language, text: str, name: Name) -> bool:
    """Names of the language itself stay what they are."""
    if language is not PYTHON:
        return True
    if name.text in _NOT_TO_RENAME or (name.text.startswith("__") and name.text.endswith("__")):
        return False
    return name.text not in _BUILT_IN or _is_attribute(text, name)


def can_be_inlined(text: str, name: Name) -> bool:
    """Whether this Python text gives the name a value, or defines a function of a module so."""
    if _is_attribute(text, name):
        return False
    called = re.escape(name.text)
    value = rf"^[^\S\n]*+{called}[^\S\n]*+(?::(?!=)[^=\n]*+)?=(?!=)"
    return re.search(rf"{value}|^(?:async[^\S\n]+)?def[^\S\n]+{called}\b", text, re.MULTILINE) is not None


def has_imports(language: Language, text: str, start: int = 0, end: int | None = None) -> bool:
    """Whether a statement in [start, end) imports something; a docstring may have lines that look so."""
    found = language.imports.finditer(text, start, len(text) if end is None else end)
    return any(not _is_opaque(language, text, one.start()) for one in islice(found, MOST_LOOKALIKES))


def defined_on_line(text: str, offset: int) -> Name | None:
    """The function or class of a Python module whose definition's first line this is."""
    first = text.rfind("\n", 0, offset) + 1
    found = re.compile(r"(?:async[^\S\n]+)?(?:def|class)[^\S\n]+(?P<name>\w+)").match(text, first)
    return name_at(PYTHON, text, found.start("name"), found.end("name")) if found else None


def extractable(text: str, start: int, end: int) -> frozenset[Into]:
    """What a selection of Python may become: whole statements a function, an expression a variable too."""
    selected = text[start:end]
    start, end = start + len(selected) - len(selected.lstrip()), end - len(selected) + len(selected.rstrip())
    if start >= end or end - start > LONGEST_SELECTION:
        return frozenset()
    if _cuts_opaque(text, start) or _cuts_opaque(text, end):
        return frozenset()
    line = text.rfind("\n", 0, start) + 1
    rest = text[end : text.find("\n", end) + 1 or len(text)].strip()
    if not text[line:start].strip() and rest[:1] in ("", "#"):
        body = _parsed(textwrap.dedent(text[line:end]), "exec")
        if isinstance(body, ast.Module):
            return frozenset({"function"}) if _is_work(body.body) else frozenset()
    return _of_expression(text, start, end)


def line_for_comment(language: Language, text: str, offset: int) -> int:
    """Where a comment about a place can stand: the start of its line, or of that in which a string around it begins."""
    first = text.rfind("\n", 0, offset) + 1
    for found in language.opaque.finditer(text):
        if found.start() >= first:
            break
        if found.end() > first:
            first = text.rfind("\n", 0, found.start()) + 1
            break
    while text.endswith(("\\\n", "\\\r\n"), 0, first):
        first = text.rfind("\n", 0, first - 1) + 1
    return first


def _is_attribute(text: str, name: Name) -> bool:
    return text[max(name.start - 1, 0) : name.start] == "."


def _is_of_name(language: Language, character: str) -> bool:
    return character.isalnum() or character == "_" or character == language.sign


def _is_opaque(language: Language, text: str, offset: int) -> bool:
    """Whether a character is in a comment or a string; what an f-string or a template is filled with is code."""
    found = _opaque_at(language, text, offset)
    if found is None:
        return False
    opening = text[found.start()]
    prefix = _PREFIX.search(text, max(found.start() - 3, 0), found.start()) if language is PYTHON else None
    if opening != "`" and not (prefix and "f" in prefix[0].lower()):
        return True
    marks = [mark[0] for mark in language.filled.finditer(text, found.start(), offset)]
    return [mark for mark in marks if mark not in ("{{", "}}")][-1:] in ([], ["}"])


def _opaque_at(language: Language, text: str, offset: int) -> re.Match[str] | None:
    for found in language.opaque.finditer(text):
        if found.start() > offset:
            return None
        if offset < found.end():
            return found
    return None


def _cuts_opaque(text: str, offset: int) -> bool:
    found = _opaque_at(PYTHON, text, offset)
    return found is not None and found.start() < offset


def _is_work(body: list[ast.stmt]) -> bool:
    """Whether these statements do something that a function could do."""
    says_only = all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant | ast.Name) for one in body)
    return not says_only and not any(isinstance(one, _NO_BODY) for one in body)


def _of_expression(text: str, start: int, end: int) -> frozenset[Into]:
    before, after = text[start - 1 : start], text[end : end + 1]
    beside = before == "." or any(_is_of_name(PYTHON, one) for one in (before, after) if one)
    if beside or _ASSIGNED.match(text, end):
        return frozenset()
    found = _parsed(f"({text[start:end]}\n)", "eval")
    node = found.body if isinstance(found, ast.Expression) else None
    bare = isinstance(node, ast.Tuple | ast.GeneratorExp) and text[start] != "("
    if node is None or bare or isinstance(node, ast.Name | ast.Starred | ast.NamedExpr):
        return frozenset()
    return frozenset({"variable"}) if isinstance(node, ast.Constant) else frozenset({"function", "variable"})


def _parsed(code: str, mode: Literal["exec", "eval"]) -> ast.AST | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the person's code, and none of our business
            return ast.parse(code, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
