"""What an annotation says of a value."""

import ast

from bridge.harness.refactoring.python.names.kinds import (
    NOTHING,
    UNKNOWN,
    ClassOf,
    Evaluator,
    Instance,
    Items,
    Known,
    Outside,
    Value,
    enclosing_class,
    known,
    union,
)
from bridge.harness.refactoring.python.names.scopes import Scope
from bridge.harness.refactoring.python.names.strings import last_name

_WRAPPERS = frozenset(
    {"Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar", "Optional", "Awaitable"}
)
_CONTAINERS = frozenset(
    {"list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "MutableSequence", "Iterable", "Iterator"}
    | {"Collection", "deque", "Deque", "AbstractSet", "MutableSet", "Generator", "AsyncIterator", "AsyncIterable"}
    | {"AsyncGenerator", "KeysView", "ValuesView"}
)
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"})
_CONTEXTS = frozenset(
    {"ContextManager", "AbstractContextManager", "AsyncContextManager", "AbstractAsyncContextManager"}
)
_ANYTHING = frozenset({"Any", "object", "TypeVar", "Callable"})


def read_annotation(infer: Evaluator, node: ast.expr, scope: Scope) -> Known:
    """What a value with the annotation `node` is; open where the annotation does not say."""
    if isinstance(node, ast.Constant):
        return _constant(infer, node, scope)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return read_annotation(infer, node.left, scope) | read_annotation(infer, node.right, scope)
    if isinstance(node, ast.Subscript):
        return _subscript(infer, node, scope)
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(infer, node, scope)
    return UNKNOWN


def _constant(infer: Evaluator, node: ast.Constant, scope: Scope) -> Known:
    if node.value is None:
        return NOTHING
    if not isinstance(node.value, str):
        return UNKNOWN
    try:
        inner = ast.parse(node.value, mode="eval").body
    except (SyntaxError, ValueError):
        return UNKNOWN
    # The place of the string is where names in it are looked up.
    for part in ast.walk(inner):
        ast.copy_location(part, node)
    return read_annotation(infer, inner, scope)


def _named(infer: Evaluator, node: ast.Name | ast.Attribute, scope: Scope) -> Known:
    name = last_name(node)
    if name == "Self":
        owner = enclosing_class(scope)
        if owner is not None and isinstance(owner.node, ast.ClassDef):
            return known(Instance(infer.klass(owner.node, owner)))
        return UNKNOWN
    if name in _ANYTHING:
        return UNKNOWN
    meant = infer.value(node, scope)
    return union([_instance(value) for value in meant.values]) | (UNKNOWN if meant.open else NOTHING)


def _instance(value: Value) -> Known:
    if isinstance(value, ClassOf):
        return known(Instance(value.klass))
    return known(Outside(value.name, instance=True)) if isinstance(value, Outside) else UNKNOWN


def _subscript(infer: Evaluator, node: ast.Subscript, scope: Scope) -> Known:
    name = last_name(node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if not parts:
        return UNKNOWN
    if name in _WRAPPERS:
        return read_annotation(infer, parts[0], scope)
    if name == "Union":
        return union([read_annotation(infer, part, scope) for part in parts])
    if name in {"type", "Type"}:
        inner = read_annotation(infer, parts[0], scope)
        return Known(frozenset(ClassOf(v.klass) for v in inner.values if isinstance(v, Instance)), inner.open)
    if name in _CONTAINERS or name in _CONTEXTS:
        return known(Items(read_annotation(infer, parts[0], scope)))
    if name in _MAPPINGS and len(parts) == 2:
        keys, items = (read_annotation(infer, part, scope) for part in parts)
        return known(Items(items, keys))
    if name in {"tuple", "Tuple"}:
        if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is Ellipsis:
            return known(Items(read_annotation(infer, parts[0], scope)))
        return known(Items(NOTHING, None, tuple(read_annotation(infer, part, scope) for part in parts)))
    if name == "Literal":
        return known(Outside("str", instance=True))
    return _named(infer, node.value, scope) if isinstance(node.value, ast.Name | ast.Attribute) else UNKNOWN
