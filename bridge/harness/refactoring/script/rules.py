"""How each kind of node that JavaScript has scopes, declares or hides names."""

from dataclasses import replace

from tree_sitter import Node

from bridge.harness.refactoring.script.binder import Binder, Context, Rule
from bridge.harness.refactoring.script.scopes import DeclarationKind, Scope, Space

FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "generator_function"})


def skip(_binder: Binder, _node: Node, _context: Context) -> None:
    """Names in there are of another kind: labels, properties."""


def same(binder: Binder, node: Node, context: Context) -> None:
    """A part of a pattern: what is declared outside is declared inside."""
    binder.children(node, context)


def name(binder: Binder, node: Node, context: Context) -> None:
    """An identifier: declared, or a value that is used."""
    if context.declares is None:
        binder.use(node, context, context.spaces)
    else:
        binder.declare(node, context.declares, context, context.into)


def with_default(binder: Binder, node: Node, context: Context) -> None:
    """`a = 1` in a pattern: the default is an expression."""
    binder.fields(node, {"left": context}, context.plain())


def pattern_pair(binder: Binder, node: Node, context: Context) -> None:
    """`key: a` in a pattern; a key that is computed is an expression."""
    binder.fields(node, {"value": context}, context.plain())


def variables(binder: Binder, node: Node, context: Context) -> None:
    """`var`, `let`, `const`, `using`."""
    kind: DeclarationKind = "var" if node.type == "variable_declaration" else "variable"
    binder.children(node, context.declaring(kind))


def declarator(binder: Binder, node: Node, context: Context) -> None:
    """One variable of a declaration, or several by a pattern."""
    binder.fields(node, {"name": context}, context.plain())


def function(binder: Binder, node: Node, context: Context) -> None:
    """A declared function: its name belongs to the scope around it; below an `if` without braces, to one of its own."""
    named = node.child_by_field_name("name")
    if node.parent is not None and node.parent.type in {"if_statement", "else_clause"}:
        context = context.inside(binder.scope("block", node, context.scope))
    if named is not None:
        binder.declare(named, "function", context)
    _callable(binder, node, context, context.scope)


def function_expression(binder: Binder, node: Node, context: Context) -> None:
    """A function as a value: its name, if any, is known inside only."""
    named = node.child_by_field_name("name")
    outer = context.scope
    if named is not None:
        outer = binder.scope("self", node, context.scope)
        binder.declare(named, "function", context.inside(outer))
    _callable(binder, node, context, outer)


def method(binder: Binder, node: Node, context: Context) -> None:
    """A method's name is a property; one that is computed is an expression outside of it."""
    _callable(binder, node, context, context.scope)


def _callable(binder: Binder, node: Node, context: Context, outer: Scope) -> None:
    """Parameters are in a scope of their own: their defaults do not see what the body declares."""
    named = node.child_by_field_name("name")
    inner = context.inside(binder.scope("parameters", node, outer, _label(binder, node)))
    computed = named is not None and named.type == "computed_property_name"
    body = node.child_by_field_name("body")
    below = inner
    if body is not None and body.type == "statement_block":
        inner.scope.body = binder.scope("body", body, inner.scope)
        below = inner.inside(inner.scope.body)
    contexts = {
        "name": context.plain() if computed else None,
        "parameter": inner.declaring("parameter"),
        "body": below,
    }
    binder.fields(node, contexts, inner)


def _label(binder: Binder, node: Node) -> str:
    """What a function is called: its own name, or that of the variable that it is the value of."""
    named = node.child_by_field_name("name")
    if named is None and node.parent is not None and node.parent.type == "variable_declarator":
        named = node.parent.child_by_field_name("name")
    return binder.text(named) if named is not None and named.type.endswith("identifier") else ""


def parameters(binder: Binder, node: Node, context: Context) -> None:
    """JavaScript's patterns; TypeScript wraps each into a node that has a rule of its own."""
    binder.children(node, context.declaring("parameter"))


def class_declaration(binder: Binder, node: Node, context: Context) -> None:
    """A declared class: its name belongs to the scope around it."""
    named = node.child_by_field_name("name")
    if named is not None:
        binder.declare(named, "class", context)
    _class(binder, node, context, context.scope)


def class_expression(binder: Binder, node: Node, context: Context) -> None:
    """A class as a value: its name, if any, is known inside only."""
    named = node.child_by_field_name("name")
    outer = context.scope
    if named is not None:
        outer = binder.scope("self", node, context.scope)
        binder.declare(named, "class", context.inside(outer))
    _class(binder, node, context, outer)


def _class(binder: Binder, node: Node, context: Context, outer: Scope) -> None:
    named = node.child_by_field_name("name")
    label = binder.text(named) if named is not None else ""
    inner = context.inside(binder.scope("class", node, outer, label))
    binder.fields(node, {"name": None, "decorator": context.plain()}, inner)


