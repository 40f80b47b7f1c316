"""Plans that act: look where the name is, propose the change, report what became of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bridge.harness.models.offline.looking import Plan, Scene, call, file_of, files_like, locate, look, unknown
from bridge.harness.models.offline.memory import Memory, Option, Question, Renamed, Step, Stop
from bridge.harness.models.offline.outputs import Settled, Target, settled
from bridge.harness.models.offline.signature import (
    MOST_LINES,
    Parameter,
    added,
    kept,
    named,
    order_of,
    parameters,
    reordered,
)
from bridge.harness.models.offline.slots import is_file
from bridge.harness.models.offline.telling import found_text, places_list, settled_text, spoken
from bridge.harness.models.offline.wishes import Into, Wish, said

MOST_FILES = 200
"""Whose imports are organised by one request."""

_NUMBERED = re.compile(r"\d+\t(.*)")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a wish: for the person, and for the next one. `failed`: what follows it is not done."""

    text: str
    memory: Memory
    before: Target | None = None
    failed: bool = False


def perform(wish: Wish, scene: Scene, target: Target | None = None) -> Plan[Done]:
    """Fulfil one wish; `target` is the place that was chosen for it. Raises `Stop`."""
    return (yield from _ACTIONS[wish.kind](wish, scene, target))


def _target(wish: Wish, scene: Scene, target: Target | None, of: Wish | None = None) -> Plan[Target]:
    """The place of a wish's subject; `of` is what was asked for, where that is another wish."""
    if target is not None:
        return target
    return (yield from locate(scene, wish, f"{_capital(said(of or wish))}: I look where that is."))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _refactor(wish: Wish, action: str, target: Target, **more: object) -> Plan[Settled]:
    say = f"{_capital(said(wish))}: it is in {target.path}:{target.line}. Let me see what would change."
    symbol = {} if target.kind == "module" else {"line": target.line, "column": target.column, "symbol": target.short}
    output = yield from call("refactor", say, action=action, path=target.path, **symbol, **more)
    return settled(output)


def _report(wish: Wish, scene: Scene, result: Settled, target: Target | None) -> Done:
    """`target` is where the name is after the change."""
    memory = replace(
        scene.memory, target=target or scene.memory.target, edited=scene.memory.edited or result.applied > 0
    )
    return Done(settled_text(result, said(wish)), memory, target, failed=not result.applied)


