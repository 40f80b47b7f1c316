"""A list between parentheses, parameters or arguments, written anew in the layout that it has.

Comments go with the item that they stand behind or above; line breaks and a comma at the end stay where they were.
"""

from dataclasses import dataclass

from bridge.harness.refactoring.python.tree.cst import Edit, edited


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it should be. `index`: which old item's comments it has; None for a new one."""

    text: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list in a text: what is between the parentheses is [start, end), the items without commas are `spans`."""

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between two items: a comment behind the first, comments above the second, and the blanks."""

    comma: bool
    behind: str
    above: tuple[str, ...]
    blank: str


class Pending:
    """The edits of one text so far; a list that holds some of them takes them in."""

    def __init__(self, text: str) -> None:
        """No edits yet."""
        self.text = text
        self.edits: list[Edit] = []

    def taken(self, start: int, end: int) -> str:
        """The text of [start, end) with the edits in it, which are not pending any more; newlines are \\n."""
        inside = [edit for edit in self.edits if start <= edit.start and edit.end <= end]
        self.edits = [edit for edit in self.edits if edit not in inside]
        moved = [Edit(edit.start - start, edit.end - start, edit.new) for edit in inside]
        return edited(self.text[start:end], moved).replace("\r\n", "\n")


def relist(text: str, listed: Listed, items: list[Item]) -> Edit:
    """The edit that makes the list these items."""
    edges = [listed.start, *(edge for span in listed.spans for edge in span), listed.end]
    gaps = [_gap(text[a:b].replace("\r\n", "\n")) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if not listed.spans:
        first, last, inner = _Gap(False, "", (), ""), gaps[0], []
    else:
        first, last, inner = gaps[0], gaps[-1], gaps[1:-1]
    if not items:
        return Edit(listed.start, listed.end, "")
    usual = inner[-1].blank if inner else (first.blank if "\n" in first.blank else " ")
    out, broken = f"  {first.behind}" if first.behind else "", bool(first.behind)
    for slot, item in enumerate(items):
        blank = first.blank if slot == 0 else inner[slot - 1].blank if slot <= len(inner) else usual
        above = gaps[item.index].above if item.index is not None else ()
        if (broken or above) and "\n" not in blank:
            blank = "\n" + _indent(text, listed)
        out += blank + "".join(comment + blank for comment in above) + item.text
        out += "," if slot + 1 < len(items) or last.comma else ""
        behind = gaps[item.index + 1].behind if item.index is not None else ""
        out += f"  {behind}" if behind else ""
        broken = bool(behind)
    closing = "\n" + _indent(text, listed) if broken and "\n" not in last.blank else last.blank
    return Edit(listed.start, listed.end, out + closing)


def closing(text: str, at: int) -> int:
    """The parenthesis that closes a list, after its last item."""
    while text[at] != ")":
        at = text.index("\n", at) if text[at] == "#" else at + 1
    return at


def _gap(text: str) -> _Gap:
    lines = text.split("\n")
    comments = [line[line.index("#") :].rstrip() if "#" in line else "" for line in lines]
    comma = any("," in line.partition("#")[0] for line in lines)
    above = tuple(comment for comment in comments[1:] if comment)
    blank = "\n" + lines[-1].replace(",", "") if len(lines) > 1 else text.rpartition(",")[2]
    return _Gap(comma, comments[0] if len(lines) > 1 else "", above, blank)


def _indent(text: str, listed: Listed) -> str:
    """Blanks up to the first item's column."""
    at = listed.spans[0][0] if listed.spans else listed.start
    return " " * (at - text.rfind("\n", 0, at) - 1)