def static_block(binder: Binder, node: Node, context: Context) -> None:
    """A `static { }` block keeps its variables, as a function does."""
    inner = context.inside(binder.scope("body", node, context.scope))
    binder.fields(node, {"body": inner}, inner)


def block(binder: Binder, node: Node, context: Context) -> None:
    """Braces, a `for` with its header, the cases of a `switch`."""
    binder.children(node, context.inside(binder.scope("block", node, context.scope)))


def for_in(binder: Binder, node: Node, context: Context) -> None:
    """`for (const a of b)`: without const, let or var, `a` is assigned to and not declared."""
    inner = context.inside(binder.scope("block", node, context.scope))
    kind = node.child_by_field_name("kind")
    left = inner
    if kind is not None:
        left = inner.declaring("var" if binder.text(kind) == "var" else "variable")
    binder.fields(node, {"left": left}, inner)


def catch(binder: Binder, node: Node, context: Context) -> None:
    """What is caught and what the block declares may not have the same name: one scope."""
    inner = context.inside(binder.scope("catch", node, context.scope))
    binder.fields(node, {"parameter": inner.declaring("variable"), "body": inner}, inner)


def with_statement(binder: Binder, node: Node, context: Context) -> None:
    """Inside a `with` a name may be a property."""
    binder.dynamic.append(node)
    binder.children(node, context.plain())


def call(binder: Binder, node: Node, context: Context) -> None:
    """Only a call of `eval` by that name sees the names around it."""
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "identifier" and binder.text(callee) == "eval":
        binder.dynamic.append(node)
    binder.children(node, context.plain())


def imports(binder: Binder, node: Node, context: Context) -> None:
    """`import a, { b, c as d } from "x"` declares a, b and d."""
    binder.fields(node, {"source": None}, replace(context.plain(), declares="import", into=context.scope))


def import_specifier(binder: Binder, node: Node, context: Context) -> None:
    """The name here is the last one: `b` of `a as b`."""
    here = node.child_by_field_name("alias") or node.child_by_field_name("name")
    binder.later((here, context))


def export(binder: Binder, node: Node, context: Context) -> None:
    """What is exported by its own name is marked; a default export has no name outside."""
    if node.child_by_field_name("source") is not None or _has(node, "namespace"):
        return
    line = 0 if _has(node, "default") else node.start_point.row + 1
    outside = replace(context.plain(), spaces=Space.ANY)
    binder.fields(
        node,
        {"declaration": replace(context.plain(), exported=line), "decorator": context.plain()},
        outside,
    )


def export_specifier(binder: Binder, node: Node, context: Context) -> None:
    """`a as b` exports under another name, so that `a` is free here."""
    named = node.child_by_field_name("name")
    if named is not None and named.type == "identifier":
        site = binder.use(named, context, Space.ANY)
        if node.child_by_field_name("alias") is None:
            binder.exports.append(site)


def jsx_tag(binder: Binder, node: Node, context: Context) -> None:
    """`<div>` is an element of the page; `<Box>` and `<box.Part>` are names of the program."""
    named = node.child_by_field_name("name")
    tag = named is not None and named.type == "identifier" and is_tag(binder.text(named))
    binder.jsx = True
    binder.fields(node, {"name": None if tag else context.plain()}, context.plain())


def is_tag(name: str) -> bool:
    """Whether JSX takes a name for an element of the page."""
    return name[:1].islower() or "-" in name


def _has(node: Node, token: str) -> bool:
    return any(child.type == token for child in node.children)


RULES: dict[str, Rule] = {
    "identifier": name,
    "shorthand_property_identifier": name,
    "shorthand_property_identifier_pattern": name,
    "object_pattern": same,
    "array_pattern": same,
    "rest_pattern": same,
    "assignment_pattern": with_default,
    "object_assignment_pattern": with_default,
    "pair_pattern": pattern_pair,
    "lexical_declaration": variables,
    "variable_declaration": variables,
    "using_declaration": variables,
    "variable_declarator": declarator,
    "function_declaration": function,
    "generator_function_declaration": function,
    "function_expression": function_expression,
    "generator_function": function_expression,
    "arrow_function": method,
    "method_definition": method,
    "formal_parameters": parameters,
    "class_declaration": class_declaration,
    "class": class_expression,
    "class_static_block": static_block,
    "statement_block": block,
    "for_statement": block,
    "switch_body": block,
    "for_in_statement": for_in,
    "catch_clause": catch,
    "with_statement": with_statement,
    "call_expression": call,
    "import_statement": imports,
    "import_clause": same,
    "named_imports": same,
    "namespace_import": same,
    "import_specifier": import_specifier,
    "import_attribute": skip,
    "export_statement": export,
    "export_clause": same,
    "export_specifier": export_specifier,
    "namespace_export": skip,
    "jsx_opening_element": jsx_tag,
    "jsx_closing_element": jsx_tag,
    "jsx_self_closing_element": jsx_tag,
    "jsx_namespace_name": skip,
}
