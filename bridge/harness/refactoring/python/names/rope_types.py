"""What rope says of an object whose class our own inference does not know."""

import ast
from typing import Any

from rope.base import builtins, evaluate, exceptions, pyobjects, pyobjectsdef

from bridge.harness.isolate import isolate
from bridge.harness.refactoring.python.names.hierarchy import Hierarchy
from bridge.harness.refactoring.python.names.index import Index
from bridge.harness.refactoring.python.names.kinds import (
    UNKNOWN,
    ClassOf,
    Instance,
    Klass,
    Known,
    Outside,
    Value,
    known,
)
from bridge.harness.refactoring.python.names.rope_side import WarmRope, rope_of
from bridge.harness.refactoring.python.names.scopes import Access, Outline, Scope

_LONGEST = 200
"""A receiver with more characters is not asked about: rope knows nothing of such ones, and takes its time."""


class RopeTypes:
    """Asks rope. Its answers are turned into the values of our own inference."""

    def __init__(self, index: Index, hierarchy: Hierarchy) -> None:
        """rope is made when it is first needed."""
        self._index = index
        self._hierarchy = hierarchy
        self._made: WarmRope | None = None
        self._classes: dict[tuple[str, int], Klass] = {}

    def value(self, access: Access, outline: Outline) -> Known:
        """What the receiver of an access is."""
        text = ast.unparse(access.receiver)
        if len(text) > _LONGEST:
            return UNKNOWN
        found = self._evaluate(text, access.start, outline.source.path)
        return UNKNOWN if found is None else self._translated(found)

    def has(self, klass: Klass, base: str, name: str) -> bool | None:
        """Whether a base class outside of the project has an attribute; None where the base is not known."""
        outside = klass.scope.parent or klass.scope
        found = self._evaluate(base, _start(klass.scope), outside.source.path)
        if not isinstance(found, pyobjects.AbstractClass):
            return None
        answer: list[bool] = []
        with isolate("rope: the attributes of a class"):
            answer.append(name in found)
        return answer[0] if answer else None

    def _evaluate(self, text: str, offset: int, path: str) -> Any:
        """rope's object for an expression; rope's own errors (there are many) count as not knowing."""
        found: list[Any] = []
        with isolate(f"rope: the type of {text} in {path}"):
            if self._made is None:
                self._made = rope_of(self._index.project)
            module = self._made.module(path)
            scope = module.get_scope().get_inner_scope_for_offset(offset)
            try:
                pyname = evaluate.eval_str(scope, text)
                found.append(None if pyname is None else pyname.get_object())
            except (exceptions.RopeError, RecursionError, AttributeError):
                found.append(None)
        return found[0] if found else None

    def _translated(self, found: Any) -> Known:
        if isinstance(found, pyobjectsdef.PyClass):
            klass = self._klass(found)
            return known(ClassOf(klass) if klass is not None else Outside(str(found.get_name())))
        if isinstance(found, pyobjects.AbstractModule):
            return known(Outside("a module"))
        kind = found.get_type() if isinstance(found, pyobjects.PyObject) else None
        if isinstance(kind, pyobjectsdef.PyClass):
            klass = self._klass(kind)
            value: Value = Instance(klass) if klass is not None else Outside(str(kind.get_name()), instance=True)
            return known(value)
        if isinstance(kind, builtins.BuiltinClass):
            return known(Outside(str(kind.get_name()), instance=True))
        return UNKNOWN

    def _klass(self, found: Any) -> Klass | None:
        if not self._classes:
            self._classes = {(one.outline.source.path, one.node.lineno): one for one in self._hierarchy.all()}
        resource = found.get_module().get_resource()
        path = resource.path if resource is not None else ""
        return self._classes.get((path, found.get_ast().lineno))


def _start(scope: Scope) -> int:
    return scope.source.start(scope.node)
