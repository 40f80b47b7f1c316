"""What the name at a place is: one thing, with all the names it goes by in the project's files."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from bridge.harness.refactoring.python.names.fixtures import fixture_of, is_fixture, takers
from bridge.harness.refactoring.python.names.hierarchy import Hierarchy
from bridge.harness.refactoring.python.names.index import Index, Module
from bridge.harness.refactoring.python.names.inference import Inference
from bridge.harness.refactoring.python.names.kinds import ClassOf, Function, Instance, Klass, Known
from bridge.harness.refactoring.python.names.outline import arguments_of
from bridge.harness.refactoring.python.names.scopes import Access, Binding, Event, Import, Keyword, Outline
from bridge.harness.refactoring.python.names.strings import last_name
from bridge.harness.refactoring.values import Refusal

_COPIES = frozenset({"replace", "_replace", "evolve", "model_copy"})
"""Functions that make a changed copy of their first argument, or of the object whose method they are."""
TargetKind = Literal["local", "parameter", "global", "member", "module"]


@dataclass(eq=False)
class Target:
    """The thing that a name means.

    `bindings`: where the name is bound. `classes`: those that define it, when it is an attribute or a method.
    `functions`: those whose parameter it is. `module`: the module it is.
    """

    name: str
    kind: TargetKind
    bindings: set[Binding] = field(default_factory=set)
    classes: set[Klass] = field(default_factory=set)
    functions: set[ast.AST] = field(default_factory=set)
    module: Module | None = None


class Targets:
    """Finds targets. One serves one request."""

    def __init__(self, index: Index) -> None:
        """Nothing is looked at yet."""
        self.index = index
        self.infer = Inference(index)
        self.hierarchy = Hierarchy(self.infer)

    def at(self, outline: Outline, offset: int) -> Target:
        """The target of the identifier at `offset` of the outline's text; Refusal where it can't be told."""
        access = _covering(outline.accesses, offset)
        if access is not None:
            return self._of_access(access, outline)
        keyword = _covering(outline.keywords, offset)
        if keyword is not None:
            return self._of_keyword(keyword, outline)
        part = _covering_import(outline.imports, offset)
        if part is not None:
            return self._of_import(part, outline)
        event = _covering(outline.events, offset)
        if event is None:
            raise Refusal(f"There is no name in line {outline.source.line_of(offset)} at this place. Point at a name.")
        return self.of_event(event, outline)

    def of_event(self, event: Event, outline: Outline) -> Target:
        """The target of a plain name."""
        if event.binding is not None:
            return self.of_binding(event.binding)
        found = self.starred(event.name, outline)
        if found is None:
            raise Refusal(f"`{event.name}` is not defined in this project: it is built in, or unknown.")
        return self.of(found)

    def of(self, found: Binding | Module) -> Target:
        """The target of something that a module holds."""
        return self.of_module(found) if isinstance(found, Module) else self.of_binding(found)

    def of_module(self, module: Module) -> Target:
        """A module as a target."""
        name = module.path.removesuffix("/__init__.py").rstrip("/").rpartition("/")[2]
        return Target(name.removesuffix(".pyi").removesuffix(".py"), "module", module=module)

    def of_binding(self, binding: Binding) -> Target:
        """The target of a bound name; names that are imported lead to where they come from."""
        source = self._imported(binding)
        if source is not None and source is not binding:
            return self.of(source)
        if binding.scope.kind == "class":
            return self._member(self.hierarchy.klass_of(binding.scope), binding.name)
        if any(origin.how == "parameter" for origin in binding.origins):
            fixture = fixture_of(self.index, binding)
            return self.of_binding(fixture) if fixture is not None else self._parameter(binding)
        if binding.scope.kind == "module":
            taken = takers(self.index, binding) if is_fixture(binding) else set()
            return Target(binding.name, "global", bindings=self.same(binding) | taken)
        return Target(binding.name, "local", bindings={binding})

    def same(self, start: Binding) -> set[Binding]:
        """All bindings that a module-level name has: its own, and those of plain `from … import` in other files.

        Refusal where one of them is bound to something outside of the project too.
        """
        group, waiting = {start}, [start]
        importers = self._importers(start.name)
        while waiting:
            binding = waiting.pop()
            linked = [local for local, source in importers if source is binding]
            if (source := self._imported(binding)) is not None and isinstance(source, Binding):
                linked.append(source)
            for one in linked:
                if one not in group:
                    group.add(one)
                    waiting.append(one)
        return group

    def starred(self, name: str, outline: Outline) -> Binding | Module | None:
        """What an unbound name of a file with `from … import *` is."""
        for level, starred in outline.stars:
            module = self.index.resolve(outline.source.path, level, starred)
            if module is not None and (found := self.index.member(module, name)) is not None:
                return found
        return None

    def _importers(self, name: str) -> list[tuple[Binding, Binding | Module | None]]:
        found = []
        for outline in self.index.outlines(name):
            for part in outline.imports:
                if part.member == name and not part.aliased:
                    local = part.scope.home(name).names.get(name)
                    if local is not None:
                        found.append((local, self.index.means(part, outline.source.path)))
        return found

    def _imported(self, binding: Binding) -> Binding | Module | None:
        """Where a name comes from that an import binds under its own name; Refusal where that is outside."""
        path = binding.scope.source.path
        found: Binding | Module | None = None
        for event in binding.events:
            if event.role != "import":
                continue
            parts = self.index.outline(path)
            part = _covering_import(parts.imports if parts is not None else [], event.start)
            meant = self.index.means(part, path) if part is not None else None
            if meant is None:
                line = binding.scope.source.line_of(event.start)
                raise Refusal(
                    f"`{binding.name}` comes from outside of this project: {path} imports it in line {line}. "
                    "It can't be changed there."
                )
            found = meant
        return found

    def _of_import(self, part: Import, outline: Outline) -> Target:
        found = self.index.means(part, outline.source.path)
        if found is None:
            raise Refusal(f"`{part.identifier}` comes from outside of this project. It can't be changed there.")
        return self.of(found)

    def _of_access(self, access: Access, outline: Outline) -> Target:
        owner = self.infer.value(access.receiver, access.scope)
        for value in owner.values:
            if isinstance(value, Module) and (found := self.index.member(value, access.name)) is not None:
                return self.of(found)
        classes = self.hierarchy.definers(owner, access.name)
        if classes:
            return self._member(next(iter(classes)), access.name)
        line = outline.source.line_of(access.start)
        raise Refusal(
            f"What `{access.name}` is in {outline.source.path}, line {line}, is not known, or it is not this project's."
            " Point at its definition."
        )

    def _of_keyword(self, keyword: Keyword, outline: Outline) -> Target:
        call = keyword.call
        called = self.infer.value(subject_of(call), keyword.scope)
        for function in self.called(called) if isinstance(call, ast.Call) else []:
            if (bound := function.scope.names.get(keyword.name)) is not None:
                return self.of_binding(bound)
        copied = copied_by(call)
        owner = called if copied is None else self.infer.value(copied, keyword.scope)
        classes = self.hierarchy.definers(owner, keyword.name)
        if classes:
            return self._member(next(iter(classes)), keyword.name)
        raise Refusal(f"Which function takes `{keyword.name}=` here is not known. Point at the parameter's definition.")

    def called(self, known: Known) -> list[Function]:
        """The functions that a call of this runs."""
        found: list[Function] = []
        for value in known.values:
            if isinstance(value, Function):
                found.append(value)
            elif isinstance(value, ClassOf | Instance):
                names = ("__init__", "__new__") if isinstance(value, ClassOf) else ("__call__",)
                for name in names:
                    member = self.infer.member(value.klass, name)
                    found += [one for one in member.values if isinstance(one, Function)] if member else []
        return found

    def _member(self, klass: Klass, name: str) -> Target:
        classes = self.hierarchy.group(klass, name)
        bindings = {one.scope.names[name] for one in classes if name in one.scope.names}
        return Target(name, "member", bindings=bindings, classes=classes)

    def _parameter(self, binding: Binding) -> Target:
        """A parameter, with its namesakes in overloads and in the methods that override or are overridden."""
        node = binding.scope.node
        target = Target(binding.name, "parameter", bindings={binding}, functions={node})
        parent, name = binding.scope.parent, getattr(node, "name", "")
        if parent is None or not name or self.infer.self_class(ast.Name(id=binding.name), binding.scope) is not None:
            return target
        groups = [parent.names.get(name)]
        if parent.kind == "class" and not name.startswith("__"):
            groups = [one.scope.names.get(name) for one in self.hierarchy.group(self.hierarchy.klass_of(parent), name)]
        for group in groups:
            for origin in group.origins if group is not None else []:
                self._add_parameter(target, origin.node, origin.scope.source.path)
        return target

    def _add_parameter(self, target: Target, node: ast.AST, path: str) -> None:
        outline = self.index.outline(path)
        if outline is None or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        if target.name in {arg.arg for arg in arguments_of(node.args)}:
            target.bindings.add(outline.scopes[node].names[target.name])
            target.functions.add(node)


def subject_of(call: ast.Call | ast.MatchClass) -> ast.expr:
    """What the keywords of a call are for: the function that is called, or of which `partial` makes another."""
    if isinstance(call, ast.MatchClass):
        return call.cls
    return call.args[0] if last_name(call.func) == "partial" and call.args else call.func


def copied_by(call: ast.Call | ast.MatchClass) -> ast.expr | None:
    """The object that a call makes a changed copy of: `replace(box, size=1)`, `box._replace(...)`; None for others."""
    if not isinstance(call, ast.Call) or last_name(call.func) not in _COPIES:
        return None
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return call.args[0] if call.args else owner


_P = TypeVar("_P", Access, Keyword, Event)


def _covering(placed: Sequence[_P], offset: int) -> _P | None:
    """What has its name at `offset`, or directly before it."""
    exact = [one for one in placed if one.start <= offset < one.start + len(one.name)]
    return next(iter(exact or [one for one in placed if one.start + len(one.name) == offset]), None)


def _covering_import(placed: Sequence[Import], offset: int) -> Import | None:
    return next((one for one in placed if one.start <= offset <= one.start + len(one.identifier)), None)
