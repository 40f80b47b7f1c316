"""Files that the conversation was about, read again: what stood in their outputs is gone, and may be old."""

from collections.abc import Iterator

from bridge.harness.errors import BridgeError
from bridge.harness.session.compaction import FileText, Kept, named_paths
from bridge.harness.session.pieces import size_of
from bridge.harness.tools.builtin.read_file import ReadFile, ReadFileInput
from bridge.harness.tools.contract import Context
from bridge.harness.tools.registry import Registry

MOST_FILES = 5
"""Files that are read again (systems.md §6)."""

MOST_LOOKED_AT = 20
"""Paths that are tried for them: some are gone, are folders, or are not to be shown."""

_LEAST = 400
"""Bytes below which a piece of a file is not worth showing."""


async def read_again(kept: Kept, context: Context, registry: Registry, room: int, each: int) -> tuple[FileText, ...]:
    """The files that tools read or edited last, as `read_file` shows them, in at most `room` bytes, `each` of one.

    What rules hide, lies outside the workspace or can't be read is left out, and what the recent items show already.
    """
    found: list[FileText] = []
    seen: set[str] = set()
    for looked, path in enumerate(_wanted(kept, registry)):
        if len(found) >= MOST_FILES or looked >= MOST_LOOKED_AT or room < _LEAST:
            break
        file = await _read(path, context, seen, min(each, room))
        if file is not None:
            found.append(file)
            room -= size_of([file.path, file.text])
    return tuple(found)


def _wanted(kept: Kept, registry: Registry) -> Iterator[str]:
    """Paths, the last used first, each once."""
    recent = named_paths(kept.recent)
    last: dict[str, str] = {}
    for name, path in (*recent, *named_paths(kept.older)):
        tool = registry.get(name)
        kind = tool.spec.kind if tool is not None else "" if name else "edit"
        last.setdefault(path, kind)
    shown = {path for _, path in recent if last[path] == "read"}
    return (path for path, kind in last.items() if kind in ("read", "edit") and path not in shown)


async def _read(path: str, context: Context, seen: set[str], limit: int) -> FileText | None:
    tool = ReadFile()
    try:
        prepared = await tool.prepare(ReadFileInput(path=path), context)
        (subject,) = prepared.subjects
        if subject.resolved in seen or not subject.inside or context.hidden(subject):
            return None
        outcome = await tool.commit(prepared, context)
    except BridgeError:  # gone, no text, a folder
        return None
    seen.add(subject.resolved)
    text = _head(outcome.model, limit)
    return FileText(context.workspace.shown(context.workspace.locate(path).path), text) if text else None


def _head(text: str, limit: int) -> str:
    """As many whole lines as fit, and where to read on."""
    if size_of(text) <= limit:
        return text
    left = limit - _FOOTER_ROOM
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        left -= size_of(line)
        if left < 0:
            break
        lines.append(line)
    return "".join(lines) + f"[lines 1 to {len(lines)}; read on with offset {len(lines) + 1}]\n" if lines else ""


_FOOTER_ROOM = 80
