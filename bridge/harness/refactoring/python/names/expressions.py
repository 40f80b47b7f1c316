"""What each kind of expression is, and what each way of binding a name gives it."""

import ast
import builtins
from collections.abc import Callable
from typing import Any

from bridge.harness.refactoring.python.names.kinds import (
    NOTHING,
    UNKNOWN,
    ClassOf,
    Evaluator,
    Function,
    Instance,
    Items,
    Known,
    Outside,
    decorators,
    enclosing_class,
    items_of,
    known,
    union,
)
from bridge.harness.refactoring.python.names.scopes import Origin, Scope

_PLAIN = frozenset({"str", "bytes", "int", "float", "complex", "bool", "bytearray", "range", "slice", "memoryview"})
_NOT_OURS = frozenset(
    {"len", "repr", "hash", "id", "ord", "chr", "sum", "abs", "round", "isinstance", "issubclass", "callable", "print"}
    | {"hasattr", "open", "input", "format", "bin", "hex", "oct", "divmod", "pow", "any", "all", "dir", "vars"}
)
_SAME_ITEMS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"})
_SAME_THING = frozenset({"copy.copy", "copy.deepcopy", "dataclasses.replace"})


def evaluate(infer: Evaluator, node: ast.expr, scope: Scope) -> Known:
    """What an expression is; open where there is no rule for its kind."""
    rule = _RULES.get(type(node))
    return UNKNOWN if rule is None else rule(infer, node, scope)


def bound_by(infer: Evaluator, origin: Origin) -> Known:
    """What a name is that was bound in this way."""
    rule = _ORIGINS.get(origin.how)
    return UNKNOWN if rule is None else rule(infer, origin)


def builtin_call(infer: Evaluator, name: str, call: ast.Call, scope: Scope) -> Known:
    """What a call of something that is not the project's gives."""
    if name in _PLAIN or name in _NOT_OURS:
        return known(Outside(name, instance=True))
    if not call.args:
        return known(Items(NOTHING)) if name in _SAME_ITEMS else UNKNOWN
    first = infer.value(call.args[0], scope)
    if name in _SAME_ITEMS:
        return known(Items(items_of(first)))
    if name in _SAME_THING:
        return first
    if name == "next":
        return items_of(first)
    if name == "enumerate":
        return known(Items(known(Items(NOTHING, None, (known(Outside("int", instance=True)), items_of(first))))))
    if name == "zip":
        parts = tuple(items_of(infer.value(arg, scope)) for arg in call.args)
        return known(Items(known(Items(NOTHING, None, parts))))
    if name == "type" and len(call.args) == 1:
        return Known(frozenset(ClassOf(v.klass) for v in first.values if isinstance(v, Instance)), first.open)
    return UNKNOWN


# -- expressions -------------------------------------------------------------------------------------------------------


def _name(infer: Evaluator, node: ast.Name, scope: Scope) -> Known:
    bound = scope.find(node.id, scope.source.start(node))
    if bound is not None:
        return infer.binding(bound)
    outline = infer.index.outline(scope.source.path)
    for level, starred in outline.stars if outline is not None else []:
        module = infer.index.resolve(scope.source.path, level, starred)
        if module is None:
            return UNKNOWN
        if (found := infer.index.member(module, node.id)) is not None:
            return infer.of_module(found) or UNKNOWN
    return known(Outside(node.id)) if hasattr(builtins, node.id) else UNKNOWN


def _attribute(infer: Evaluator, node: ast.Attribute, scope: Scope) -> Known:
    owner = infer.value(node.value, scope)
    found = union([infer.attribute(value, node.attr) for value in owner.values])
    return found | UNKNOWN if owner.open else found


def _call(infer: Evaluator, node: ast.Call, scope: Scope) -> Known:
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return _super(infer, scope)
    if isinstance(node.func, ast.Attribute):
        owner = infer.value(node.func.value, scope)
        known_items = [value for value in owner.values if isinstance(value, Items)]
        if known_items and not owner.open and len(known_items) == len(owner.values):
            return union([_container_method(value, node.func.attr) for value in known_items])
    function = infer.value(node.func, scope)
    found = union([infer.called(value, node, scope) for value in function.values])
    return found | UNKNOWN if function.open else found


