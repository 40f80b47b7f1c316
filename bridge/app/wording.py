"""How hunks, and texts that come from files and models, are put before a person: one place for every surface."""

from collections.abc import Sequence
from typing import NamedTuple

from bridge.harness.values.text import visible as visible
from bridge.harness.workspace.text import split_lines
from bridge.harness.workspace.uris import to_path
from bridge.harness.workspace.views import HunkView

PREVIEW_LINES = 40
PREVIEW_WIDTH = 200


class Words(NamedTuple):
    """What the two decisions on a hunk are called."""

    accept: str
    reject: str


ASK = Words("Accept", "Reject")
KEEP = Words("Keep", "Undo")


def words(view: HunkView) -> Words:
    """Under the policy *keep* the text stands already."""
    return KEEP if view.policy == "keep" else ASK


def name(view: HunkView) -> str:
    """Such as `hunk 2/3`."""
    return f"hunk {view.index}/{view.total}"


def summary(view: HunkView) -> str:
    """What it does, in a few words; and what the tool says of its lines."""
    return f"{_what(view)}, {visible(view.hunk.note)}" if view.hunk.note else _what(view)


def _what(view: HunkView) -> str:
    old, new = len(split_lines(view.hunk.old)), len(split_lines(view.hunk.new))
    match view.hunk.op:
        case "create":
            return f"new file, {_lines(new)}"
        case "delete":
            return f"move the file to {visible(view.to_uri.rpartition('/')[2])}" if view.to_uri else "delete the file"
        case "move":
            return "move the file"
    if not old:
        return f"add {_lines(new)}"
    if not new:
        return f"remove {_lines(old)}"
    return f"change {_lines(old)}" if old == new else f"replace {_lines(old)} with {new}"


def changes(views: Sequence[HunkView]) -> str:
    """How many they are and where, such as `1 change in app.py` or `3 changes in 2 files`."""
    files = list(dict.fromkeys(view.hunk.uri for view in views))
    path = to_path(files[0]) if len(files) == 1 else None
    where = visible(path.name) if path else f"{len(files)} file{'' if len(files) == 1 else 's'}"
    return f"{len(views)} change{'' if len(views) == 1 else 's'} in {where}"


def hint(view: HunkView) -> str:
    """What the agent wants at a place, in half a line."""
    if view.state.stale:
        return "▸ agent: no longer fits"
    return f"▸ agent: {summary(view)}{', keep or undo' if view.policy == 'keep' else ''}"


def preview(view: HunkView, limit: int = PREVIEW_LINES) -> str:
    """The hunk as `-` and `+` lines, cut where it is long; control characters are made visible."""
    rows = [f"- {_cut(visible(line))}" for line in split_lines(view.hunk.old)]
    rows += [f"+ {_cut(visible(line))}" for line in split_lines(view.hunk.new)]
    if len(rows) > limit:
        rows = [*rows[:limit], f"… {len(rows) - limit} lines more"]
    return "\n".join(rows)


def message(view: HunkView) -> str:
    """A diagnostic's text: what, for what, and the change itself."""
    title = visible(view.title)
    if view.state.stale:
        return f"{title}: {name(view)} no longer fits: the text changed here\n{preview(view)}"
    if view.state.decision is not None:
        return f"{title}: {name(view)} is being applied"
    if view.policy == "keep":
        stands = "stands" if view.state.placement == "present" else "may stand: look at the file"
        return f"{title}: {name(view)}, {summary(view)}; it {stands}, keep it or undo it\n{preview(view)}"
    return f"{title}: {name(view)}, {summary(view)}\n{preview(view)}"


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def _cut(line: str) -> str:
    return line if len(line) <= PREVIEW_WIDTH else f"{line[:PREVIEW_WIDTH]} …"
