"""Rules as people write them: `edit(src/**)`, `read`, `write_file(docs/*.md)`; matching is on whole path components."""

import re
from functools import lru_cache
from pathlib import Path

from bridge.harness.permissions.protected import fold
from bridge.harness.values.policy import Rule, Subj

READS = frozenset({"read", "list"})


def matches(rule: Rule, tool: str, subject: Subj, root: Path) -> bool:
    """Whether a rule speaks of this subject.

    An allow is read narrowly: both the literal and the resolved path have to match, as they are spelt. A deny or an ask
    is read widely: one of the two is enough, and so is another spelling of a name (see `protected`).
    """
    if subject.kind == "execute" and (rule.effect == "allow" or rule.tool != "*"):
        return _speaks_of_command(rule, tool)
    if not _speaks_of(rule, tool, subject):
        return False
    wide = rule.effect != "allow"
    literal = _matches(rule.pattern, Path(subject.value), root, wide)
    resolved = _matches(rule.pattern, Path(subject.resolved), root.resolve(), wide)
    return (literal or resolved) if wide else (literal and resolved)


def _speaks_of_command(rule: Rule, tool: str) -> bool:
    """What a command does can't be told from its text yet: nothing allows it, and no pattern narrows what is said."""
    return rule.effect != "allow" and rule.tool in (tool, "execute")


def _speaks_of(rule: Rule, tool: str, subject: Subj) -> bool:
    """`edit` means all writing, `read` also listing; but leave to delete or to move is given by name alone."""
    if rule.tool in ("*", tool, subject.kind):
        return True
    if rule.tool == "edit":
        return subject.kind == "create" or (rule.effect != "allow" and subject.kind not in READS)
    return rule.tool == "read" and subject.kind == "list"


def _matches(pattern: str, path: Path, root: Path, wide: bool) -> bool:
    if not pattern:
        return True
    absolute = pattern.startswith("/")
    if not absolute and not path.is_relative_to(root):
        return False
    text = path.as_posix() if absolute else path.relative_to(root).as_posix()
    pattern = pattern.removeprefix("./")
    if wide:
        pattern, text = _folded(pattern), _folded(text)
    return _compiled(pattern).fullmatch(text) is not None


def _folded(path: str) -> str:
    return "/".join(map(fold, path.split("/")))


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`**` crosses folders, `*` and `?` stay within one."""
    out = ""
    for piece in re.split(r"(\*\*/?|\*|\?)", pattern):
        match piece:
            case "**/":
                out += "(?:[^/]+/)*"
            case "**":
                out += ".*"
            case "*":
                out += "[^/]*"
            case "?":
                out += "[^/]"
            case _:
                out += re.escape(piece)
    return re.compile(out, re.DOTALL)  # a name may hold a line break