def _super(infer: Evaluator, scope: Scope) -> Known:
    inside = enclosing_class(scope)
    if inside is None or not isinstance(inside.node, ast.ClassDef):
        return UNKNOWN
    return known(Instance(infer.klass(inside.node, inside), above=True))


def _container_method(value: Items, name: str) -> Known:
    everything = union([value.items, *value.parts])
    if name in {"values", "copy", "union", "intersection", "difference"}:
        return known(Items(everything, value.keys if name == "copy" else None))
    if name == "keys":
        return known(Items(value.keys or UNKNOWN))
    if name == "items":
        return known(Items(known(Items(NOTHING, None, (value.keys or UNKNOWN, everything)))))
    if name in {"get", "pop", "setdefault", "popleft", "__getitem__"}:
        return everything
    return known(Outside("int", instance=True)) if name in {"count", "index"} else UNKNOWN


def _subscript(infer: Evaluator, node: ast.Subscript, scope: Scope) -> Known:
    found = []
    whole = infer.value(node.value, scope)
    for value in whole.values:
        if isinstance(value, Items):
            sliced = isinstance(node.slice, ast.Slice)
            found.append(known(value) if sliced else union([value.items, *value.parts]))
        elif isinstance(value, ClassOf):
            found.append(known(value))
        elif isinstance(value, Instance):
            found.append(_returned_by(infer, value, "__getitem__", node, scope))
        else:
            found.append(known(value) if isinstance(value, Outside) and value.instance else UNKNOWN)
    return union(found) | (UNKNOWN if whole.open else NOTHING)


def _returned_by(infer: Evaluator, value: Instance, method: str, node: ast.expr, scope: Scope) -> Known:
    """What one of the special methods gives."""
    functions = infer.member(value.klass, method)
    if functions is None:
        return UNKNOWN
    call = ast.Call(func=node, args=[], keywords=[])
    return union([infer.called(function, call, scope) for function in functions.values])


def _either(infer: Evaluator, node: ast.BoolOp | ast.IfExp, scope: Scope) -> Known:
    parts = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
    return union([infer.value(part, scope) for part in parts])


def _inner(infer: Evaluator, node: Any, scope: Scope) -> Known:
    return infer.value(node.value, scope)


def _display(infer: Evaluator, node: ast.List | ast.Set, scope: Scope) -> Known:
    # An empty one says nothing: it is filled later.
    return known(Items(union([infer.value(part, scope) for part in node.elts])))


def _tuple(infer: Evaluator, node: ast.Tuple, scope: Scope) -> Known:
    return known(Items(NOTHING, None, tuple(infer.value(part, scope) for part in node.elts)))


def _dict(infer: Evaluator, node: ast.Dict, scope: Scope) -> Known:
    keys = union([infer.value(key, scope) for key in node.keys if key is not None])
    return known(Items(union([infer.value(value, scope) for value in node.values]), keys))


