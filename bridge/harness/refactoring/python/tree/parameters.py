"""The parameters of a function: as they are, as they should be, and the text of their list."""

import keyword
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import libcst as cst

from bridge.harness.refactoring.python.tree.arglist import Item, Listed, closing
from bridge.harness.refactoring.python.tree.cst import Tree, dotted, parse_expression
from bridge.harness.refactoring.values import Parameter, Refusal

Kind = Literal["/", "", "*args", "*", "**kwargs"]
"""Positional-only, either, the rest of the positional ones, keyword-only, the rest of the keywords."""

_ORDER: tuple[Kind, ...] = ("/", "", "*args", "*", "**kwargs")
_STARS = {"*args": "*", "**kwargs": "**"}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. `was`: its name before, empty for a new one; `value`: what callers pass for a new one."""

    name: str
    kind: Kind
    annotation: str = ""
    default: str = ""
    was: str = ""
    value: str = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a definition, without the `self` or `cls` that comes before them."""

    tree: Tree
    node: cst.FunctionDef
    implicit: str
    params: tuple[Param, ...]
    listed: Listed
    nodes: tuple[cst.Param, ...]
    implicit_kind: Kind = ""

    @property
    def method(self) -> Literal["", "instance", "class", "static"]:
        """What kind of method it is; empty for a function."""
        if not isinstance(self.tree.parent(self.tree.parent(self.node)), cst.ClassDef):
            return ""
        names = decorator_names(self.node)
        return "static" if "staticmethod" in names else "class" if "classmethod" in names else "instance"


def decorator_names(node: cst.FunctionDef | cst.ClassDef) -> set[str]:
    """The last parts of the decorators' names."""
    found = set()
    for decorator in node.decorators:
        call = decorator.decorator
        name = dotted(call.func if isinstance(call, cst.Call) else call)
        found.add(name.rpartition(".")[2])
    return found


def signature_of(tree: Tree, node: cst.FunctionDef) -> Signature:
    """Read from its definition."""
    inside = isinstance(tree.parent(tree.parent(node)), cst.ClassDef) and "staticmethod" not in decorator_names(node)
    given, spans, nodes = node.params, [], []
    params: list[Param] = []
    rows: list[tuple[Kind, cst.Param | cst.ParamSlash | cst.ParamStar]] = [("/", each) for each in given.posonly_params]
    if isinstance(given.posonly_ind, cst.ParamSlash):
        rows.append(("/", given.posonly_ind))
    rows += [("", each) for each in given.params]
    if isinstance(given.star_arg, cst.Param | cst.ParamStar):
        rows.append(("*args", given.star_arg))
    rows += [("*", each) for each in given.kwonly_params]
    if given.star_kwarg is not None:
        rows.append(("**kwargs", given.star_kwarg))
    implicit = ""
    implicit_kind: Kind = ""
    for index, (kind, each) in enumerate(rows):
        spans.append(_span(tree, each))
        if not isinstance(each, cst.Param):
            continue
        if inside and not implicit and not params and kind in {"/", ""}:
            implicit, implicit_kind = each.name.value, kind
            continue
        annotation = tree.code(each.annotation.annotation) if each.annotation else ""
        default = tree.code(each.default) if each.default else ""
        params.append(Param(each.name.value, kind, annotation, default, each.name.value, "", index))
        nodes.append(each)
    text = tree.file.text
    after = node.type_parameters if node.type_parameters is not None else node.name
    start = text.index("(", tree.span(after)[1]) + 1
    end = closing(text, spans[-1][1] if spans else start)
    return Signature(tree, node, implicit, tuple(params), Listed(start, end, tuple(spans)), tuple(nodes), implicit_kind)


def wanted(old: Signature, asked: tuple[Parameter, ...]) -> tuple[Param, ...]:
    """The parameters as asked; Refusal says what is not valid Python, or would leave callers without a value."""
    known = {param.name: param for param in old.params}
    marked = {each.name.strip() for each in asked} & {"*", "/"}
    found: list[Param] = []
    for position, each in enumerate(asked):
        name = each.name.strip()
        if name in {"*", "/"}:
            continue
        was = each.was.strip().lstrip("*")
        if was and was not in known:
            names = ", ".join(f"`{param}`" for param in known) or "none"
            raise Refusal(f"`{old.node.name.value}` has no parameter `{was}`; its parameters are: {names}.")
        kind = _kind(asked, position, known.get(was), known, bool(marked))
        found.append(_param(each, name.lstrip("*"), kind, known.get(was)))
    _check(old, found)
    return tuple(found)


def items(texts: dict[int, str], old: Signature, new: tuple[Param, ...]) -> list[Item]:
    """The list's items: self, then the parameters, with `/` and `*` where they belong. `texts`: of the old items."""
    result = [Item(texts[0], 0)] if old.implicit else []
    own = {param.index: param for param in old.params}
    marks = {text: index for index, text in texts.items() if text in {"/", "*"}}
    kinds = [param.kind for param in new]
    if old.implicit_kind == "/" and kinds[:1] != ["/"]:
        result.append(Item("/", marks.get("/")))
    for position, param in enumerate(new):
        previous = kinds[position - 1] if position else None
        if previous == "/" and param.kind != "/":
            result.append(Item("/", marks.get("/")))
        if param.kind == "*" and not {"*", "*args"} & set(kinds[:position]):
            result.append(Item("*", marks.get("*")))
        before = own.get(param.index)
        result.append(Item(_text(param, before, texts), param.index))
    if kinds and kinds[-1] == "/":
        result.append(Item("/", marks.get("/")))
    return result


