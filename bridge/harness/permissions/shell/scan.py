"""The wide reading: every command that a text may hold, for what is denied. It never fails, and reads no syntax tree.

Quotes, escapes and `$'…'` are taken away; substitutions, subshells, here-documents, `bash -c` and wrappers (`env x`,
`sudo x`, `find -exec x`) are looked into. Where it is wrong it finds a command too many.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bridge.harness.permissions.shell.values import Found

SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"})
WRAPPERS = frozenset(
    {
        "builtin", "busybox", "chroot", "command", "doas", "env", "exec", "flock", "ionice", "nice", "nohup",
        "parallel", "setsid", "stdbuf", "sudo", "taskset", "time", "timeout", "toybox", "unshare", "xargs",
    }
)  # fmt: skip
"""Programs that run what their operands name."""

MAX_DEPTH = 30
MAX_WRAPPED = 4
"""How deep commands within commands are looked into, and how many words of one may be what it runs."""
_SCRIPTS = 10_000
"""Pipelines of a script within a command are numbered from here on: they are others than the text's."""

_PLAIN = re.compile(r"[^\s'\"\\$`|&;<>()]+|[^\S \t\n]+")
_REDIRECT = re.compile(r"(?:[0-9]+|\{\w+\})?(<<<|<<-?|<>|<&|>>|>\||>&|<|>)|(&>>|&>)")
_BLANKS = re.compile(r"[ \t]+")
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"\$(?:\{(\w+)\}|(\w+|[@*#?!$-]))")
_ASSIGNED = re.compile(r"\w+(?:\[[^\]]*\])?\+?=")
_OPTION_VALUE = re.compile(r"[0-9]+(?:\.[0-9]+)?[smhd]?|[^=]+=.*", re.DOTALL)
_KEYWORDS = frozenset(
    {"!", "{", "}", "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "esac", "coproc", "function"}
)
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ANSI_CODE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Scanned:
    """`direct` are the commands that stand in a text, `everything` also those that other commands would run.

    `bare` is the text without what is quoted.
    """

    direct: tuple[Found, ...]
    everything: tuple[Found, ...]
    bare: str


def scan(text: str) -> Scanned:
    """Every command that a text may hold."""
    scanner = _Scanner(text)
    scanner.commands("")
    everything = (one for found in scanner.found for one in (found, *_inside(found, 0)))
    return Scanned(tuple(scanner.found), tuple(everything), "".join(scanner.bare))


def _inside(found: Found, depth: int) -> Iterator[Found]:
    """The commands that a command runs by its operands."""
    if depth == MAX_WRAPPED:
        return
    for words in _run_by(found):
        inner = replace(found, words=words)
        yield inner
        yield from _inside(inner, depth + 1)
    if script := _script_of(found):
        scanner = _Scanner(script)
        scanner.commands("")
        for one in scanner.found:
            apart = replace(one, pipeline=_SCRIPTS * (found.pipeline + 1) + one.pipeline)
            yield apart
            yield from _inside(apart, depth + 1)


def _run_by(found: Found) -> Iterator[tuple[str, ...]]:
    words = found.words
    if found.program in WRAPPERS:
        left = MAX_WRAPPED
        for at in range(1, len(words)):
            if words[at].startswith("-") or _OPTION_VALUE.fullmatch(words[at]):
                continue
            yield words[at:]
            left -= 1
            if left == 0 or not words[at - 1].startswith("-"):  # else it may have been the value of that option
                break
    if found.program == "find":
        for at, word in enumerate(words):
            if word in ("-exec", "-execdir", "-ok", "-okdir"):
                yield words[at + 1 :]


def _script_of(found: Found) -> str:
    """What a shell is given as a text to run."""
    if found.program == "eval":
        return " ".join(found.words[1:])
    if found.program == "env":
        return next((word.removeprefix("-S") for word in found.words[1:] if word.startswith("-S")), "")
    if found.program in SHELLS | {"su", "script", "watch"}:
        for at, word in enumerate(found.words[1:], start=1):
            if re.fullmatch(r"-[a-zA-Z]*c", word):
                return " ".join(found.words[at + 1 : at + 2])
        return "\n".join(target for operator, target in found.redirects if operator in ("<<", "<<-", "<<<"))
    return ""


class _Draft:
    """A command that is being read."""

    def __init__(self, first: int) -> None:
        self.words: list[str] = []
        self.redirects: list[tuple[str, str]] = []
        self.first = first


class _Scanner:
    def __init__(self, text: str, depth: int = 0) -> None:
        self._text = text
        self._at = 0
        self._depth = depth
        self._pipelines = 0
        self._bodies: list[tuple[_Draft, str, str, bool]] = []
        self._backtick = 0
        self.found: list[Found] = []
        self.bare: list[str] = []

    def commands(self, closer: str) -> None:
        """Read up to the closing character, or to the end."""
        self._depth += 1
        self._pipelines += 1
        number, draft = self._pipelines, _Draft(len(self.found))
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == closer:
                self._at += 1
                self.bare.append(char)
                break
            if self._blank() or self._takes(draft):
                continue
            self._end(draft, number)
            if not self._operator(char):
                self._pipelines += 1
                number = self._pipelines
            draft = _Draft(len(self.found))
        self._end(draft, number)
        self._depth -= 1

    def _blank(self) -> bool:
        """Blanks, comments and joined lines."""
        if blanks := _BLANKS.match(self._text, self._at):
            self._at = blanks.end()
            self.bare.append(" ")
            return True
        if self._text.startswith("\\\n", self._at):
            self._at += 2
            return True
        if comment := _COMMENT.match(self._text, self._at):
            self._at = comment.end()
            return True
        return False

    def _takes(self, draft: _Draft) -> bool:
        """A redirection or a word of this command."""
        text, at = self._text, self._at
        if text.startswith(("<(", ">("), at):
            self._at += 2
            self._nested(")")
            draft.words.append("$()")
            return True
        if redirect := _REDIRECT.match(text, at):
            self._at = redirect.end()
            self.bare.append(redirect[0])
            self._redirect(draft, redirect[1] or redirect[2])
            return True
        if text[at] in "|&;()\n" or (text[at] == "`" and self._backtick):
            return False
        draft.words.append(self._word())
        return True

    def _operator(self, char: str) -> bool:
        """What ends a command; True for a pipe, which the next belongs to."""
        self.bare.append(char)
        if char == "(":
            self._at += 1
            self._nested(")")
            return False
        if char == "\n":
            self._at += 1
            self._read_bodies()
            return False
        for operator in ("||", "&&", "|&"):
            if self._text.startswith(operator, self._at):
                self._at += 2
                return operator == "|&"
        self._at += 1
        return char == "|"

    def _nested(self, closer: str) -> None:
        if self._depth < MAX_DEPTH:
            self._backtick += closer == "`"
            self.commands(closer)
            self._backtick -= closer == "`"

    def _redirect(self, draft: _Draft, operator: str) -> None:
        if blanks := _BLANKS.match(self._text, self._at):
            self._at = blanks.end()
        start = self._at
        if self._text.startswith(("<(", ">("), start):
            self._at += 2
            self._nested(")")
            target = "$()"
        else:
            target = self._word()
        self.bare.append(target if operator not in ("<<", "<<-", "<<<") else "_")
        if operator in ("<<", "<<-"):
            quoted = any(char in self._text[start : self._at] for char in "'\"\\")
            self._bodies.append((draft, operator, target, quoted))
        else:
            draft.redirects.append((operator, target))

    def _read_bodies(self) -> None:
        """The here-documents of the line that has just ended. A body is a redirection's target, whole."""
        bodies, self._bodies = self._bodies, []
        for draft, operator, delimiter, quoted in bodies:
            lines = []
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end]
                self._at = end + 1
                if (line.lstrip("\t") if operator == "<<-" else line) == delimiter:
                    break
                lines.append(line)
            body = "\n".join(lines)
            if not quoted:
                self._substitutions(body)
            for index, found in enumerate(self.found[draft.first :], start=draft.first):
                self.found[index] = replace(found, redirects=(*found.redirects, (operator, body)))

    def _substitutions(self, body: str) -> None:
        inner = _Scanner(body, self._depth + 1)
        while inner._at < len(body):
            inner._quoted_piece()
        self.found += inner.found

    def _word(self) -> str:
        out: list[str] = []
        while self._at < len(self._text):
            if plain := _PLAIN.match(self._text, self._at):
                out.append(plain[0])
                self.bare.append(plain[0])
                self._at = plain.end()
                continue
            char = self._text[self._at]
            if char in " \t\n|&;<>()" or (char == "`" and self._backtick):
                break
            out.append(self._piece(char))
        return "".join(out)

    def _piece(self, char: str) -> str:
        match char:
            case "'":
                return self._single()
            case '"':
                self._at += 1
                return self._double()
            case "\\":
                said = self._text[self._at + 1 : self._at + 2]
                self._at += 2
                return "" if said == "\n" else said
            case "`":
                self._at += 1
                self._nested("`")
                return "$()"
        return self._dollar()

    def _single(self) -> str:
        self.bare.append("_")
        end = self._text.find("'", self._at + 1)
        end = len(self._text) if end < 0 else end
        said = self._text[self._at + 1 : end]
        self._at = end + 1
        return said

    def _double(self) -> str:
        self.bare.append("_")
        out: list[str] = []
        while self._at < len(self._text):
            if self._text[self._at] == '"':
                self._at += 1
                break
            out.append(self._quoted_piece())
        return "".join(out)

    def _quoted_piece(self) -> str:
        """One step within double quotes."""
        char, after = self._text[self._at], self._text[self._at + 1 : self._at + 2]
        if char == "\\" and after and after in '$`"\\\n':
            self._at += 2
            return after.strip("\n")
        if char == "`" and not self._backtick:
            self._at += 1
            self._nested("`")
            return "$()"
        if char == "$" and after not in ("'", '"'):
            return self._dollar()
        self._at += 1
        return char

    def _dollar(self) -> str:
        text, at = self._text, self._at
        if text.startswith("$(", at):
            self._at += 2
            self._nested(")")
            return "$()"
        if text.startswith("$'", at):
            return self._ansi()
        if text.startswith('$"', at):
            self._at += 1
            return ""
        if name := _NAME.match(text, at):
            self._at = name.end()
            return f"${name[1] or name[2]}"
        self._at += 1
        return "$"

    def _ansi(self) -> str:
        self.bare.append("_")
        end = re.compile(r"(?:[^'\\]|\\.)*", re.DOTALL).match(self._text, self._at + 2)
        said = end[0] if end else ""
        self._at += len(said) + 3
        return _ANSI_CODE.sub(_ansi_char, said)

    def _end(self, draft: _Draft, pipeline: int) -> None:
        words = list(draft.words)
        while words and (words[0] in _KEYWORDS or _ASSIGNED.match(words[0])):
            words.pop(0)
        if words or draft.redirects or any(draft is body[0] for body in self._bodies):
            holds = tuple(found.program for found in self.found[draft.first :])
            draft.first = len(self.found)
            self.found.append(Found(tuple(words), tuple(draft.redirects), pipeline, holds))


def _ansi_char(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return chr(int(match[4], 8) % 256) if match[4] else _ANSI.get(match[5], match[5])
