"""A call whose function has other parameters now: which argument goes where."""

from dataclasses import dataclass, field

import libcst as cst

from bridge.harness.refactoring.python.tree.arglist import Item, Listed, Pending, closing, relist
from bridge.harness.refactoring.python.tree.cst import Edit, Tree
from bridge.harness.refactoring.python.tree.parameters import Param


class Misfit(Exception):
    """The call can't be rewritten; its text says why, for a remark."""


@dataclass(slots=True)
class Call:
    """The arguments of one call, by what they are for. An argument is its index in the call."""

    tree: Tree
    node: cst.Call
    skipped: int = 0
    given: dict[str, int] = field(default_factory=dict)
    rest: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    star: int | None = None
    stars: list[int] = field(default_factory=list)
    mappings: list[int] = field(default_factory=list)


def bound(tree: Tree, node: cst.Call, params: tuple[Param, ...], *, explicit_self: bool) -> Call:
    """Each argument and the parameter that it is for; Misfit where it fits none."""
    call = Call(tree, node, skipped=1 if explicit_self else 0)
    places = [param.name for param in params if param.kind in {"/", ""}]
    names = {param.name for param in params if param.kind in {"", "*"}}
    kinds = {param.kind for param in params}
    position = 0
    for index, arg in enumerate(node.args):
        if index < call.skipped and not arg.star and arg.keyword is None:
            continue
        if arg.star == "*":
            call.star = position if call.star is None else call.star
            call.stars.append(index)
        elif arg.star == "**":
            call.mappings.append(index)
        elif arg.keyword is not None:
            _keyword(call, arg.keyword.value, index, names, "**kwargs" in kinds)
        elif call.star is not None or position >= len(places):
            if call.star is None and "*args" not in kinds:
                raise Misfit("it passes more arguments than there were parameters")
            call.rest.append(index)
        else:
            call.given[places[position]] = index
            position += 1
    return call


def _keyword(call: Call, name: str, index: int, names: set[str], anything: bool) -> None:
    if name in names and name not in call.given:
        call.given[name] = index
    elif anything:
        call.others.append(index)
    else:
        raise Misfit(f"it passes `{name}`, which was no parameter")


def rewritten(call: Call, old: tuple[Param, ...], new: tuple[Param, ...], pending: Pending) -> Edit | None:
    """The edit of its argument list, None where it stays; Misfit where that can't be told."""
    _check_stars(call, old, new)
    plan = _plan(call, new)
    args = list(call.node.args)
    shape = [(index, name) for index, name, _ in plan]
    if shape == [(index, args[index].keyword.value if args[index].keyword else "") for index in range(len(args))]:  # type: ignore[union-attr] # tested
        return None
    spans = tuple(_span(call.tree, arg) for arg in args)
    text = call.tree.file.text
    start = text.index("(", call.tree.span(call.node.func)[1]) + 1
    listed = Listed(start, closing(text, spans[-1][1] if spans else start), spans)
    items = [_item(call, index, name, value, pending, alone=len(plan) == 1) for index, name, value in plan]
    for lost in set(range(len(args))) - {index for index, _, _ in plan}:
        pending.taken(*spans[lost])
    return relist(text, listed, items)


def lost_calls(call: Call, new: tuple[Param, ...]) -> list[str]:
    """The arguments that go, if evaluating them may do something."""
    kept = {param.was for param in new}
    gone = [index for name, index in call.given.items() if name not in kept]
    return [
        call.tree.code(call.node.args[index].value) for index in gone if does_something(call.node.args[index].value)
    ]


def does_something(node: cst.CSTNode) -> bool:
    """Whether evaluating it may do more than read: a call, `await`, `yield` or `:=`."""
    finder = _Finder()
    node.visit(finder)
    return finder.found


class _Finder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.found = self.found or isinstance(node, cst.Call | cst.Await | cst.Yield | cst.NamedExpr)
        return not self.found


def _check_stars(call: Call, old: tuple[Param, ...], new: tuple[Param, ...]) -> None:
    before = [param.name for param in old if param.kind in {"/", ""}]
    after = [param.was for param in new if param.kind in {"/", ""}]
    if call.star is not None and before != after[: len(before)]:
        raise Misfit("it is called with `*…`, so which argument is which is not known")
    if call.mappings:
        hidden = [param.name for param in old if param.kind in {"", "*"} and param.name not in call.given]
        stay = {param.was: param.name for param in new}
        if changed := [name for name in hidden if stay.get(name) != name]:
            raise Misfit(f"it is called with `**…`, which may hold `{changed[0]}`")


def _plan(call: Call, new: tuple[Param, ...]) -> list[tuple[int, str, str]]:
    """The arguments in order: the old one's index or -1, its keyword or nothing, and the text of a new one."""
    args = call.node.args
    placed: list[tuple[int, str, str]] = [(index, "", "") for index in range(call.skipped)]
    named: list[tuple[int, str, str]] = []
    added: list[tuple[int, str, str]] = []
    in_line = True
    last = max((at for at, param in enumerate(new) if _is_placed(call, param)), default=-1)
    for at, param in enumerate(new):
        if param.kind in {"*args", "**kwargs"}:
            continue
        index = call.given.get(param.was, -1) if param.was else -1
        if index < 0 and not param.value:
            in_line = in_line and param.kind == "*"
            continue
        by_name = index >= 0 and args[index].keyword is not None
        if (
            in_line
            and param.kind in {"/", ""}
            and not (by_name and param.kind == "")
            and (index >= 0 or at < last or param.kind == "/")
        ):
            placed.append((index, "", param.value if index < 0 else ""))
            continue
        if param.kind == "/":
            raise Misfit(f"`{param.name}` is positional only, and one before it is not given")
        in_line = in_line and param.kind == "*"
        (named if index >= 0 else added).append((index, param.name, param.value if index < 0 else ""))
    rest = [(index, "", "") for index in sorted([*call.rest, *call.stars])]
    if rest and call.rest and call.star is None:
        if not in_line:
            raise Misfit("it passes further arguments after ones that are not passed by position any more")
        if not any(param.kind == "*args" for param in new):
            raise Misfit("it passes more arguments than there are parameters now")
    named += [(index, _name(call, index), "") for index in call.others]
    return [*placed, *rest, *sorted(named), *added, *((index, "", "") for index in call.mappings)]


def _is_placed(call: Call, param: Param) -> bool:
    """Whether a parameter's argument is passed by position now."""
    index = call.given.get(param.was, -1) if param.was else -1
    return index >= 0 and call.node.args[index].keyword is None


def _name(call: Call, index: int) -> str:
    name = call.node.args[index].keyword
    return name.value if name else ""


def _item(call: Call, index: int, name: str, value: str, pending: Pending, *, alone: bool) -> Item:
    if index < 0:
        return Item(f"{name}={value}" if name else value)
    arg = call.node.args[index]
    start, end = _span(call.tree, arg)
    if arg.star or (arg.keyword.value if arg.keyword else "") == name:
        text = pending.taken(start, end)
    else:
        inner = pending.taken(*call.tree.span(arg.value))
        if isinstance(arg.value, cst.GeneratorExp) and not arg.value.lpar and name:
            inner = f"({inner})"
        text = f"{name}={inner}" if name else inner
    if isinstance(arg.value, cst.GeneratorExp) and not arg.value.lpar and not alone and not name:
        text = f"({text})"
    return Item(text, index)


def _span(tree: Tree, arg: cst.Arg) -> tuple[int, int]:
    return tree.span(arg)[0], tree.span(arg.value)[1]