def _kind(
    asked: tuple[Parameter, ...], position: int, was: Param | None, known: dict[str, Param], marked: bool
) -> Kind:
    name = asked[position].name.strip()
    if name.startswith("*"):
        return "**kwargs" if name.startswith("**") else "*args"
    if was is not None and was.kind in _STARS:
        return was.kind
    before = [each.name.strip() for each in asked[:position]]
    stars = [each for each in asked[:position] if _is_rest(each, known)]
    if marked:
        if "/" in [each.name.strip() for each in asked[position:]]:
            return "/"
        if not {"/", "*"} & set(before) and any(
            param.kind == "/" for each in asked[position:] if (param := known.get(each.was.strip())) is not None
        ):
            return "/"
        return "*" if "*" in before or stars else ""
    if was is not None:
        return "*" if stars and was.kind == "" else was.kind
    later = [
        known[each.was.strip().lstrip("*")] for each in asked[position + 1 :] if each.was.strip().lstrip("*") in known
    ]
    if any(param.kind == "/" for param in later):
        return "/"
    earlier = [
        known[each.was.strip().lstrip("*")] for each in asked[:position] if each.was.strip().lstrip("*") in known
    ]
    return "*" if stars or any(param.kind == "*" for param in earlier) else ""


def _is_rest(each: Parameter, known: dict[str, Param]) -> bool:
    """Whether it is `*args`."""
    was = known.get(each.was.strip().lstrip("*"))
    name = each.name.strip()
    return (name.startswith("*") and not name.startswith("**") and name != "*") or (
        was is not None and was.kind == "*args"
    )


def _param(each: Parameter, name: str, kind: Kind, was: Param | None) -> Param:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise Refusal(f"`{each.name}` can't be the name of a parameter.")
    annotation, default = (was.annotation, was.default) if was else ("", "")
    if each.annotation is not None:
        annotation = _expression(each.annotation, "The annotation")
    if each.default is not None:
        default = _expression(each.default, "The default")
    value = _expression(each.value, "The value") if each.value is not None and was is None else ""
    if was is not None and was.default and not default:
        value = _relied_on(was)
    if kind in _STARS and (default or value):
        raise Refusal(f"`{_STARS[kind]}{name}` can have no default and no value.")
    if was is None and kind not in _STARS and not default and not value:
        raise Refusal(
            f"Callers pass nothing for the new parameter `{name}`. Give it a default, or a value that they pass."
        )
    return Param(name, kind, annotation, default, was.name if was else "", value, was.index if was else None)


def _relied_on(was: Param) -> str:
    """The default that goes, which those who passed nothing pass now."""
    node = parse_expression(was.default, "The default")
    if isinstance(node, cst.BaseNumber | cst.SimpleString) or was.default in {"None", "True", "False"}:
        return was.default
    raise Refusal(
        f"Callers may rely on the default `{was.default}` of `{was.name}`, which is no plain value that they could"
        " pass. Keep the default."
    )


def _expression(text: str, what: str) -> str:
    text = text.strip()
    if text:
        node = parse_expression(text, what)
        if cst.Module([]).code_for_node(node) != text:
            raise Refusal(f"{what} `{text}` is more than an expression.")
    return text


def _check(old: Signature, new: list[Param]) -> None:
    names = [param.name for param in new] + ([old.implicit] if old.implicit else [])
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Refusal(f"Two parameters would be named `{twice}`.")
    uses = [param.was for param in new if param.was]
    if twice := next((name for name in uses if uses.count(name) > 1), None):
        raise Refusal(f"`{twice}` can't become two parameters.")
    ranks = [_ORDER.index(param.kind) for param in new]
    for left, right in pairwise(new):
        if _ORDER.index(left.kind) > _ORDER.index(right.kind):
            if right.kind == "/":
                raise Refusal(
                    f"`{right.name}` is positional-only, so it can't stand after `{left.name}`. Put it before."
                )
            what = {"*": "is keyword-only", "*args": "takes the rest", "**kwargs": "takes the rest"}[left.kind]
            raise Refusal(f"`{left.name}` {what}, so it can't stand before `{right.name}`. Put it after.")
    if any(ranks.count(_ORDER.index(kind)) > 1 for kind in ("*args", "**kwargs")):
        raise Refusal("There can be one `*args` and one `**kwargs` only.")
    optional = ""
    for param in new:
        if param.kind in {"/", ""}:
            if optional and not param.default:
                raise Refusal(
                    f"`{param.name}` has no default and can't stand after `{optional}`, which has one. Put it before,"
                    " or give it a default."
                )
            optional = optional or (param.name if param.default else "")


def _text(param: Param, before: Param | None, texts: dict[int, str]) -> str:
    stars = _STARS.get(param.kind, "")
    if before is not None and param.index is not None:
        old = texts[param.index]
        if (before.annotation, before.default) == (param.annotation, param.default):
            bare = old.lstrip("* ")
            return stars + param.name + bare[len(before.name) :]
    annotation = f": {param.annotation}" if param.annotation else ""
    joint = " = " if param.annotation else "="
    return f"{stars}{param.name}{annotation}" + (f"{joint}{param.default}" if param.default else "")


def _span(tree: Tree, node: cst.Param | cst.ParamSlash | cst.ParamStar) -> tuple[int, int]:
    start = tree.span(node)[0]
    if not isinstance(node, cst.Param):
        return start, start + 1
    last: cst.CSTNode = node.default or (node.annotation.annotation if node.annotation else node.name)
    return start, tree.span(last)[1]
