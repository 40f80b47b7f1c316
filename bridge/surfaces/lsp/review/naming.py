"""A new name, or another module, where the editor has no input box: a few to choose from, or a comment to complete.

The comment is the person's own instruction (`# agent: rename total to `), put above the line at their command; they
type the rest and take its action. It is no work of the agent's, so no hunk and nothing in the log.
"""

import re
from collections.abc import Iterator

from bridge.harness.ids import Uri
from bridge.harness.ports.editor import DocumentEdit
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import LineIndex
from bridge.harness.workspace.uris import to_path
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.editor import to_range
from bridge.surfaces.lsp.review.code import PYTHON, Language, language_of, line_for_comment
from bridge.surfaces.lsp.review.show import WARNING, show_document, show_text
from bridge.surfaces.lsp.review.where import opened

IN_COMMENT = "Another one: begin a comment for it here"
MOST_MODULES = 8
"""Modules to choose from; a longer list is no help."""


def in_own_case(language: Language, name: str) -> Iterator[str]:
    """The name in the case that the language has for functions and variables, where it is in another one."""
    mark, bare = _split(name)
    if bare[:1].islower():
        other = _to_snake(bare) if language is PYTHON else _to_camel(bare)
        if other != bare and language.is_name(mark + other):
            yield mark + other


def private_or_not(language: Language, name: str) -> Iterator[str]:
    """A Python name made private, or a private one made public: seldom what is wanted, so the last to choose."""
    mark, bare = _split(name)
    if language is PYTHON and len(mark) <= 1 and language.is_name(bare):
        yield bare if mark else f"_{name}"


def other_modules(context: Context, uri: Uri) -> Iterator[str]:
    """The Python files that are open beside a file in its workspace folder, as paths from there."""
    path = to_path(uri)
    root = context.folders.holding(path)
    beside = [to_path(one) for one in opened(context) if one != uri and language_of(one) is PYTHON]
    if root is not None:
        inside = [other for other in beside if other is not None and other.is_relative_to(root)]
        yield from (other.relative_to(root).as_posix() for other in inside[-MOST_MODULES:])


async def begin_comment(context: Context, document: OpenDocument, offset: int, words: str) -> None:
    """Put `# agent: <words> ` above the line of a place, and the cursor at its end where the client can do that."""
    language = language_of(document.uri) or PYTHON
    text = document.text
    at = line_for_comment(language, text, offset)
    line = text[at : text.find("\n", at) + 1 or len(text)]
    comment = f"{line[: len(line) - len(line.lstrip())]}{language.comment} agent: {words} "
    ending = "\r\n" if line.endswith("\r\n") else "\n"
    change = TextChange(at, at, comment + ending)
    edit = DocumentEdit(document.uri, document.version, text, (change,), "Ask the agent")
    reply = await context.editor.apply(edit)
    if not reply.applied:
        why = reply.reason or "the editor did not take the comment"
        show_text(context, f"Nothing was written: {why}", kind=WARNING)
        return
    index = LineIndex(text[:at] + change.text + text[at:])
    end = at + len(comment)
    await show_document(context, document.uri, to_range(index, end, end, context.editor.encoding))


def _split(name: str) -> tuple[str, str]:
    """The leading underscores, and the rest."""
    bare = name.lstrip("_")
    return name[: len(name) - len(bare)], bare


def _to_snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _to_camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)
