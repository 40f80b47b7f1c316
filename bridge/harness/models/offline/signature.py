"""A function's parameters as its text says, and lists of them as they should be."""

import ast
import textwrap
from dataclasses import dataclass

from bridge.harness.models.offline.memory import Stop
from bridge.harness.models.offline.wishes import Spec

MOST_LINES = 120
"""Of a function's head that are read."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `line` counts from the head's first line, from 0; `column` is in characters, from 1."""

    name: str
    kind: str
    has_default: bool
    line: int
    column: int


def parameters(lines: list[str]) -> tuple[Parameter, ...]:
    """The parameters of the function whose head begins these lines. Raises `Stop` where that is no function's head."""
    margin = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    head = ""
    for line in lines[:MOST_LINES]:
        head += line[margin:] if not line[:margin].strip() else line
        head += "\n"
        function = _parsed(head)
        if function is not None:
            return tuple(_rows(function, head.split("\n"), margin))
    raise Stop("I can't read the parameters of that function: its first line is not where I looked.")


def _parsed(head: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    text = head.rstrip()
    for body in ("", "\n    pass"):
        try:
            tree = ast.parse(textwrap.dedent(text) + body)
        except (SyntaxError, ValueError):
            continue
        if len(tree.body) == 1 and isinstance(tree.body[0], ast.FunctionDef | ast.AsyncFunctionDef):
            return tree.body[0]
    return None


def _rows(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str], margin: int) -> list[Parameter]:
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    first_default = len(plain) - len(given.defaults)
    rows = [(arg, "plain", index >= first_default) for index, arg in enumerate(plain)]
    rows += [(given.vararg, "star", False)] if given.vararg else []
    keyword = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    rows += [(arg, "keyword", default is not None) for arg, default in keyword]
    rows += [(given.kwarg, "stars", False)] if given.kwarg else []
    found = []
    for arg, kind, has_default in rows:
        line = lines[arg.lineno - 1]
        column = len(line.encode()[: arg.col_offset].decode(errors="replace")) + 1
        found.append(Parameter(arg.arg, kind, has_default, arg.lineno - 1, column + margin))
    if found and plain and found[0].name in {"self", "cls"}:
        return found[1:]
    return found


def named(params: tuple[Parameter, ...], name: str, function: str) -> Parameter:
    """The parameter with a name. Raises `Stop` where there is none."""
    for one in params:
        if one.name == name:
            return one
    known = ", ".join(f"`{one.name}`" for one in params)
    raise Stop(f"`{function}` has no parameter `{name}`; it has {known or 'none'}.")


def kept(params: tuple[Parameter, ...]) -> list[dict[str, object]]:
    """All of them, as they are."""
    return [{"name": one.name, "was": one.name} for one in params]


def added(params: tuple[Parameter, ...], spec: Spec, function: str) -> list[dict[str, object]]:
    """With a new one: where it was asked for, else behind the last that can stand before it."""
    if any(one.name == spec.name for one in params):
        raise Stop(f"`{function}` has a parameter `{spec.name}` already.")
    rows = kept(params)
    new: dict[str, object] = {"name": spec.name, "was": None}
    given = (("annotation", spec.annotation), ("default", spec.default), ("value", spec.value))
    new.update((key, value) for key, value in given if value is not None)
    rows.insert(_index(params, spec, function), new)
    return rows


def _index(params: tuple[Parameter, ...], spec: Spec, function: str) -> int:
    names = [one.name for one in params]
    plain = [one for one in params if one.kind == "plain"]
    match spec.position:
        case "first":
            return 0
        case "before" | "after":
            named(params, spec.anchor, function)
            return names.index(spec.anchor) + (spec.position == "after")
    if spec.default is not None:
        return len(plain)
    return sum(not one.has_default for one in plain)


def reordered(params: tuple[Parameter, ...], names: tuple[str, ...], function: str) -> list[dict[str, object]]:
    """In another order. Raises `Stop` where the names are not just these."""
    known = [one.name for one in params]
    if sorted(names) != sorted(known):
        have = ", ".join(f"`{name}`" for name in known)
        raise Stop(
            f"Name all parameters of `{function}` in the order that you want, each once. It has {have or 'none'}."
        )
    return [{"name": name, "was": name} for name in names]


def order_of(params: tuple[Parameter, ...], spec: Spec, function: str) -> tuple[str, ...]:
    """The names after one of them is put elsewhere, or two are swapped."""
    names = [one.name for one in params]
    if spec.position == "swap" and not spec.name:
        if len(names) != 2:
            raise Stop(f"`{function}` has {len(names)} parameters: say which two to swap.")
        return tuple(reversed(names))
    for name in (spec.name, *([spec.anchor] if spec.anchor else [])):
        named(params, name, function)
    if spec.position == "swap":
        one, other = names.index(spec.name), names.index(spec.anchor)
        names[one], names[other] = names[other], names[one]
        return tuple(names)
    names.remove(spec.name)
    at = {"first": 0, "last": len(names)}.get(spec.position)
    if at is None:
        at = names.index(spec.anchor) + (spec.position == "after")
    names.insert(at, spec.name)
    return tuple(names)
