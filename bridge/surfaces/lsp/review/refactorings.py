"""Refactorings as entries of an editor's menus: what can be asked of the agent for a name, a selection, a file.

Offered where they apply, as far as the open document's text tells. Each only asks: the agent proposes, the person
decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bridge.harness.ids import Uri
from bridge.harness.workspace.spans import LineIndex
from bridge.protocol.commands import Refactoring
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.editor import to_range
from bridge.surfaces.lsp.review.code import (
    PYTHON,
    Language,
    Name,
    can_be_inlined,
    can_be_renamed,
    defined_on_line,
    extractable,
    has_imports,
    language_of,
    name_at,
)
from bridge.surfaces.lsp.review.menu import action, short

IMPORTS_KIND = "source.organizeImports"
OUR_IMPORTS_KIND = f"{IMPORTS_KIND}.harness"
"""A kind of our own below LSP's, so that a person can ask for ours by its name, or keep it out of a setting."""

KINDS: Mapping[Refactoring, str] = MappingProxyType(
    {
        "rename": "refactor.rewrite",
        "extract_function": "refactor.extract.function",
        "extract_variable": "refactor.extract.variable",
        "inline": "refactor.inline",
        "organise_imports": OUR_IMPORTS_KIND,
        "move": "refactor.move",
    }
)

PROMPTS: Mapping[Refactoring, str] = MappingProxyType(
    {
        "rename": "Rename `{name}` to `{new_name}`",
        "extract_function": "Extract the selected code into a function",
        "extract_variable": "Extract the selected code into a variable",
        "inline": "Inline `{name}`",
        "organise_imports": "Organise the imports of this file",
        "move": "Move `{name}` to `{to}`",
    }
)
"""What the agent is asked; any model understands it, and the offline engine's grammar has each of these."""

CALLED = " named `{new_name}`"
"""What is added where an extraction is given a name."""

OF_A_NAME: frozenset[Refactoring] = frozenset({"rename", "inline", "move"})
EXTRACTIONS: frozenset[Refactoring] = frozenset({"extract_function", "extract_variable"})
LARGEST_TEXT = 2_000_000
"""Characters of a document that is looked through for entries: some hundredths of a second."""

ON_SAVE = 2
"""LSP's `CodeActionTriggerKind.Automatic`: the editor asks by itself, as the cursor moves or the file is saved."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a request is about: characters [start, end) of a document's text."""

    language: Language
    text: str
    start: int
    end: int


def worded(action_: Refactoring, *, name: str = "", new_name: str = "", to: str = "") -> str:
    """The prompt of a refactoring."""
    called = CALLED if action_ in EXTRACTIONS and new_name else ""
    return (PROMPTS[action_] + called).format(name=name, new_name=new_name, to=to)


def refactorings(context: Context, uri: Uri, asked: lsp.CodeAction) -> Iterator[dict[str, Any]]:
    """The entries for a place of an open document of a language that we can refactor."""
    place = _place(context, uri, asked.range)
    if place is None:
        return
    index, encoding = LineIndex(place.text), context.editor.encoding
    for offer in _offers(context, place, asked):
        range_ = to_range(index, offer.start, offer.end, encoding)
        argument = {"uri": context.editor.spelled(uri), "range": range_, "action": offer.action}
        yield action(f"Ask agent: {offer.title}", KINDS[offer.action], "harness.refactor", argument)


@dataclass(frozen=True, slots=True)
class _Offer:
    """One entry, for the characters [start, end)."""

    action: Refactoring
    title: str
    start: int
    end: int


def _offers(context: Context, place: _Place, asked: lsp.CodeAction) -> Iterator[_Offer]:
    """An editor that asks by itself has what a selection can become; a cursor on a name is everywhere."""
    by_itself = asked.context.trigger_kind == ON_SAVE
    selected = place.start < place.end
    if selected or not by_itself:
        name = name_at(place.language, place.text, place.start, place.end)
        if name is not None and can_be_renamed(place.language, place.text, name):
            yield _of_name("rename", "Rename `{}`…", name)
        if place.language is PYTHON:
            yield from _of_python(place, name)
    if not by_itself and _wants_imports(context, place, asked.context.only):
        yield _Offer("organise_imports", "Organise imports", place.start, place.start)


def _of_python(place: _Place, name: Name | None) -> Iterator[_Offer]:
    text, start, end = place.text, place.start, place.end
    into = extractable(text, start, end)
    if "function" in into:
        yield _Offer("extract_function", "Extract function", start, end)
    if "variable" in into:
        yield _Offer("extract_variable", "Extract variable", start, end)
    if name is not None and can_be_inlined(text, name):
        yield _of_name("inline", "Inline `{}`", name)
    defined = defined_on_line(text, start)
    if defined is not None and (start == end or name == defined):
        yield _of_name("move", "Move `{}`…", defined)


def _of_name(action_: Refactoring, title: str, name: Name) -> _Offer:
    return _Offer(action_, title.format(short(name.text)), name.start, name.end)


def _wants_imports(context: Context, place: _Place, only: tuple[str, ...] | None) -> bool:
    """Unasked for it stands on imports alone.

    A request for just `source.organizeImports` may be one that runs what it gets at each save, in an editor that does
    not tell so (Neovim's usual recipe does that). Only a client of ours, which tells, has an answer to it.
    """
    if only is None:
        first = place.text.rfind("\n", 0, place.start) + 1
        last = place.text.find("\n", place.end)
        return has_imports(place.language, place.text, first, last if last >= 0 else len(place.text))
    if only and all(kind == IMPORTS_KIND for kind in only) and context.client.harness is None:
        return False
    return has_imports(place.language, place.text)


def _place(context: Context, uri: Uri, range_: lsp.Range) -> _Place | None:
    document, language = context.documents.get(uri), language_of(uri)
    if document is None or language is None or len(document.text) > LARGEST_TEXT:
        return None
    index, encoding = LineIndex(document.text), context.editor.encoding
    start = index.offset(range_.start.line, range_.start.character, encoding)
    end = index.offset(range_.end.line, range_.end.character, encoding)
    return _Place(language, document.text, start, max(start, end))
