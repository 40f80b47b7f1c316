"""A refactoring as a client asks for it: checked against the open document, and completed by asking the person."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import PromptContext
from bridge.harness.workspace.spans import LineIndex
from bridge.protocol import commands as wire
from bridge.protocol.review import Range
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.lsp.params import known_uri
from bridge.surfaces.lsp.review.code import Language, Name, language_of, name_at
from bridge.surfaces.lsp.review.naming import IN_COMMENT, begin_comment, in_own_case, other_modules, private_or_not
from bridge.surfaces.lsp.review.refactorings import EXTRACTIONS, OF_A_NAME, worded
from bridge.surfaces.lsp.review.show import WARNING, show_text
from bridge.surfaces.lsp.review.where import place

LONGEST_PATH = 1000
"""Characters of a module's path."""

CHANGED_MEANWHILE = "The text has changed here meanwhile. Ask once more."

Choose = Callable[[str, Sequence[str]], Awaitable[str]]
"""Asks the person; the chosen title, or an empty string."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One refactoring. `name` is what it is of, for actions of a name; empty texts are not given."""

    action: wire.Refactoring
    uri: Uri
    range: Range
    name: Name | None = None
    new_name: str = ""
    to: str = ""

    @property
    def text(self) -> str:
        """What the agent is asked."""
        name = self.name.text if self.name is not None else ""
        return worded(self.action, name=name, new_name=self.new_name, to=self.to)

    def where(self, context: Context) -> PromptContext:
        """A name is where it begins, anything else is what was selected."""
        found = place(context, self.uri, self.range)
        return found if self.name is None else replace(found, end=None, end_column=None)


def wanted(context: Context, given: wire.RefactorCommand) -> Wanted:
    """What is asked for; raises -32602 for what is no name, no path, or of a document that is not open."""
    uri = known_uri(given.uri, "arguments.0.uri")
    language, document = _source(context, uri)
    name = _name(context, language, document, given.range) if given.action in OF_A_NAME else None
    if given.action in OF_A_NAME and name is None:
        raise invalid_params([{"path": "arguments.0.range", "message": "no name stands there"}])
    new_name = given.new_name if given.action == "rename" or given.action in EXTRACTIONS else None
    to = given.to if given.action == "move" else None
    if new_name is not None and not language.is_name(new_name):
        raise invalid_params([{"path": "arguments.0.newName", "message": "nothing can be called so"}])
    if to is not None and not (to.strip() and to.isprintable() and "`" not in to and len(to) <= LONGEST_PATH):
        raise invalid_params([{"path": "arguments.0.to", "message": "this is no path"}])
    return Wanted(given.action, uri, given.range, name, new_name or "", to or "")


async def completed(context: Context, one: Wanted, choose: Choose) -> Wanted | None:
    """With what the person chooses for what is missing; None where they choose nothing, or begin a comment instead."""
    if one.name is None:
        return one
    language, _ = _source(context, one.uri)
    if one.action == "rename" and not one.new_name:
        titles = [*in_own_case(language, one.name.text), IN_COMMENT, *private_or_not(language, one.name.text)]
        chosen = await choose(f"Rename {one.name.text} to what?", titles)
        return replace(one, new_name=chosen) if await _is_taken(context, one, one.name, chosen) else None
    if one.action == "move" and not one.to:
        titles = [*other_modules(context, one.uri), IN_COMMENT]
        chosen = await choose(f"Move {one.name.text} to which module?", titles)
        return replace(one, to=chosen) if await _is_taken(context, one, one.name, chosen) else None
    return one


async def _is_taken(context: Context, one: Wanted, name: Name, chosen: str) -> bool:
    """Whether what was chosen is the answer; a comment is begun here."""
    if not chosen:
        return False
    language, document = _source(context, one.uri)
    if _name(context, language, document, one.range) != name:
        show_text(context, CHANGED_MEANWHILE, kind=WARNING)
        return False
    if chosen == IN_COMMENT:
        await begin_comment(context, document, name.start, f"{one.action} {name.text} to")
    return chosen != IN_COMMENT


def _source(context: Context, uri: Uri) -> tuple[Language, OpenDocument]:
    document, language = context.documents.get(uri), language_of(uri)
    if document is None or language is None:
        why = "it is not open" if document is None else "it is no Python, JavaScript or TypeScript file"
        raise invalid_params([{"path": "arguments.0.uri", "message": why}])
    return language, document


def _name(context: Context, language: Language, document: OpenDocument, range_: Range) -> Name | None:
    """The name at a range's start."""
    index, at = LineIndex(document.text), range_.start
    start = index.offset(at.line, at.character, context.editor.encoding)
    return name_at(language, document.text, start, start)
