"""Whether a new name can be had: what it would collide with, hide, or be hidden by."""

import keyword
from collections.abc import Iterator

from bridge.harness.refactoring.python.names.fixtures import takes_fixtures
from bridge.harness.refactoring.python.names.index import Index, Module
from bridge.harness.refactoring.python.names.kinds import Klass
from bridge.harness.refactoring.python.names.rope_types import RopeTypes
from bridge.harness.refactoring.python.names.scopes import BINDING, Binding, Event, Outline, Scope
from bridge.harness.refactoring.python.names.target import Target, Targets
from bridge.harness.refactoring.python.reading.source import Source
from bridge.harness.refactoring.values import Refusal


def check_spelling(old: str, new: str) -> None:
    """Refusal where `new` can't be a name, or is the old one."""
    if not new.isidentifier():
        raise Refusal(f"`{new}` is not a name that Python allows: letters, digits and _ only, and no digit first.")
    if keyword.iskeyword(new):
        raise Refusal(f"`{new}` is a keyword of Python. Choose another name.")
    if new == old:
        raise Refusal(f"It is called `{old}` already. Choose another name.")


def check_special(target: Target, new: str) -> None:
    """Refusal for names that Python itself calls or rewrites."""
    if _is_special(target.name):
        raise Refusal(f"`{target.name}` is a special name that Python itself uses; it can't be renamed.")
    if _is_special(new):
        raise Refusal(f"`{new}` would be a special name of Python. Choose a name without the double underscores.")
    if target.kind == "member" and new.startswith("__") != target.name.startswith("__"):
        raise Refusal("Python rewrites names with two underscores in front inside a class. Choose another start.")


