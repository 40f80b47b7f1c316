"""What a person can ask for, as data. A wish says what was said, not yet which file or line is meant."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

WishKind = Literal[
    "rename",
    "extract",
    "inline",
    "move",
    "add_parameter",
    "remove_parameter",
    "reorder_parameters",
    "change_default",
    "change_annotation",
    "organise_imports",
    "find",
    "search",
    "rename_back",
    "undo",
    "again",
    "help",
    "dismissal",
    "greeting",
]

EDITS: frozenset[WishKind] = frozenset(
    {
        "rename",
        "extract",
        "inline",
        "move",
        "add_parameter",
        "remove_parameter",
        "reorder_parameters",
        "change_default",
        "change_annotation",
        "organise_imports",
        "rename_back",
        "again",
    }
)
"""Those that would change something."""

ALONE: frozenset[WishKind] = frozenset({"undo", "again", "help", "dismissal"})
"""Those that go with no other: `rename a to b, never mind` asks for nothing."""

Into = Literal["", "function", "variable"]
Pronoun = Literal["", "it", "this", "selection"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Which name is meant. `pronoun` stands for a name; `nth` counts the places that were listed last, from 1."""

    name: str = ""
    kind: str = ""
    holder: str = ""
    path: str = ""
    line: int = 0
    pronoun: Pronoun = ""
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Spec:
    """A parameter as it was asked for: source text of annotation, default, and what callers pass. None: not said."""

    name: str = ""
    annotation: str | None = None
    default: str | None = None
    value: str | None = None
    position: Literal["", "first", "last", "before", "after", "swap"] = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """One request.

    `new` is a new name; `into` what an extraction makes; `lines` of `path` are extracted, where not the selection;
    `path` is also the file whose imports are organised ("*": all files); `to` is a module or a file;
    `sure` is false where the words may mean something else: it is asked before anything is done.
    """

    kind: WishKind
    subject: Subject = Subject()
    new: str = ""
    into: Into = ""
    lines: tuple[int, int] = (0, 0)
    path: str = ""
    to: str = ""
    docs: bool = True
    spec: Spec = Spec()
    names: tuple[str, ...] = ()
    optional: bool = False
    keyword_only: bool = False
    usages: bool = False
    sure: bool = True

    @property
    def edits(self) -> bool:
        """Whether something would be changed."""
        return self.kind in EDITS

    def surely(self) -> "Wish":
        """The same, after the person has said that it is what they mean."""
        return replace(self, sure=True)


def said(wish: Wish) -> str:
    """The plainest sentence that means this wish: the grammar reads it back as the same wish."""
    if wish.spec.position == "swap" and not wish.spec.name:
        return f"swap the two parameters of {subject_words(wish.subject)}"
    sentence = _SENTENCES.get(wish.kind)
    text = sentence.format_map(_Words(wish)) if sentence else wish.kind.replace("_", " ")
    return " ".join(text.split())


_SENTENCES: dict[WishKind, str] = {
    "rename": "rename {subject} to {new} {docs}",
    "extract": "extract {code} {into} {new}",
    "inline": "inline {subject}",
    "move": "move {subject} to {to}",
    "add_parameter": "add {optional} {keyword} parameter {spec} to {subject} {position} {value}",
    "remove_parameter": "remove parameter {parameter} from {subject}",
    "reorder_parameters": "reorder the parameters of {subject} {order}",
    "change_default": "change the default of {parameter} in {subject} to {default}",
    "change_annotation": "change the type of {parameter} in {subject} to {annotation}",
    "organise_imports": "organise imports {of}",
    "find": "{find} {subject}",
    "search": "search for {text} {of}",
    "rename_back": "rename {what} back {target}",
    "undo": "undo that",
    "again": "try again",
    "help": "help",
    "dismissal": "never mind",
    "greeting": "hello",
}


class _Words(dict[str, str]):
    """The parts of a sentence, made when they are asked for."""

    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self._wish = wish

    def __missing__(self, part: str) -> str:
        return _PARTS[part](self._wish)


def subject_words(subject: Subject) -> str:
    """How a name is spoken of."""
    if subject.nth:
        return f"number {subject.nth}"
    if subject.pronoun:
        noun = f" {subject.kind}" if subject.kind and subject.pronoun == "this" else ""
        return ("the selection" if subject.pronoun == "selection" else subject.pronoun) + noun
    if subject.path and not subject.name:
        return f"module `{subject.path}`"
    words = [*([subject.kind] if subject.kind else []), f"`{subject.name}`"]
    words += [f"of `{subject.holder}`"] if subject.holder else []
    words += [f"at line {subject.line}"] if subject.line else []
    return " ".join([*words, *([f"in `{subject.path}`"] if subject.path else [])])


def _code(wish: Wish) -> str:
    if not wish.lines[0]:
        return "the selection"
    first, last = wish.lines
    place = f" of `{wish.path}`" if wish.path else ""
    return (f"line {first}" if first == last else f"lines {first}-{last}") + place


def _spec_words(wish: Wish) -> str:
    spec = wish.spec
    annotation = f": {spec.annotation}" if spec.annotation is not None else ""
    default = f" = {spec.default}" if spec.default is not None else ""
    return f"`{spec.name}{annotation}{default}`"


def _position(wish: Wish) -> str:
    match wish.spec.position:
        case "first" | "last":
            return f"as the {wish.spec.position} parameter"
        case "before" | "after":
            return f"{wish.spec.position} `{wish.spec.anchor}`"
    return ""


def _order(wish: Wish) -> str:
    spec = wish.spec
    match spec.position:
        case "swap":
            return f": swap `{spec.name}` and `{spec.anchor}`"
        case "before" | "after":
            return f": put `{spec.name}` {spec.position} `{spec.anchor}`"
        case "first" | "last":
            return f": put `{spec.name}` {spec.position}"
    return "to " + ", ".join(f"`{name}`" for name in wish.names)


def _scope(wish: Wish) -> str:
    if wish.path == "*":
        return "of all files"
    return f"of `{wish.path}`" if wish.path else ""


_PARTS: dict[str, Callable[[Wish], str]] = {
    "subject": lambda wish: subject_words(wish.subject),
    "new": lambda wish: f"`{wish.new}`" if wish.new else "",
    "what": lambda wish: subject_words(wish.subject) if wish.subject.name else "it",
    "target": lambda wish: f"to `{wish.new}`" if wish.new else "",
    "docs": lambda wish: "" if wish.docs else "without comments and docstrings",
    "code": _code,
    "into": lambda wish: f"into a {wish.into}" if wish.into else "into" if wish.new else "",
    "to": lambda wish: f"`{wish.to}`",
    "spec": _spec_words,
    "optional": lambda wish: "optional" if wish.optional else "",
    "keyword": lambda wish: "keyword-only" if wish.keyword_only else "",
    "position": _position,
    "value": lambda wish: f"passing `{wish.spec.value}`" if wish.spec.value is not None else "",
    "parameter": lambda wish: f"`{wish.spec.name}`",
    "order": _order,
    "default": lambda wish: f"`{wish.spec.default}`",
    "annotation": lambda wish: f"`{wish.spec.annotation}`",
    "of": _scope,
    "find": lambda wish: "find usages of" if wish.usages else "where is",
    "text": lambda wish: f"`{wish.names[0]}`" if wish.names else "",
}
