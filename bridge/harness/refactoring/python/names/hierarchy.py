"""Which classes share an attribute: by inheritance, in one direction or the other."""

import ast

from bridge.harness.refactoring.python.names.inference import Inference
from bridge.harness.refactoring.python.names.kinds import ClassOf, Instance, Klass, Known
from bridge.harness.refactoring.python.names.scopes import Scope


class Hierarchy:
    """The classes of the project. One serves one request."""

    def __init__(self, infer: Inference) -> None:
        """Nothing is looked at yet."""
        self._infer = infer
        self._all: list[Klass] = []

    def all(self) -> list[Klass]:
        """All classes of the project."""
        if not self._all:
            self._all = list(self._infer.all_classes())
        return self._all

    def klass_of(self, scope: Scope) -> Klass:
        """The class whose body a scope is."""
        if not isinstance(scope.node, ast.ClassDef):
            raise TypeError(scope.kind)
        return self._infer.klass(scope.node, scope)

    def defines(self, klass: Klass, name: str) -> bool:
        """Whether the class itself defines an attribute."""
        return name in self._infer.own(klass)

    def group(self, klass: Klass, name: str) -> set[Klass]:
        """All classes whose `name` is the same thing as that of `klass`: what overrides it, and what it overrides.

        Two classes that define it are tied together by each class that inherits from both.
        """
        ties: list[set[Klass]] = []
        for one in self.all():
            defining = {up for up in self._infer.ancestors(one) if self.defines(up, name)}
            if not defining:
                continue
            apart = [tie for tie in ties if not tie & defining]
            ties = [*apart, defining.union(*(tie for tie in ties if tie & defining))]
        return next((tie for tie in ties if klass in tie), {klass})

    def definers(self, owner: Known, name: str) -> set[Klass]:
        """The classes that an attribute of `owner` can come from."""
        found: set[Klass] = set()
        for value in owner.values:
            if isinstance(value, ClassOf | Instance):
                found |= self.upwards(value, name) or self.downwards(value.klass, name)
        return found

    def upwards(self, value: ClassOf | Instance, name: str) -> set[Klass]:
        """Those among the class and its ancestors."""
        skip = 1 if isinstance(value, Instance) and value.above else 0
        return {up for up in self._infer.ancestors(value.klass)[skip:] if self.defines(up, name)}

    def downwards(self, klass: Klass, name: str) -> set[Klass]:
        """Those among the classes that are derived from it: a mix-in uses what its users bring."""
        below = [one for one in self.all() if one is not klass and klass in self._infer.ancestors(one)]
        return {up for one in below for up in self._infer.ancestors(one) if self.defines(up, name)}