def _rename(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    if target is None and wish.subject.kind == "parameter" and wish.subject.holder:
        target = yield from _parameter_place(wish, scene)
    target = yield from _target(wish, scene, target)
    if target.short == wish.new:
        raise Stop(f"`{target.name}` has that name already.")
    result = yield from _refactor(wish, "rename", target, new_name=wish.new, docs=wish.docs)
    if not result.applied:
        return _report(wish, scene, result, target)
    owner = target.name.rpartition(".")[0]
    path = target.path
    if target.kind == "module":
        folder, slash, file = path.rpartition("/")
        path = f"{folder}{slash}{wish.new}.{file.rpartition('.')[2]}"
    new = replace(target, name=f"{owner}.{wish.new}" if owner else wish.new, path=path)
    done = _report(wish, scene, result, new)
    return replace(done, memory=replace(done.memory, renamed=Renamed(target.short, new)))


def _parameter_place(wish: Wish, scene: Scene) -> Plan[Target | None]:
    """Where a function's parameter stands in its head."""
    holder = replace(wish, subject=replace(wish.subject, name=wish.subject.holder, holder="", kind=""))
    function = yield from _target(holder, scene, None, of=wish)
    if function.kind not in {"function", "method"}:
        return None
    one = named((yield from _parameters(function)), wish.subject.name, function.name)
    name = f"{function.name}.{one.name}"
    return Target(function.path, function.line + one.line, one.column, "parameter", name)


def _parameters(target: Target) -> Plan[tuple[Parameter, ...]]:
    """Read a function's head."""
    if target.kind not in {"function", "method"}:
        raise Stop(f"`{target.name}` is a {target.kind}: only functions and methods have parameters that I can change.")
    output = yield from call("read_file", path=target.path, offset=target.line, limit=MOST_LINES)
    return parameters([found[1] for line in output.splitlines() if (found := _NUMBERED.fullmatch(line))])


def _signature(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    """Add, remove or reorder parameters, change a default or a type."""
    if wish.keyword_only:
        raise Stop("I can't make a parameter keyword-only. I add, remove, rename and reorder parameters.")
    target = yield from _target(wish, scene, target)
    if target.kind == "class":
        target = yield from _constructor(target)
    params = yield from _parameters(target)
    if wish.kind == "add_parameter":
        yield from _need_value(wish, target)
    rows = _rows(wish, params, target.name)
    if rows == kept(params):
        raise Stop(f"The parameters of `{target.name}` are in that order already.")
    result = yield from _refactor(wish, "change_signature", target, parameters=rows)
    return _report(wish, scene, result, target)


def _constructor(target: Target) -> Plan[Target]:
    """A class's parameters are those of its `__init__`."""
    found = yield from look(symbol=f"{target.short}.__init__", path=target.path)
    own = [one for one in found.definitions if one.path == target.path and one.name == f"{target.name}.__init__"]
    if not own:
        raise Stop(f"`{target.name}` is a class without an `__init__` of its own: I can't change its parameters.")
    return own[0]


def _need_value(wish: Wish, target: Target) -> Plan[None]:
    """Without a default callers have to pass something: asked, unless nobody calls."""
    spec = wish.spec
    if spec.default is not None:
        return
    if spec.value is None or wish.optional:
        found = yield from look(
            symbol=target.short, path=target.path, line=target.line, column=target.column, usages=True
        )
        calls = [one for one in (*found.uses, *found.uncertain) if one.kind != "import"]
        if calls or wish.optional:
            many = f" It is used in {len(calls)} place{'' if len(calls) == 1 else 's'}." if calls else ""
            raise Stop(
                f"`{spec.name}` has no default.{many} Answer with one, such as `default None`,"
                " or with what callers pass, such as `pass 0`.",
                Question((Option(target.name, (wish,), target),), wants="value"),
            )


def _rows(wish: Wish, params: tuple[Parameter, ...], function: str) -> list[dict[str, object]]:
    spec = wish.spec
    match wish.kind:
        case "add_parameter":
            return added(params, spec, function)
        case "remove_parameter":
            named(params, spec.name, function)
            return [row for row in kept(params) if row["name"] != spec.name]
        case "reorder_parameters":
            return reordered(params, wish.names or order_of(params, spec, function), function)
    named(params, spec.name, function)
    change = "default" if wish.kind == "change_default" else "annotation"
    value = spec.default if change == "default" else spec.annotation
    return [{**row, change: value} if row["name"] == spec.name else row for row in kept(params)]


def _inline(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    target = yield from _target(wish, scene, target)
    result = yield from _refactor(wish, "inline", target)
    return _report(wish, scene, result, None)


def _move(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    target = yield from _target(wish, scene, target)
    to = yield from _module(wish, scene, target)
    if to == target.path:
        raise Stop(f"`{target.name}` is in {to} already.")
    result = yield from _refactor(wish, "move", target, to=to)
    done = _report(wish, scene, result, replace(target, path=to) if result.applied else target)
    if not result.applied:
        return done
    return replace(done, before=Target(to, 1, 1, target.kind, target.short))


def _module(wish: Wish, scene: Scene, target: Target) -> Plan[str]:
    """The file that something is moved to; a new one beside the old or where its path says."""
    files = yield from files_like(wish.to)
    if files:
        return (yield from file_of(wish.to, scene, wish)) if len(files) > 1 else files[0]
    if not is_file(wish.to):
        raise Stop(
            f"There is no module `{wish.to}`. For a new one say its file, such as `{wish.to.replace('.', '/')}.py`."
        )
    folder = target.path.rpartition("/")[0]
    if "/" in wish.to or not folder:
        return wish.to
    options = tuple(Option(path, (replace(wish, to=path),), target) for path in (f"{folder}/{wish.to}", f"./{wish.to}"))
    text = f"There is no {wish.to} yet. Where should the new file be?\n{places_list([one.label for one in options])}"
    raise Stop(f"{text}\nAnswer with the number.", Question(options))


def _extract(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    place = scene.place
    selection: dict[str, object] = {}
    if wish.lines[0]:
        path = yield from _file(wish, scene)
        selection = {"path": path, "line": wish.lines[0], "end_line": wish.lines[1]}
    elif place is None or not place.selects:
        how = "Select the code, or name its lines: `extract lines 10-14 of basket.py into a function`."
        raise Stop(f"Nothing is selected. {how}")
    else:
        path = place.uri
        selection = {"path": path, "line": place.line, "end_line": place.end}
        selection |= {"column": place.column} if place.column else {}
        selection |= {"end_column": place.end_column} if place.end_column else {}
    into = wish.into or _kind_of(wish, selection)
    new = {"new_name": wish.new} if wish.new else {}
    say = f"{_capital(said(replace(wish, into=into)))}: let me see what would change."
    output = yield from call("refactor", say, action=f"extract_{into}", **selection, **new)
    result = settled(output)
    made = Target(path, 1, 1, into, wish.new) if wish.new and result.applied and not path.startswith("file:") else None
    done = _report(wish, scene, result, None)
    return replace(done, before=made)


def _kind_of(wish: Wish, selection: dict[str, object]) -> Into:
    """Whole lines become a function; of a part of a line it has to be said."""
    if selection["line"] != selection["end_line"] or "column" not in selection:
        return "function"
    kinds: tuple[Into, ...] = ("function", "variable")
    options = tuple(Option(f"a {into}", (replace(wish, into=into),)) for into in kinds)
    raise Stop(f"Into a function or a variable?\n{places_list([one.label for one in options])}", Question(options))


def _file(wish: Wish, scene: Scene) -> Plan[str]:
    """The file of a wish: the one that it names, or the person's."""
    if wish.path:
        return (yield from file_of(wish.path, scene, wish))
    if scene.place is None:
        example = spoken(said(replace(wish, path="basket.py")))
        question = Question((Option(said(wish), (wish,)),), wants="file")
        raise Stop(f"In which file? Answer with its path, or say it at once, such as {example}.", question)
    return scene.place.uri


def _imports(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    if wish.path == "*" or wish.path.endswith("/"):
        return (yield from _all_imports(wish, scene))
    path = yield from _file(wish, scene)
    output = yield from call("refactor", "I organise the imports.", action="organise_imports", path=path)
    result = settled(output)
    done = _report(wish, scene, result, None)
    return replace(done, failed=bool(result.error) and not result.needless)


def _all_imports(wish: Wish, scene: Scene) -> Plan[Done]:
    folder = {} if wish.path == "*" else {"path": wish.path.rstrip("/")}
    output = yield from call("glob", "I look which files there are.", pattern="**/*.py", **folder)
    files = [row for row in output.splitlines() if row.endswith(".py")]
    if not files:
        raise Stop("There are no Python files there.")
    if len(files) > MOST_FILES:
        raise Stop(f"There are {len(files)} Python files; I do at most {MOST_FILES} at once. Name a folder.")
    calls: tuple[tuple[str, dict[str, object]], ...] = tuple(
        ("refactor", {"action": "organise_imports", "path": path}) for path in files
    )
    outputs = yield Step(f"I organise the imports of {len(files)} files.", calls)
    results = [settled(one) for one in outputs]
    right = sum(one.needless for one in results)
    wishes = [replace(wish, path=path) for path in files]
    texts = [settled_text(one, said(of)) for one, of in zip(results, wishes, strict=True) if not one.needless]
    changed = any(one.applied for one in results)
    memory = replace(scene.memory, edited=scene.memory.edited or changed)
    head = [f"{right} of {len(files)} files are already organised."] if right else []
    return Done("\n".join([*texts, *head]), memory)


def _find(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    asks_all = target is None and not wish.subject.pronoun and not wish.subject.nth and not wish.subject.path
    if asks_all:
        name = ".".join(part for part in (wish.subject.holder, wish.subject.name) if part)
        found = yield from look(f"I look for `{name}`.", symbol=name, usages=wish.usages)
        if found.error:
            raise Stop(*unknown(found, wish))
    else:
        target = yield from _target(wish, scene, target)
        found = yield from look(
            symbol=target.short, path=target.path, line=target.line, column=target.column, usages=wish.usages
        )
        name = target.name
    one = found.definitions[0] if len(found.definitions) == 1 else None
    memory = replace(scene.memory, listed=found.definitions, target=one or scene.memory.target)
    return Done(found_text(name, found, wish.usages), memory, one)


def _search(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    (text,) = wish.names
    where = {}
    if wish.path and wish.path != "*":
        where = {"path": (yield from file_of(wish.path, scene, wish))}
    output = yield from call("grep", f"I search for `{text}`.", pattern=text, mode="literal", **where)
    rows = output.splitlines()
    shown = "\n".join(f"- {row}" for row in rows[:30])
    more = f"\n- and {len(rows) - 30} more" if len(rows) > 30 else ""
    return Done(f"Lines with `{text}`:\n{shown}{more}", scene.memory)


_ACTIONS: dict[str, Callable[[Wish, Scene, Target | None], Plan[Done]]] = {
    "rename": _rename,
    "extract": _extract,
    "inline": _inline,
    "move": _move,
    "add_parameter": _signature,
    "remove_parameter": _signature,
    "reorder_parameters": _signature,
    "change_default": _signature,
    "change_annotation": _signature,
    "organise_imports": _imports,
    "find": _find,
    "search": _search,
}
