"""From what a pattern bound to a wish."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from bridge.harness.models.offline.patterns import Bound
from bridge.harness.models.offline.vocabulary import EXTENSIONS
from bridge.harness.models.offline.wishes import Into, Pronoun, Spec, Subject, Wish, WishKind


def build(kind: WishKind, bound: Bound) -> tuple[Wish, ...]:
    """The wishes that a match means: several for `inline a and b`, none where the values don't fit each other."""
    subject = _subject(bound)
    if names := bound.get("names", ""):
        if kind == "reorder_parameters":
            return _only(Wish(kind, subject, names=tuple(names.split())))
        each = [_single(kind, bound, Subject(name, path=subject.path)) for name in names.split()]
        return tuple(wish for wishes in each for wish in wishes)
    return _single(kind, bound, subject)


def _only(wish: Wish | None) -> tuple[Wish, ...]:
    return () if wish is None else (wish,)


def _single(kind: WishKind, bound: Bound, subject: Subject) -> tuple[Wish, ...]:
    return _only(_BUILDERS.get(kind, _other)(kind, bound, subject))


def _subject(bound: Bound) -> Subject:
    pronoun = bound.get("pronoun", "")
    return Subject(
        name=bound.get("name", ""),
        kind=bound.get("kind", ""),
        holder=bound.get("holder", ""),
        path=bound.get("path", ""),
        line=int(bound.get("line", 0)),
        pronoun=next((known for known in get_args(Pronoun) if known == pronoun), ""),
        nth=int(bound.get("nth", 0)),
    )


def _rename(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    new = bound.get("new", "")
    if newpath := bound.get("newpath", ""):
        folder, _, file = newpath.rpartition("/")
        was, became = (path.rpartition(".")[2] for path in (subject.path, newpath))
        if became not in EXTENSIONS or (subject.path and was != became):
            return None
        if folder and folder != subject.path.rpartition("/")[0]:
            return None
        new = file.rpartition(".")[0]
    holder, dot, last = new.rpartition(".")
    if dot:
        if holder != subject.name.rpartition(".")[0]:
            return None
        new = last
    if not new.isidentifier() or new == subject.name:
        return None
    if subject.path and not subject.name and not subject.pronoun:
        subject = replace(subject, kind="module")
    return Wish(kind, subject, new=new, docs=bound.get("docs") != "no")


def _extract(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    first = int(bound.get("first", 0))
    lines = (first, int(bound.get("last", first)))
    if lines[0] > lines[1]:
        return None
    into = bound.get("into")
    known: Into = "function" if into == "function" else "variable" if into == "variable" else ""
    return Wish(kind, Subject(), new=bound.get("new", ""), into=known, lines=lines, path=subject.path)


def _move(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    to = bound.get("to", "")
    return Wish(kind, subject, to=to) if to and to not in {subject.name, subject.path} else None


def _add(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    position = bound.get("position", "")
    spec = Spec(
        name=bound["p"],
        annotation=bound.get("annotation"),
        default=bound.get("default"),
        value=bound.get("value"),
        position=next((known for known in ("first", "last", "before", "after") if known == position), ""),
        anchor=bound.get("anchor", ""),
    )
    return Wish(kind, subject, spec=spec, optional="optional" in bound, keyword_only="keyword_only" in bound)


def _parameter(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    spec = Spec(name=bound["p"], annotation=bound.get("annotation"), default=bound.get("default"))
    return Wish(kind, subject, spec=spec)


def _reorder(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    order = bound.get("order", "")
    for known in ("first", "last", "before", "after", "swap"):
        if order == known:
            spec = Spec(name=bound.get("p", ""), position=known, anchor=bound.get("anchor", ""))
            return Wish(kind, subject, spec=spec)
    return None


def _imports(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    return Wish(kind, path=subject.path)


def _search(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    return Wish(kind, path=subject.path, names=(bound["text"],))


def _back(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    """Another name than the last one is an ordinary request, if it says the name to be given."""
    new = bound.get("new", "")
    if subject.pronoun or subject.nth:
        return Wish(kind, new=new) if not subject.nth else None
    return _rename("rename", bound, subject) if subject.name and new else Wish(kind, subject, new=new)


def _other(kind: WishKind, bound: Bound, subject: Subject) -> Wish | None:
    if kind == "find":
        return Wish(kind, subject, usages="usages" in bound)
    if kind == "inline":
        return Wish(kind, subject)
    return Wish(kind)


_BUILDERS: dict[WishKind, Callable[[WishKind, Bound, Subject], Wish | None]] = {
    "rename": _rename,
    "rename_back": _back,
    "extract": _extract,
    "move": _move,
    "add_parameter": _add,
    "remove_parameter": _parameter,
    "reorder_parameters": _reorder,
    "change_default": _parameter,
    "change_annotation": _parameter,
    "organise_imports": _imports,
    "search": _search,
}
