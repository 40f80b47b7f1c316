"""One simple command: whether it is known to only read, and what it reads. All else is refused, with a reason."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from bridge.harness.permissions.protected import fold, is_secret
from bridge.harness.permissions.shell.git_programs import GIT, LINES, SETTINGS
from bridge.harness.permissions.shell.options import Given, Refused, given
from bridge.harness.permissions.shell.programs import (
    BUILTINS,
    FIND_FLAGS,
    FIND_PATHS,
    FIND_VALUED,
    PROGRAMS,
    TESTS,
    VERSIONED,
    Program,
)
from bridge.harness.permissions.shell.structure import Stage
from bridge.harness.permissions.shell.values import Member, Place, Touched

_DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)?[smhd]?")
_LEVEL = re.compile(r"[0-9]+")
# %n stores into a variable whose name is run; escapes could write another directive.
_FORMAT = re.compile(r"(?:[^%\\]|\\[nt\\]|%%|%[-+ 0#]*[0-9]{0,3}(?:\.[0-9]{1,3})?[sdiuxXocqfeEgG])*")
_DATE = re.compile(r"\+[^0-9]*")  # no widths
_SED_PRINT = re.compile(r"(?:[0-9]+|\$)(?:,(?:[0-9]+|\$))?p")
_SED_REPLACE = re.compile(r"s/[^/\\\n\[]*/[^/\\\n]*/[gpI0-9]*")
_AWK_PRINT = re.compile(r"\{ *print(?: *\$[0-9]+(?: *, *\$[0-9]+)*)? *\}")
_JQ_TEXT = re.compile(r'"[^"\\]*"')
_JQ_NAMES = re.compile(r"(?:(?<![A-Za-z_.])|(?<=\.\.))[A-Za-z_@$]\w*")
_JQ_KNOWN = frozenset(
    {
        "keys", "length", "map", "select", "to_entries", "from_entries", "with_entries", "add", "any", "all", "first",
        "last", "sort", "sort_by", "group_by", "unique", "unique_by", "min", "max", "min_by", "max_by", "has", "in",
        "contains", "inside", "startswith", "endswith", "test", "split", "join", "ascii_downcase", "ascii_upcase",
        "not", "and", "or", "if", "then", "elif", "else", "end", "type", "empty", "null", "true", "false", "tostring",
        "tonumber", "values", "flatten", "reverse", "paths", "leaf_paths", "del", "limit", "floor",
        "ltrimstr", "rtrimstr", "tojson", "fromjson", "keys_unsorted", "arrays", "objects", "strings",
        "numbers", "booleans", "entries",
    }
)  # fmt: skip

_SIGNATURE = re.compile(r"%[-+ ]?G")
_ODD_WORDS = MappingProxyType(
    {
        "xxd": re.compile(r"-(?!(?:[clgs][0-9]+|ps)\Z)..+", re.DOTALL),  # joined options are one to it, its own way
        "strings": re.compile(r"@.*", re.DOTALL),  # a file with more words
        "tail": re.compile(r"\+.*", re.DOTALL),  # old options
        "sort": re.compile(r"\+.*", re.DOTALL),
        "jq": re.compile(r".*#.*", re.DOTALL),  # a remark, whose quotes part no strings
    }
)
"""Words that programs read in a way of their own."""
_BY_SCRIPT = MappingProxyType({"egrep": "grep", "fgrep": "grep"})
"""Programs that may be scripts, and what these run from the PATH."""
_SHIMS = frozenset({"shims", ".volta"})
"""Folders of programs that pick the one to run by files of the folder that they are in."""
_ANY = 100
"""No limit to the operands (see `Program.most`)."""

Reads = tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    """A command, where it may run, and the place."""

    words: tuple[str, ...]
    folders: frozenset[Path]
    place: Place

    def touched(self, kind: Literal["read", "list"], operand: str, below: bool = False) -> Reads:
        """The path of an operand, from each folder that the command may run in. Raises `Refused`."""
        return tuple(_touched(folder / operand, kind, below, self.place) for folder in sorted(self.folders))


def member_of(stage: Stage, place: Place) -> Member:
    """The verdict on one command: allow, or ask with the reason."""
    work = _Work(stage.words, stage.folders, place)
    try:
        read = _reads(work)
        read += tuple(one for name in stage.inputs for one in work.touched("read", name))
    except Refused as refused:
        why = f"{stage.words[0]}: {refused}"
        return Member(stage.words, stage.folders, "ask", why, known=_is_known(stage.words))
    return Member(stage.words, stage.folders, "allow", f"{stage.words[0]} only reads here", known=True, touched=read)


def entered(folder: Path, operands: tuple[str, ...], place: Place) -> Path | None:
    """Where a `cd` leads: a folder inside that is no link; None where that can't be told."""
    if len(operands) != 1 or operands[0] in ("", "-") or operands[0].startswith(("-", "+")):
        return None
    target = Path(os.path.normpath(folder / operands[0]))
    root = place.resolve(place.root)
    for path, base in ((target, place.root), (place.resolve(folder / operands[0]), root)):
        if not path.is_relative_to(base):
            return None
    straight = place.resolve(target).relative_to(root) == target.relative_to(place.root)
    return target if straight else None


