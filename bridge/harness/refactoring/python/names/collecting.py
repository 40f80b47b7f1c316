"""All code places of a target, file by file: those that are certain, and those that may be it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bridge.harness.refactoring.python.names.index import Module
from bridge.harness.refactoring.python.names.kinds import ClassOf, Function, Instance, Known, Outside
from bridge.harness.refactoring.python.names.rope_types import RopeTypes
from bridge.harness.refactoring.python.names.scopes import BINDING, Access, Binding, Event, Keyword, Outline
from bridge.harness.refactoring.python.names.strings import last_name
from bridge.harness.refactoring.python.names.target import Target, Targets, copied_by, subject_of
from bridge.harness.refactoring.python.reading.source import Source

UseKind = Literal["definition", "use", "import", "mention"]


_TEXT_METHODS = frozenset(dir(str)) | frozenset(dir(dict))
"""What is called by one of these names is hardly a function of the project: `text.format(total=1)`."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place of the target, in offsets of the analysed text; `why`: what is not known."""

    start: int
    end: int
    kind: UseKind
    why: str = ""


class Collector:
    """Finds the places of one target."""

    def __init__(self, targets: Targets, target: Target) -> None:
        """Nothing is searched yet."""
        self._targets = targets
        self._index = targets.index
        self._infer = targets.infer
        self._hierarchy = targets.hierarchy
        self._target = target
        self._rope = RopeTypes(targets.index, targets.hierarchy)
        # Names that the functions whose parameter it is are called by, and for other names whether they are functions.
        self._names: set[str] | None = None
        self._others: dict[str, bool] = {}
        # Classes that have an attribute of the same name and nothing else to do with the target.
        self._namesakes: list[str] | None = None

    def outlines(self) -> Iterator[Outline]:
        """The files that may have places of the target."""
        if self._target.kind == "local":
            paths = {binding.scope.source.path for binding in self._target.bindings}
            yield from (found for path in sorted(paths) if (found := self._index.outline(path)) is not None)
        else:
            yield from self._index.outlines(self._target.name)

    def places(self, outline: Outline) -> list[Place]:
        """The places in one file, each once."""
        found: dict[int, Place] = {}
        for place in self._all(outline):
            known = found.get(place.start)
            if known is None or (known.why and not place.why):
                found[place.start] = place
        return sorted(found.values())

    def _all(self, outline: Outline) -> Iterator[Place]:
        yield from self._plain(outline)
        kind = self._target.kind
        if kind == "local":
            return
        yield from self._imports(outline)
        if kind in {"global", "module"}:
            yield from self._of_modules(outline)
        if kind == "member":
            yield from self._of_objects(outline)
            yield from self._of_fields(outline)
        if kind == "parameter":
            yield from self._of_calls(outline)

    # -- names ---------------------------------------------------------------------------------------------------------

    def _plain(self, outline: Outline) -> Iterator[Place]:
        for event in outline.events:
            if event.name == self._target.name and self._is_it(event, outline):
                yield Place(event.start, event.end, _kind_of(event), self._doubt(event))

    def _is_it(self, event: Event, outline: Outline) -> bool:
        if event.binding is not None:
            if event.binding in self._target.bindings:
                return True
            return self._target.kind == "module" and self._binds_module(event.binding, outline)
        if self._target.kind != "global" or not outline.stars:
            return False
        return self._targets.starred(event.name, outline) in self._target.bindings

    def _binds_module(self, binding: Binding, outline: Outline) -> bool:
        """Whether a name is the module, imported under its own name."""
        starts = {event.start for event in binding.events if event.role == "import"}
        parts = [part for part in outline.imports if part.start in starts]
        return any(self._index.means(part, outline.source.path) == self._target.module for part in parts)

    def _doubt(self, event: Event) -> str:
        """What speaks against a definition: a base class that is not known may rely on the name."""
        if self._target.kind != "member" or event.role not in BINDING or event.scope.kind != "class":
            return ""
        klass = self._hierarchy.klass_of(event.scope)
        unknown = [base for base in self._infer.open_bases(klass) if self._rope.has(klass, base, event.name) is None]
        return f"what `{klass.name}` is derived from, `{unknown[0]}`, is not known" if unknown else ""

    def _imports(self, outline: Outline) -> Iterator[Place]:
        for part in outline.imports:
            if part.identifier != self._target.name:
                continue
            found = self._index.means(part, outline.source.path)
            module = isinstance(found, Module) and found == self._target.module
            if module or (isinstance(found, Binding) and found in self._target.bindings):
                yield Place(part.start, part.start + len(part.identifier), "import")

    # -- attributes ----------------------------------------------------------------------------------------------------

    def _accesses(self, outline: Outline) -> Iterator[tuple[Access, Known]]:
        for access in outline.accesses:
            if access.name == self._target.name:
                yield access, self._infer.value(access.receiver, access.scope)

    def _of_modules(self, outline: Outline) -> Iterator[Place]:
        for access, owner in self._accesses(outline):
            for value in owner.values:
                found = self._index.member(value, access.name) if isinstance(value, Module) else None
                if found is not None and (found in self._target.bindings or found == self._target.module):
                    yield _place(access, "use")

    def _of_objects(self, outline: Outline) -> Iterator[Place]:
        for access, owner in self._accesses(outline):
            seen = owner
            if owner.open and not owner.values:
                seen = self._rope.value(access, outline)
            why = self._why_not(access, seen, outline.source)
            if why is not None:
                yield _place(access, "definition" if _is_self_store(access) and not why else "use", why)

    def _why_not(self, access: Access, owner: Known, source: Source) -> str | None:
        """None: it is something else; empty: it is certainly the target; otherwise what is not known."""
        text = _short(source, access)
        hits, others = [], []
        for value in owner.values:
            if not isinstance(value, ClassOf | Instance):
                others.append(_named(value))
                continue
            upwards = self._hierarchy.upwards(value, access.name)
            near = upwards or self._hierarchy.downwards(value.klass, access.name)
            if near & self._target.classes:
                hits.append("" if upwards or near <= self._target.classes else value.klass.name)
            elif near or not self._infer.open_bases(value.klass):
                others.append(f"a `{value.klass.name}`")
        if hits and others:
            return f"`{text}` may also be {others[0]}"
        if any(hits):
            return f"only some subclasses of `{max(hits)}` have this `{access.name}`"
        if hits:
            return f"`{text}` may be something else too" if owner.open else ""
        return f"the type of `{text}` is not known{self._also(access.name)}" if owner.open else None

    def _also(self, name: str) -> str:
        """Another class that has an attribute of this name, for a sentence."""
        if self._namesakes is None:
            apart = (klass for klass in self._hierarchy.all() if klass not in self._target.classes)
            self._namesakes = [klass.name for klass in apart if self._hierarchy.defines(klass, name)]
        return f"; `{self._namesakes[0]}` has a `{name}` too" if self._namesakes else ""

    # -- keywords ------------------------------------------------------------------------------------------------------

    def _keywords(self, outline: Outline) -> Iterator[Keyword]:
        yield from (keyword for keyword in outline.keywords if keyword.name == self._target.name)

    def _of_fields(self, outline: Outline) -> Iterator[Place]:
        """Keywords that are attributes: of a class whose fields are parameters, of a class pattern, of a copy."""
        for keyword in self._keywords(outline):
            call = keyword.call
            called = self._infer.value(subject_of(call), keyword.scope)
            classes = [value.klass for value in called.values if isinstance(value, ClassOf)]
            copied = copied_by(call)
            if any(self._hierarchy.upwards(ClassOf(klass), keyword.name) & self._target.classes for klass in classes):
                if isinstance(call, ast.MatchClass) or self._takes_fields(called):
                    yield Place(keyword.start, keyword.start + len(keyword.name), "use")
            elif copied is not None:
                access = Access(keyword.name, keyword.start, copied, keyword.scope, call)
                why = self._why_not(access, self._infer.value(copied, keyword.scope), outline.source)
                if why is not None:
                    yield _place(access, "use", why)

    def _takes_fields(self, called: Known) -> bool:
        """Whether a class is made with its annotated names as keywords, as a dataclass is: it has no `__init__`."""
        return not self._targets.called(called) and any(
            isinstance(origin, ast.AnnAssign)
            for klass in self._target.classes
            for origin in klass.node.body
            if isinstance(origin, ast.AnnAssign) and ast.unparse(origin.target) == self._target.name
        )

    def _of_calls(self, outline: Outline) -> Iterator[Place]:
        for keyword in self._keywords(outline):
            if not isinstance(keyword.call, ast.Call):
                continue
            function = subject_of(keyword.call)
            called = self._infer.value(function, keyword.scope)
            end = keyword.start + len(keyword.name)
            if any(one.node in self._target.functions for one in self._targets.called(called)):
                yield Place(keyword.start, end, "use", "" if not called.open else self._not_sure(function, outline))
            elif called.open and (isinstance(function, ast.Name) or self._may_be_called(last_name(function))):
                yield Place(keyword.start, end, "use", self._not_sure(function, outline))

    def _not_sure(self, function: ast.expr, outline: Outline) -> str:
        return f"which `{outline.source.segment(function)}` is called here is not known"

    def _may_be_called(self, name: str) -> bool:
        """Whether what is called as `.name`, of an object that is not known, may be one of the functions.

        Not where the project has functions of that name, and none of them is one: then one of those is called.
        """
        if self._names is None:
            self._names = self._callable_names()
        if name not in self._others:
            defined = any(
                event.name == name and event.role == "definition"
                for outline in self._index.outlines(name)
                for event in outline.events
            )
            self._others[name] = defined
        return name in self._names or (name not in _TEXT_METHODS and not self._others[name])

    def _callable_names(self) -> set[str]:
        """The names by which the functions are called; of an `__init__` those of the class and the derived ones."""
        names = {str(getattr(node, "name", "")) for node in self._target.functions}
        if names & {"__init__", "__new__"}:
            owners = {binding.scope.parent for binding in self._target.bindings}
            heads = {self._hierarchy.klass_of(scope) for scope in owners if scope is not None and scope.kind == "class"}
            names |= {one.name for one in self._hierarchy.all() if heads & set(self._infer.ancestors(one))}
        return names


def _kind_of(event: Event) -> UseKind:
    if event.role == "import":
        return "import"
    changed = isinstance(event.node, ast.Name) and isinstance(event.node.ctx, ast.Del)
    return "definition" if event.role in BINDING and not changed else "use"


def _place(access: Access, kind: UseKind, why: str = "") -> Place:
    return Place(access.start, access.start + len(access.name), kind, why)


def _is_self_store(access: Access) -> bool:
    return isinstance(access.node, ast.Attribute) and isinstance(access.node.ctx, ast.Store)


def _named(value: object) -> str:
    if isinstance(value, Outside):
        return f"a `{value.name}`" if value.instance else f"`{value.name}`"
    return "a function" if isinstance(value, Function) else "something else"


def _short(source: Source, access: Access) -> str:
    """The receiver's text, for a sentence."""
    has_place = hasattr(access.receiver, "lineno")
    text = " ".join((source.segment(access.receiver) if has_place else ast.unparse(access.receiver)).split())
    return text if len(text) <= 40 else text[:37] + "…"