def _comprehension(infer: Evaluator, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Known:
    outline = infer.index.outline(scope.source.path)
    inside = outline.scopes.get(node) if outline is not None else None
    return known(Items(UNKNOWN if inside is None else infer.value(node.elt, inside)))


def _dict_comprehension(infer: Evaluator, node: ast.DictComp, scope: Scope) -> Known:
    outline = infer.index.outline(scope.source.path)
    inside = outline.scopes.get(node) if outline is not None else None
    if inside is None:
        return UNKNOWN
    return known(Items(infer.value(node.value, inside), infer.value(node.key, inside)))


def _constant(_: Evaluator, node: ast.Constant, scope: Scope) -> Known:
    del scope
    return NOTHING if node.value is None else known(Outside(type(node.value).__name__, instance=True))


def _text(*_: Any) -> Known:
    return known(Outside("str", instance=True))


def _truth(*_: Any) -> Known:
    return known(Outside("bool", instance=True))


def _operation(infer: Evaluator, node: ast.BinOp, scope: Scope) -> Known:
    left = infer.value(node.left, scope)
    plain = all(isinstance(value, Outside) and value.instance for value in left.values)
    return left if plain and not left.open else UNKNOWN


def _lambda(infer: Evaluator, node: ast.Lambda, scope: Scope) -> Known:
    outline = infer.index.outline(scope.source.path)
    inside = outline.scopes.get(node) if outline is not None else None
    return UNKNOWN if inside is None else known(Function(node, inside))


_RULES: dict[type[ast.AST], Callable[[Evaluator, Any, Scope], Known]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.BoolOp: _either,
    ast.IfExp: _either,
    ast.NamedExpr: _inner,
    ast.Await: _inner,
    ast.List: _display,
    ast.Set: _display,
    ast.Tuple: _tuple,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Constant: _constant,
    ast.JoinedStr: _text,
    ast.Compare: _truth,
    ast.BinOp: _operation,
    ast.Lambda: _lambda,
}

# -- ways of binding a name --------------------------------------------------------------------------------------------


def _assigned(infer: Evaluator, origin: Origin) -> Known:
    return infer.value(origin.node, origin.scope) if isinstance(origin.node, ast.expr) else UNKNOWN


def _annotated(infer: Evaluator, origin: Origin) -> Known:
    return infer.annotated(origin.node, origin.scope) if isinstance(origin.node, ast.expr) else UNKNOWN


def _item(infer: Evaluator, origin: Origin) -> Known:
    return items_of(_assigned(infer, origin))


def _entered(infer: Evaluator, origin: Origin) -> Known:
    found = []
    managers = _assigned(infer, origin)
    for value in managers.values:
        if isinstance(value, Instance) and isinstance(origin.node, ast.expr):
            given = _returned_by(infer, value, "__enter__", origin.node, origin.scope)
            found.append(given if given.values else _returned_by(infer, value, "__aenter__", origin.node, origin.scope))
        else:
            found.append(value.items if isinstance(value, Items) else UNKNOWN)
    return union(found) | (UNKNOWN if managers.open else NOTHING)


def _caught(infer: Evaluator, origin: Origin) -> Known:
    if not isinstance(origin.node, ast.expr):
        return UNKNOWN
    nodes = origin.node.elts if isinstance(origin.node, ast.Tuple) else [origin.node]
    return union([infer.annotated(node, origin.scope) for node in nodes])


def _module(infer: Evaluator, origin: Origin) -> Known:
    name = origin.node.name if isinstance(origin.node, ast.alias) else ""
    found = infer.index.resolve(origin.scope.source.path, 0, name)
    return known(Outside(name) if found is None else found)


def _imported(infer: Evaluator, origin: Origin) -> Known:
    node = origin.node
    if not isinstance(node, ast.ImportFrom):
        return UNKNOWN
    path = origin.scope.source.path
    module = infer.index.resolve(path, node.level, node.module or "")
    if module is None:
        return known(Outside(f"{node.module}.{node.names[0].name}"))
    found = infer.index.member(module, node.names[0].name)
    return infer.of_module(found) or UNKNOWN


def _defined(infer: Evaluator, origin: Origin) -> Known:
    node, scope = origin.node, origin.scope
    if isinstance(node, ast.ClassDef):
        return known(ClassOf(infer.klass(node, scope)))
    outline = infer.index.outline(scope.source.path)
    if outline is None or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return UNKNOWN
    owner = infer.klass(scope.node, scope) if scope.kind == "class" and isinstance(scope.node, ast.ClassDef) else None
    return known(Function(node, outline.scopes[node], owner))


def _parameter(infer: Evaluator, origin: Origin) -> Known:
    arg, scope = origin.node, origin.scope
    if not isinstance(arg, ast.arg):
        return UNKNOWN
    owner = infer.self_class(ast.Name(id=arg.arg), scope)
    if owner is not None:
        of_class = "classmethod" in decorators(scope.node) or getattr(scope.node, "name", "") in {
            "__new__",
            "__init_subclass__",
            "__class_getitem__",
        }
        return known(ClassOf(owner) if of_class else Instance(owner))
    if arg.annotation is None:
        return UNKNOWN
    found = infer.annotated(arg.annotation, scope.parent or scope)
    args: ast.arguments = scope.node.args  # type: ignore[attr-defined]
    if arg is args.vararg:
        return known(Items(found))
    return known(Items(found, known(Outside("str", instance=True)))) if arg is args.kwarg else found


_ORIGINS: dict[str, Callable[[Evaluator, Origin], Known]] = {
    "value": _assigned,
    "annotation": _annotated,
    "item": _item,
    "entered": _entered,
    "caught": _caught,
    "module": _module,
    "member": _imported,
    "definition": _defined,
    "parameter": _parameter,
}