def _is_known(words: tuple[str, ...]) -> bool:
    """Whether the tables speak of it; of git they speak by subcommand."""
    return words[1:2] != () and words[1] in GIT if words[0] == "git" else words[0] in {*PROGRAMS, *_SPECIAL}


def _reads(work: _Work) -> Reads:
    name, *rest = work.words
    if "/" in name:
        raise Refused("it is named by a path")
    if name not in BUILTINS and (name != "time" or work.place.which(name)):  # `time` is also a word of the shell
        _known_where(name, work.place)
    if name in VERSIONED and rest == ["--version"]:
        return ()
    if special := _SPECIAL.get(name):
        return special(work)
    if (program := PROGRAMS.get(name)) is None:
        raise Refused("it is not known to only read")
    if (odd := _ODD_WORDS.get(name)) and any(odd.fullmatch(word) for word in rest):
        raise Refused("it reads one of its words in a way of its own")
    if name in _BY_SCRIPT:
        _known_where(_BY_SCRIPT[name], work.place)
    found = given(tuple(rest), program)
    _small_program(name, found)
    return _operands(work, program, found)


def _known_where(name: str, place: Place) -> None:
    where = place.which(name)
    if where is None:
        raise Refused("no such program is known")
    for path in (where, place.resolve(where)):
        if path.is_relative_to(place.root) or path.is_relative_to(place.resolve(place.root)):
            raise Refused("it is a program of the workspace")
        if not _SHIMS.isdisjoint(path.parts):
            raise Refused("which program it is may depend on the workspace")


def _operands(work: _Work, program: Program, found: Given) -> Reads:
    operands = list(found.operands)
    counted = len(operands) + (len(found.late) if program.most < _ANY else 0)
    if counted > (0 if program.operands == "none" else program.most):
        raise Refused("it has more operands than it only reads with")
    if program.operands in ("none", "text"):
        return ()
    if program.operands in ("pattern", "program") and not found.names & set(program.given.split()):
        operands = operands[1:]
    deep = program.deep == "*" or bool(found.names & set(program.deep.split()))
    kind: Literal["read", "list"] = "list" if program.operands == "folders" else "read"
    if not operands and (program.here or deep):
        operands = ["."]
    for word in found.late:  # awk and others read their options up to the first operand only
        work.touched(kind, word)
    read = tuple(one for operand in operands if operand != "-" for one in work.touched(kind, operand, deep))
    for one in read:
        if one.below and kind == "read" and (secret := work.place.secret_below(one.resolved, True)):
            raise Refused(secret)
    return read


def _touched(path: Path, kind: Literal["read", "list"], below: bool, place: Place) -> Touched:
    root = place.resolve(place.root)
    literal, resolved = Path(os.path.normpath(path)), place.resolve(path)
    for one, base in ((literal, place.root), (resolved, root)):
        if not one.is_relative_to(base):
            raise Refused(f"{str(path)!r} is outside the workspace")
        if secret := is_secret(str(one)):
            raise Refused(f"{secret} holds credentials")
        if any(fold(part) == ".git" for part in one.relative_to(base).parts):
            raise Refused("what git keeps may hold credentials")
    return Touched(kind, literal, resolved, below)


