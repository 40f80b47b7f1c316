"""The body of a function as text for the place of one call."""

import textwrap
from dataclasses import dataclass, field

import libcst as cst

from bridge.harness.refactoring.python.tree.arglist import Pending
from bridge.harness.refactoring.python.tree.bindings import is_binding, is_read
from bridge.harness.refactoring.python.tree.calls import Misfit, bound, does_something
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, edited, parse_expression
from bridge.harness.refactoring.python.tree.parameters import Signature, signature_of
from bridge.harness.refactoring.values import Refusal

_ATOMS = (
    cst.Name,
    cst.Attribute,
    cst.Subscript,
    cst.Call,
    cst.Integer,
    cst.Float,
    cst.SimpleString,
    cst.FormattedString,
    cst.List,
    cst.Dict,
    cst.Set,
    cst.ListComp,
    cst.SetComp,
    cst.DictComp,
)
"""What needs no parentheses in any expression."""

_LOOSE = (cst.NamedExpr, cst.GeneratorExp, cst.Yield, cst.Tuple, cst.Lambda, cst.StarredElement)
"""What needs parentheses even where other expressions stand free."""

_CONSTANTS = (cst.Integer, cst.Float, cst.SimpleString)
_AGAIN = (cst.Lambda, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp, cst.For, cst.While)
_PERHAPS = (cst.IfExp, cst.BooleanOperation, cst.Comparison, cst.If, cst.Try, cst.Match, cst.Assert)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A function that can be put in the place of its calls: statements, then the value that it returns."""

    signature: Signature
    statements: tuple[cst.BaseStatement | cst.BaseSmallStatement, ...]
    value: cst.BaseExpression | None

    @property
    def tree(self) -> Tree:
        """Its file."""
        return self.signature.tree

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The characters of its parts."""
        parts = [self.tree.span(statement) for statement in self.statements]
        return parts + ([self.tree.span(self.value)] if self.value is not None else [])

    def names(self, word: str) -> list[cst.Name]:
        """Where the word is read or bound in it."""
        found = [name for name in self.tree.names(word) if _within(self.tree.span(name), self.spans)]
        return [name for name in found if is_read(self.tree, name) or is_binding(self.tree, name)]

    @property
    def bound_words(self) -> list[str]:
        """The names that it binds itself."""
        names = [name for name in self.tree.all(cst.Name) if _within(self.tree.span(name), self.spans)]
        return sorted({name.value for name in names if is_binding(self.tree, name)})


@dataclass(slots=True)
class Placed:
    """What stands for one call: statements before it, and the text of its value, empty where there is none."""

    before: list[str] = field(default_factory=list)
    value: str = ""
    atomic: bool = True
    matters: bool = False


def body_of(tree: Tree, node: cst.FunctionDef) -> Body:
    """Refusal where the function can't be inlined soundly."""
    name = node.name.value
    signature = signature_of(tree, node)
    if node.asynchronous is not None:
        raise Refusal(f"`{name}` is async: what awaits it would change its order. Inline it by hand.")
    if node.decorators:
        raise Refusal(f"`{name}` has a decorator, which its calls would lose. Take the decorator off first.")
    if any(param.kind in {"*args", "**kwargs"} for param in signature.params):
        raise Refusal(f"`{name}` takes any number of arguments (`*` or `**`), so no text can stand for its calls.")
    statements: list[cst.BaseStatement | cst.BaseSmallStatement] = list(node.body.body)
    if statements and _is_docstring(statements[0]):
        del statements[0]
    last = _small(statements[-1]) if statements else None
    value = None
    if isinstance(last, cst.Return):
        value = last.value
        del statements[-1]
    statements = [each for each in statements if not isinstance(_small(each), cst.Pass)]
    body = Body(signature, tuple(statements), value)
    _check(body, name)
    return body


