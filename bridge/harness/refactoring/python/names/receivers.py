"""Whose method a call runs, where the methods of a family of classes are not alike, and who looks like that family."""

import ast
from dataclasses import dataclass

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.python.names.hierarchy import Hierarchy
from bridge.harness.refactoring.python.names.index import Module, index_of
from bridge.harness.refactoring.python.names.kinds import ClassOf, Instance, Klass, bare
from bridge.harness.refactoring.python.names.scopes import Access
from bridge.harness.refactoring.python.names.target import Targets

ClassPlace = tuple[str, int]
"""The path and the line of a `class` statement."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """`runs`: the classes whose own method is run; `perhaps`: derived ones of which the object may be."""

    runs: frozenset[ClassPlace]
    perhaps: frozenset[ClassPlace]


class Receivers:
    """Looks at accesses of attributes, for one question."""

    def __init__(self, project: Project) -> None:
        """Nothing is looked at yet."""
        self._targets = Targets(index_of(project))

    def at(self, path: str, start: int) -> Receiver | None:
        """What stands before the attribute whose name begins at an offset of the file; None where it is not known."""
        outline = self._targets.index.outline(path)
        if outline is None:
            return None
        place = outline.source.from_file(start)
        access = next((one for one in outline.accesses if one.start == place), None)
        if access is None:
            return None
        infer, hierarchy = self._targets.infer, self._targets.hierarchy
        runs, perhaps = set(), set()
        for value in infer.value(access.receiver, access.scope).values:
            if not isinstance(value, ClassOf | Instance):
                continue
            skip = 1 if isinstance(value, Instance) and value.above else 0
            ups = infer.ancestors(value.klass)[skip:]
            runs |= {place_of(up) for up in [up for up in ups if hierarchy.defines(up, access.name)][:1]}
            if not skip and not self._is_made_here(access):
                perhaps |= {place_of(one) for one in hierarchy.all() if value.klass in infer.ancestors(one)[1:]}
        return Receiver(frozenset(runs), frozenset(perhaps)) if runs else None

    def alike(self, name: str, path: str, line: int) -> list[ClassPlace]:
        """The classes with a method that is not the family's but may stand for it, as one of them is a Protocol."""
        hierarchy = self._targets.hierarchy
        klass = next((one for one in hierarchy.all() if place_of(one) == (path, line)), None)
        return [place_of(one) for one in lookalikes(hierarchy, hierarchy.group(klass, name), name)] if klass else []

    def perhaps_of(self, path: str, name: str) -> list[ClassPlace]:
        """Lines that read `name` of something that may be the module at `path`: it is not known, or named in quotes."""
        plain = name.islower() and name.isalpha()
        found = []
        for outline in self._targets.index.outlines(name):
            for access in outline.accesses:
                if access.name != name:
                    continue
                known = self._targets.infer.value(access.receiver, access.scope)
                unknown = known.open and not known.values and not plain
                if unknown or (access.quoted and Module(path) in known.values):
                    found.append((outline.source.path, outline.source.line_of(access.start)))
        return sorted(set(found))

    def _is_made_here(self, access: Access) -> bool:
        """`Box().size()`: an object of that very class."""
        made = access.receiver
        called = self._targets.infer.value(made.func, access.scope).values if isinstance(made, ast.Call) else ()
        return any(isinstance(value, ClassOf) for value in called)


def lookalikes(hierarchy: Hierarchy, family: set[Klass], name: str) -> list[Klass]:
    """Classes apart from a family that have the attribute too, if that or one of the family is a Protocol."""
    open_family = any(map(_is_protocol, family))
    apart = [one for one in hierarchy.all() if one not in family and hierarchy.defines(one, name)]
    return [one for one in apart if open_family or _is_protocol(one)]


def place_of(klass: Klass) -> ClassPlace:
    """Where a class is defined."""
    return klass.outline.source.path, klass.node.lineno


def _is_protocol(klass: Klass) -> bool:
    return any(ast.unparse(bare(base)).rpartition(".")[2] == "Protocol" for base in klass.node.bases)
