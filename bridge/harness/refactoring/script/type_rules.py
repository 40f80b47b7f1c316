"""How each kind of node that TypeScript adds scopes, declares or hides names."""

from dataclasses import replace

from tree_sitter import Node

from bridge.harness.refactoring.script.binder import Binder, Context, Rule
from bridge.harness.refactoring.script.rules import RULES, class_declaration, function, method, same
from bridge.harness.refactoring.script.scopes import DeclarationKind, ScopeKind, Space


def type_name(binder: Binder, node: Node, context: Context) -> None:
    """A type that is used, or a type parameter that is declared."""
    if context.declares is None:
        binder.use(node, context, Space.TYPE if context.spaces is Space.VALUE else context.spaces)
    else:
        binder.declare(node, context.declares, context, context.into)


def typed_parameter(binder: Binder, node: Node, context: Context) -> None:
    """A parameter with its type. In a tuple type the name is a label. With `private` or so it is a property too."""
    pattern = node.child_by_field_name("pattern")
    property_too = any(
        child.type in {"accessibility_modifier", "readonly", "override_modifier"} for child in node.children
    )
    if property_too and pattern is not None and pattern.type == "identifier":
        binder.declare(pattern, "parameter", context).trouble = "is a property of its class too"
        pattern = None
    declaring = context.plain().declaring("parameter") if pattern is not None else None
    binder.fields(node, {"name": None, "pattern": declaring}, context.plain())


def typed_parameters(binder: Binder, node: Node, context: Context) -> None:
    """The typed ones have a rule of their own."""
    binder.children(node, context.plain())


def interface(binder: Binder, node: Node, context: Context) -> None:
    """Its type parameters are known inside."""
    _named_type(binder, node, context, "interface")


def alias(binder: Binder, node: Node, context: Context) -> None:
    """`type A<T> = …`."""
    _named_type(binder, node, context, "type")


def _named_type(binder: Binder, node: Node, context: Context, kind: DeclarationKind) -> None:
    named = node.child_by_field_name("name")
    label = ""
    if named is not None:
        binder.declare(named, kind, context)
        label = binder.text(named)
    binder.fields(node, {"name": None}, context.inside(binder.scope("types", node, context.scope, label)))


def type_parameter(binder: Binder, node: Node, context: Context) -> None:
    """`T extends U = V` declares T."""
    declaring = replace(context.plain(), declares="type parameter", into=context.scope)
    binder.fields(node, {"name": declaring}, context.plain())


def index_signature(binder: Binder, node: Node, context: Context) -> None:
    """`[key: string]: T` has a label; `[K in keyof T]: …` declares K for what follows."""
    inner = context.inside(binder.scope("types", node, context.scope))
    binder.fields(node, {"name": None}, inner)


def conditional(binder: Binder, node: Node, context: Context) -> None:
    """What an `infer` declares is known in the condition and where it holds."""
    inner = context.inside(binder.scope("types", node, context.scope))
    inner = replace(inner, infers=inner.scope)
    binder.fields(node, {"right": inner, "consequence": inner}, context.plain())


def infer(binder: Binder, node: Node, context: Context) -> None:
    """`infer U extends V` declares U."""
    first, *rest = node.named_children
    declaring = replace(context.plain(), declares="type parameter", into=context.infers or context.scope)
    binder.later((first, declaring), *((part, context.plain()) for part in rest))


def qualified(binder: Binder, node: Node, context: Context) -> None:
    """Of `a.b.C` only `a` is a name of a scope."""
    first = node.named_children[0]
    binder.later((first, replace(context.plain(), spaces=Space.NAMESPACE)))


def enum(binder: Binder, node: Node, context: Context) -> None:
    """Its members are names within."""
    _container(binder, node, context, "enum")


def enum_body(binder: Binder, node: Node, context: Context) -> None:
    """Members without a value stand for themselves."""
    for index, child in enumerate(node.children):
        if node.field_name_for_child(index) == "name":
            member(binder, child, context)
    binder.later(*((child, context) for child in node.named_children if child.type == "enum_assignment"))


def enum_assignment(binder: Binder, node: Node, context: Context) -> None:
    """A member with a value."""
    named = node.child_by_field_name("name")
    if named is not None:
        member(binder, named, context)
    binder.fields(node, {"name": None}, context.plain())


def member(binder: Binder, node: Node, context: Context) -> None:
    """A member of an enum; one in quotes has no name within."""
    if node.type == "property_identifier":
        binder.declare(node, "enum member", context).trouble = "is a member of an enum"


def namespace(binder: Binder, node: Node, context: Context) -> None:
    """`namespace A.B { }` declares A; `module "x" { }` describes another file, with more names than are seen here."""
    _container(binder, node, context, "namespace")


def _container(binder: Binder, node: Node, context: Context, kind: ScopeKind) -> None:
    named = node.child_by_field_name("name")
    while named is not None and named.type == "nested_identifier":
        named = named.child_by_field_name("object")
    inside = binder.scope(kind, node, context.scope)
    if named is not None and named.type == "identifier":
        inside.label = binder.text(named)
        declared = binder.declare(named, "enum" if kind == "enum" else "namespace", context)
        declared.bodies.append(inside)
    else:
        inside.open = True
    binder.fields(
        node, {"name": None, "body": replace(context.inside(inside), ambient=context.ambient)}, context.plain()
    )


def ambient(binder: Binder, node: Node, context: Context) -> None:
    """`declare …` stands for something elsewhere; `declare global { }` sees names of other files."""
    context = replace(context, ambient=True)
    work: list[tuple[Node | None, Context]] = []
    for child in node.named_children:
        if child.type == "statement_block":
            inside = binder.scope("namespace", child, context.scope)
            inside.open = True
            work.extend((part, replace(context, scope=inside)) for part in child.named_children)
        else:
            work.append((child, context))
    binder.later(*work)


def import_alias(binder: Binder, node: Node, context: Context) -> None:
    """`import a = b.c`."""
    first, *rest = node.named_children
    binder.declare(first, "import", context)
    binder.later(*((part, replace(context.plain(), spaces=Space.NAMESPACE)) for part in rest))


TYPE_RULES: dict[str, Rule] = {
    **RULES,
    "type_identifier": type_name,
    "formal_parameters": typed_parameters,
    "required_parameter": typed_parameter,
    "optional_parameter": typed_parameter,
    "abstract_class_declaration": class_declaration,
    "interface_declaration": interface,
    "type_alias_declaration": alias,
    "type_parameter": type_parameter,
    "index_signature": index_signature,
    "mapped_type_clause": type_parameter,
    "conditional_type": conditional,
    "infer_type": infer,
    "nested_type_identifier": qualified,
    "nested_identifier": qualified,
    "enum_declaration": enum,
    "enum_body": enum_body,
    "enum_assignment": enum_assignment,
    "internal_module": namespace,
    "module": namespace,
    "ambient_declaration": ambient,
    "import_require_clause": same,
    "import_alias": import_alias,
    "function_signature": function,
    "function_type": method,
    "constructor_type": method,
    "call_signature": method,
    "construct_signature": method,
    "method_signature": method,
    "abstract_method_signature": method,
}