def placed(body: Body, tree: Tree, call: cst.Call, pending: Pending, taken: set[str]) -> Placed:
    """The body for one call. `taken`: names that its own must not get; Refusal where an argument can't be placed."""
    where = tree.where(call)
    try:
        given = bound(tree, call, body.signature.params, explicit_self=False)
    except Misfit as misfit:
        raise Refusal(f"The call at {where} can't be inlined: {misfit}.") from misfit
    if given.stars or given.mappings:
        raise Refusal(f"The call at {where} passes `*` or `**`, so its arguments are not known. Write them out first.")
    result, edits = Placed(), []
    hoisted = _hoisted(body, {name: call.args[index].value for name, index in given.given.items()})
    renamed = {word: _fresh(word, taken) for word in body.bound_words if word not in given.given}
    for param in body.signature.params:
        index = given.given.get(param.name)
        if index is None and not param.default:
            raise Refusal(f"The call at {where} passes nothing for `{param.name}`.")
        argument = call.args[index].value if index is not None else _default(body, param.name)
        text = pending.taken(*tree.span(argument)) if index is not None else param.default
        if param.name in hoisted or _is_bound(body, param.name):
            renamed[param.name] = _fresh(param.name, taken)
            result.before.append(f"{renamed[param.name]} = {text}")
            continue
        for name in body.names(param.name):
            _no_capture(body, name, argument, where)
            whole = parse_expression(text, "The argument")
            edits.append(_edit(body, name, text if _stands(body.tree, name, whole) else f"({text})"))
    for word, new in renamed.items():
        edits += [_edit(body, name, new) for name in body.names(word) if new != word]
    result.before += _statements(body, edits)
    if body.value is not None:
        result.value = _part(body.tree, body.tree.span(body.value), edits)
        result.atomic = isinstance(body.value, _ATOMS) or bool(body.value.lpar)
        result.matters = does_something(body.value) or any(does_something(arg.value) for arg in call.args)
    return result


def fitting(tree: Tree, call: cst.Call, body: Body, what: Placed) -> str:
    """The value's text for the place of the call."""
    if body.value is None:
        return "None"
    around = tree.parent(call)
    if isinstance(around, cst.FormattedStringExpression) and not isinstance(body.value, cst.Name):
        return f"({what.value})"
    if what.atomic and not (isinstance(body.value, cst.Integer) and isinstance(around, cst.Attribute)):
        return what.value
    return what.value if _is_free(around, body.value) and "\n" not in what.value else f"({what.value})"


def _check(body: Body, name: str) -> None:
    finder = _Finder()
    for part in (*body.statements, *([body.value] if body.value is not None else [])):
        part.visit(finder)
    if finder.found is not None:
        node, why = finder.found
        raise Refusal(f"`{name}` can't be inlined: {body.tree.where(node)} {why}.")
    if any(isinstance(word, cst.Name) for word in body.names(name)):
        raise Refusal(f"`{name}` calls itself, so no text can stand for its calls.")