def _small_program(name: str, found: Given) -> None:
    """The programs that sed, awk and jq are given: the simplest forms."""
    text = found.operands[0] if found.operands else ""
    match name:
        case "date" if found.operands:
            good = bool(_DATE.fullmatch(text))
        case "sed":
            prints = _SED_PRINT.fullmatch(text) and found.names & {"-n", "--quiet", "--silent"}
            good = bool(prints or _SED_REPLACE.fullmatch(text))
        case "awk":
            good = bool(_AWK_PRINT.fullmatch(text)) and not any("=" in file for file in found.operands[1:])
        case "jq":
            rest = _JQ_TEXT.sub('""', text)
            good = bool(text) and "\\" not in rest and set(_JQ_NAMES.findall(rest)) <= _JQ_KNOWN and "$" not in rest
        case _:
            return
    if not good:
        raise Refused("what it is told to do is not known to only read")


def _cd(work: _Work) -> Reads:
    return tuple(one for operand in work.words[1:] for one in work.touched("list", operand))


def _command(work: _Work) -> Reads:
    if len(work.words) < 3 or work.words[1] not in ("-v", "-V") or any(word[:1] == "-" for word in work.words[2:]):
        raise Refused("it runs another program")
    return ()


def _printf(work: _Work) -> Reads:
    if len(work.words) < 2 or work.words[1].startswith("-") or not _FORMAT.fullmatch(work.words[1]):
        raise Refused("its format is not known to only print")
    return ()


def _test(work: _Work) -> Reads:
    operands = work.words[1:-1] if work.words[0] == "[" else work.words[1:]
    if len(operands) != 2 or operands[0] not in TESTS:
        raise Refused("it is not known to only look at a file")
    return work.touched("list", operands[1])


def _find(work: _Work) -> Reads:
    words = list(work.words[1:])
    starts = []
    while words and not words[0].startswith(("-", "(", "!", ")", ",")):
        starts.append(words.pop(0))
    read = [one for start in starts or ["."] for one in work.touched("list", start, below=True)]
    words.reverse()
    while words:
        word = words.pop()
        if word in FIND_FLAGS:
            continue
        if word not in FIND_VALUED | FIND_PATHS or not words:
            raise Refused(f"its {word} is not known to only look")
        value = words.pop()
        if word in FIND_PATHS:
            read += work.touched("list", value)
    return tuple(read)


def _git(work: _Work) -> Reads:
    if not work.place.trusted:
        raise Refused("it runs what a repository configures, and the workspace is not trusted")
    if work.folders != {work.place.root}:
        raise Refused("it may be another repository that it runs in")
    words = work.words[2:] if work.words[1:2] == ("--no-pager",) else work.words[1:]
    everything = work.touched("read", ".", below=True)
    if words in LINES:
        return everything
    if words[:2] == ("config", "--get") and len(words) == 3 and words[2].casefold() in SETTINGS:
        return ()
    program = GIT.get(words[0]) if words else None
    if program is None:
        raise Refused("what it is told to do is not known to only read")
    found = given(words[1:], program)
    if any(_SIGNATURE.search(value) or "signature" in value for value in found.values):
        raise Refused("it checks signatures by a program that is configured")
    if words[0] == "tag" and found.operands and not found.names:
        raise Refused("it makes a tag")
    read = everything + _operands(work, program, found)
    within = (operand.rpartition(":")[2] for operand in found.operands if ":" in operand)  # a file of a commit
    return read + tuple(one for name in within if name for one in work.touched("read", name))


def _wrapped(work: _Work) -> Reads:
    """`time`, `timeout 5` and `nice -n 5` before a program that only reads."""
    name, *rest = work.words
    timed = name == "time" and rest[:1] == ["-p"]
    if timed or (name == "timeout" and rest and _DURATION.fullmatch(rest[0])):
        rest = rest[1:]
    elif name == "nice" and rest[:1] == ["-n"] and len(rest) > 1 and _LEVEL.fullmatch(rest[1]):
        rest = rest[2:]
    elif name == "timeout":
        raise Refused("how it is called is not known")
    if not rest or rest[0] not in PROGRAMS.keys() | {"find", "git"}:
        raise Refused("what it runs is not known to only read")
    _known_where(rest[0], work.place)  # echo too: it is a program then
    return _reads(_Work(tuple(rest), work.folders, work.place))


_SPECIAL: Mapping[str, Callable[[_Work], Reads]] = MappingProxyType(
    {
        "cd": _cd,
        "command": _command,
        "printf": _printf,
        "test": _test,
        "[": _test,
        "find": _find,
        "git": _git,
        "time": _wrapped,
        "timeout": _wrapped,
        "nice": _wrapped,
    }
)