class Collisions:
    """Looks for what stands in the way of a new name for a target."""

    def __init__(self, targets: Targets, target: Target, new: str) -> None:
        """Nothing is looked at yet."""
        self._targets = targets
        self._index: Index = targets.index
        self._target = target
        self._new = new

    def check(self) -> None:
        """Refusal that says where the name stands that is in the way."""
        if self._target.kind == "module":
            self._check_module()
        if self._target.kind == "member":
            self._check_classes()
        for binding in [*self._target.bindings, *self._module_names()]:
            taken = binding.scope.names.get(self._new)
            if taken is not None:
                self._refuse(binding.scope.source, _first(taken), "it is defined there already")
            self._check_reading(binding)
            if any(origin.how == "parameter" for origin in binding.origins) and self._target.kind == "parameter":
                self._check_passed(binding)
        if self._target.kind == "global":
            self._check_starred()

    def _check_passed(self, binding: Binding) -> None:
        """pytest passes a test what its parameters are named after."""
        if takes_fixtures(binding):
            where = f"{binding.scope.source.path}, line {binding.scope.source.line_of(_first(binding).start)}"
            raise Refusal(
                f"`{binding.name}` is the name of a fixture of pytest or of a plugin, which {where} is passed by that"
                " name. Give it another name inside of the test."
            )

    def _check_starred(self) -> None:
        """Files that see the name by `from … import *` may have the new one already, or get it from elsewhere."""
        for outline in [*self._index.outlines(self._target.name), *self._index.outlines(self._new)]:
            if not outline.stars or self._targets.starred(self._target.name, outline) not in self._target.bindings:
                continue
            if (taken := outline.top.names.get(self._new)) is not None:
                self._refuse(outline.source, _first(taken), "its `import *` would bring the name there too")
            if isinstance(found := self._targets.starred(self._new, outline), Binding):
                self._refuse(found.scope.source, _first(found), f"{outline.source.path} takes both by `import *`")

    def _check_reading(self, binding: Binding) -> None:
        """Neither may a use of the old name meet another `new` on its way, nor a use of `new` this one."""
        for event in binding.events:
            for scope in _between(event.scope, binding.scope):
                if (hiding := scope.names.get(self._new)) is not None:
                    why = f"it would hide the one that line {scope.source.line_of(event.start)} means"
                    self._refuse(scope.source, _first(hiding), why)
        outline = self._index.outline(binding.scope.source.path)
        for event in outline.events if outline is not None else []:
            if event.name == self._new and self._would_catch(event, binding.scope):
                self._refuse(binding.scope.source, event, "what that line means would become something else")

    def _would_catch(self, event: Event, home: Scope) -> bool:
        for scope in event.scope.chain():
            if scope is home:
                return event.binding is None or event.binding.scope is not home
            if event.binding is not None and event.binding.scope is scope:
                return False
        return False

    def _check_classes(self) -> None:
        hierarchy, infer = self._targets.hierarchy, self._targets.infer
        rope = RopeTypes(self._index, hierarchy)
        related: dict[Klass, None] = {}
        for klass in hierarchy.all():
            ups = infer.ancestors(klass)
            if self._target.classes & set(ups):
                related.update(dict.fromkeys(ups))
        for klass in related:
            if hierarchy.defines(klass, self._new):
                bound = klass.scope.names.get(self._new)
                at = _first(bound).start if bound is not None else klass.outline.source.start(klass.node)
                why = f"`{klass.name}`, of the same family of classes, has it already"
                self._refuse_at(klass.outline.source, at, why)
            if klass in self._target.classes:
                self._check_bases(klass, rope)

    def _check_bases(self, klass: Klass, rope: RopeTypes) -> None:
        for base in self._targets.infer.open_bases(klass):
            if rope.has(klass, base, self._target.name):
                raise Refusal(
                    f"`{klass.name}.{self._target.name}` stands for that of `{base}`, which is not this project's: "
                    "its name can't be changed there."
                )
            if rope.has(klass, base, self._new):
                raise Refusal(f"`{base}`, which `{klass.name}` is derived from, has a `{self._new}` already.")

    def _check_module(self) -> None:
        module = self._target.module
        path = module.path if module is not None else ""
        folder = path.removesuffix("/__init__.py").rstrip("/").rpartition("/")[0]
        beside = f"{folder}/{self._new}" if folder else self._new
        for taken in self._index.project.files:
            if taken in {f"{beside}.py", f"{beside}.pyi"} or taken.startswith(f"{beside}/"):
                raise Refusal(f"There is a `{taken}` already. Choose another name.")
        package = (
            self._index.outline(f"{folder}/__init__.py") if f"{folder}/__init__.py" in self._index.python else None
        )
        if package is not None and (taken_by := package.top.names.get(self._new)) is not None:
            self._refuse(package.source, _first(taken_by), "it is defined there already")

    def _module_names(self) -> Iterator[Binding]:
        """The names under which a module is imported."""
        if self._target.kind != "module":
            return
        for outline in self._index.outlines(self._target.name):
            yield from self._names_in(outline)

    def _names_in(self, outline: Outline) -> Iterator[Binding]:
        for part in outline.imports:
            found = self._index.means(part, outline.source.path)
            if isinstance(found, Module) and found == self._target.module and part.identifier == self._target.name:
                bound = part.scope.home(part.identifier).names.get(part.identifier)
                if bound is not None and any(event.start == part.start for event in bound.events):
                    yield bound

    def _refuse(self, source: Source, event: Event, why: str) -> None:
        self._refuse_at(source, event.start, why)

    def _refuse_at(self, source: Source, at: int, why: str) -> None:
        raise Refusal(f"`{self._new}` is taken: {source.path}, line {source.line_of(at)}; {why}. Choose another name.")


def _between(inner: Scope, home: Scope) -> Iterator[Scope]:
    """The scopes that are looked at before `home`."""
    for scope in inner.chain():
        if scope is home:
            return
        yield scope


def _first(binding: Binding) -> Event:
    return min((event for event in binding.events if event.role in BINDING), key=lambda event: event.start)


def _is_special(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")