class _Finder(cst.CSTVisitor):
    """The first thing in a body that would mean something else at another place."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[cst.CSTNode, str] | None = None

    def on_visit(self, node: cst.CSTNode) -> bool:
        why = ""
        if isinstance(node, cst.Return):
            why = "returns before the end"
        elif isinstance(node, cst.Yield):
            why = "is a generator's `yield`"
        elif isinstance(node, cst.Global | cst.Nonlocal):
            why = "assigns a name of another scope"
        elif isinstance(node, cst.FunctionDef | cst.ClassDef):
            why = "defines something inside the function"
        elif isinstance(node, cst.Name) and node.value in {"locals", "super"}:
            why = f"uses `{node.value}`"
        if why and self.found is None:
            self.found = (node, why)
        return self.found is None


def _hoisted(body: Body, arguments: dict[str, cst.BaseExpression]) -> set[str]:
    """The parameters that need a variable: their argument must be evaluated once, and before all else."""
    found = {name for name, argument in arguments.items() if _needs_variable(body, name, argument)}
    acting = [name for name, argument in arguments.items() if does_something(argument)]
    places = [body.tree.span(body.names(name)[0])[0] for name in acting if name not in found]
    if places != sorted(places) or (found & set(acting) and len(acting) > 1):
        found.update(acting)
    return found


def _needs_variable(body: Body, name: str, argument: cst.BaseExpression) -> bool:
    reads = body.names(name)
    if isinstance(argument, cst.Name | cst.Integer | cst.Float | cst.SimpleString):
        return False
    if body.statements:
        return True
    acts = does_something(argument)
    if not acts and (not reads or isinstance(argument, cst.Attribute | cst.Subscript | cst.UnaryOperation)):
        return False
    if len(reads) != 1:
        return True
    around = [node for node in body.tree.parents(reads[0]) if _within(body.tree.span(node), body.spans)]
    if any(isinstance(node, _AGAIN) for node in around):
        return True
    return acts and (any(isinstance(node, _PERHAPS) for node in around) or _acts_before(body, reads[0]))


def _acts_before(body: Body, name: cst.Name) -> bool:
    """Whether something of the value is done before a name in it is read."""
    at = body.tree.span(name)[0]
    acting = [*body.tree.all(cst.Call), *body.tree.all(cst.Await)]
    return any(body.tree.span(node)[1] <= at and _within(body.tree.span(node), body.spans) for node in acting)


def _no_capture(body: Body, name: cst.Name, argument: cst.BaseExpression, where: str) -> None:
    """A name of the argument must not be one that a comprehension or lambda around the parameter binds."""
    words = _words(argument)
    for around in body.tree.parents(name):
        if isinstance(around, _AGAIN) and _within(body.tree.span(around), body.spans):
            start, end = body.tree.span(around)
            inner = {word for word in words for each in body.tree.names(word) if start <= body.tree.span(each)[0] < end}
            if inner:
                raise Refusal(f"`{min(inner)}` in the call at {where} means something else inside the body. Rename it.")


def _words(node: cst.CSTNode) -> set[str]:
    if isinstance(node, cst.Name):
        return {node.value}
    return {word for child in node.children for word in _words(child)}


def _default(body: Body, name: str) -> cst.BaseExpression:
    node = next(each for each in body.signature.nodes if each.name.value == name).default
    plain = isinstance(node, _CONSTANTS) or (isinstance(node, cst.Name) and node.value in {"None", "True", "False"})
    if node is None or not plain:
        raise Refusal(f"The default of `{name}` is made once, not for each call. Pass it in all calls first.")
    return node


def _is_bound(body: Body, word: str) -> bool:
    return any(is_binding(body.tree, name) for name in body.names(word))


def _fresh(word: str, taken: set[str]) -> str:
    """The word, or with a number where it is taken; it is taken then."""
    new, number = word, 2
    while new in taken:
        new, number = f"{word}_{number}", number + 1
    taken.add(new)
    return new


def _stands(tree: Tree, name: cst.Name, argument: cst.BaseExpression) -> bool:
    """Whether an argument needs no parentheses in the place of a parameter."""
    around = tree.parent(name)
    if isinstance(argument, _ATOMS) or argument.lpar:
        return not (isinstance(argument, cst.Integer) and isinstance(around, cst.Attribute))
    return _is_free(around, argument)


def _is_free(around: cst.CSTNode, node: cst.BaseExpression) -> bool:
    """Whether an expression stands there without regard to what is around."""
    if isinstance(node, _LOOSE):
        return False
    if isinstance(around, cst.Arg):
        return not around.star
    return isinstance(around, cst.Return | cst.Assign | cst.AnnAssign | cst.Expr | cst.Index | cst.Element)


def _edit(body: Body, name: cst.Name, text: str) -> Edit:
    return Edit(*body.tree.span(name), text)


def _part(tree: Tree, span: tuple[int, int], edits: list[Edit]) -> str:
    start, end = span
    inside = [Edit(each.start - start, each.end - start, each.new) for each in edits if start <= each.start < end]
    return edited(tree.file.text[start:end], inside).replace("\r\n", "\n")


def _statements(body: Body, edits: list[Edit]) -> list[str]:
    """The statements' text, each without the indentation of the function."""
    found = []
    for statement in body.statements:
        start, end = body.tree.span(statement)
        if isinstance(statement, cst.BaseSmallStatement):
            found.append(_part(body.tree, (start, end), edits))
            continue
        strings = [*body.tree.all(cst.SimpleString), *body.tree.all(cst.FormattedString)]
        if any(_within(body.tree.span(node), [(start, end)]) and "\n" in body.tree.code(node) for node in strings):
            raise Refusal(f"{body.tree.where(statement)} holds a text of several lines, which indenting would change.")
        text = _part(body.tree, (body.tree.line_start(start), body.tree.line_end(end - 1)), edits)
        leading = getattr(statement, "leading_lines", ())
        comments = [line.comment.value for line in leading if line.comment is not None]
        found += [*comments, textwrap.dedent(text).rstrip("\n")]
    return found


def _small(statement: cst.CSTNode) -> cst.CSTNode:
    alone = isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1
    return statement.body[0] if alone and isinstance(statement, cst.SimpleStatementLine) else statement


def _is_docstring(statement: cst.CSTNode) -> bool:
    node = _small(statement)
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _within(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
