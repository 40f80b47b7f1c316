"""Rules as people write them: `edit(src/**)`, `read`, `write_file(docs/*.md)`; matching is on whole path components."""

import re
from functools import lru_cache
from pathlib import Path

from bridge.harness.values.policy import Rule, Subj


def matches(rule: Rule, tool: str, subject: Subj, root: Path) -> bool:
    """Whether a rule speaks of this subject. Both the literal and the resolved path have to match an allow."""
    if rule.tool not in ("*", tool, subject.kind):
        return False
    literal = _matches(rule.pattern, Path(subject.value), root)
    resolved = _matches(rule.pattern, Path(subject.resolved), root.resolve())
    return (literal and resolved) if rule.effect == "allow" else (literal or resolved)


def _matches(pattern: str, path: Path, root: Path) -> bool:
    if not pattern:
        return True
    absolute = pattern.startswith("/")
    if not absolute and not path.is_relative_to(root):
        return False
    text = path.as_posix() if absolute else path.relative_to(root).as_posix()
    return _compiled(pattern).fullmatch(text) is not None


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
    return re.compile(out)
