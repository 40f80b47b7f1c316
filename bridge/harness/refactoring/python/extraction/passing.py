"""What extracted code is given as arguments, and which of its names are used behind it."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from bridge.harness.refactoring.python.extraction.flow import Flow, begin_of
from bridge.harness.refactoring.python.extraction.selecting import Statements
from bridge.harness.refactoring.python.names.scopes import BINDING, Binding, Event, Outline, Scope
from bridge.harness.refactoring.values import Refusal

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Passed:
    """Names that go in and names that come out, in the order in which they first stand in the code."""

    takes: tuple[Binding, ...]
    gives: tuple[Binding, ...]


def read_outside(found: Outline, start: int, end: int) -> tuple[Binding, ...]:
    """The local names from around an expression that it reads."""
    own = _own_scopes(found, start, end)
    bound = (event.binding for event in _inside(found, start, end))
    return _unique(one for one in bound if one is not None and one.scope not in own and one.scope.kind != "module")


def passed(found: Outline, chosen: Statements, home: Scope, *, returns: bool) -> Passed:
    """What statements take and give; Refusal where a name may not have a value yet, which a call could not pass on."""
    inside = _inside(found, chosen.start, chosen.end)
    own = _own_scopes(found, chosen.start, chosen.end)
    _check_declared(inside, home)
    local = _unique(e.binding for e in inside if e.binding is not None and e.binding.scope not in own)
    flow = Flow(found)
    after = flow.block(chosen.nodes, frozenset())
    before = _before(found, chosen, home)
    gives = [] if returns else [one for one in local if _comes_out(found, one, chosen, home)]
    takes = []
    for one in local:
        # What is set in some cases only comes out as it went in.
        kept = one in gives and (after is None or one not in after)
        elsewhere = any(e.role in BINDING and e not in inside for e in one.events)
        if kept and not elsewhere:
            raise Refusal(f"`{one.name}` may have no value behind the selection. Select more, or less.")
        if not _goes_in(one, home, inside, needed=kept or one in flow.read_early):
            continue
        if one.scope is home and one not in before:
            raise Refusal(f"`{one.name}` may have no value yet where the selection begins. Select more, or less.")
        takes.append(one)
    _check_broken_off(found, chosen, home, gives)
    return Passed(tuple(takes), tuple(gives))


def _goes_in(one: Binding, home: Scope, inside: list[Event], *, needed: bool) -> bool:
    if one.scope is not home:
        # A name of a function around; those of the module are seen from everywhere.
        return one.scope.kind != "module"
    # In a module's own code only what is changed has to be passed.
    return needed and (home.kind != "module" or _stored(inside, one))


def _inside(found: Outline, start: int, end: int) -> list[Event]:
    return [event for event in found.events if start <= event.start < end]


def _own_scopes(found: Outline, start: int, end: int) -> set[Scope]:
    """The scopes that are opened in the code itself."""
    source = found.source
    return {
        scope
        for node, scope in found.scopes.items()
        if not isinstance(node, ast.Module) and start <= begin_of(source, node) and source.end(node) <= end
    }


def _stored(events: Iterable[Event], binding: Binding) -> bool:
    return any(event.binding is binding and event.role in BINDING for event in events)


def _check_declared(inside: list[Event], home: Scope) -> None:
    for event in inside:
        other = event.binding is not None and event.binding.scope is not home and event.scope is home
        if other and event.role in BINDING:
            raise Refusal(f"The selection sets `{event.name}`, which is not the function's own. Select less.")
        deleted = isinstance(event.node, ast.Name) and isinstance(event.node.ctx, ast.Del)
        if deleted and event.binding is not None and not all(one in inside for one in event.binding.events):
            raise Refusal(f"The selection deletes `{event.name}`, which is used outside of it. Select less.")


def _before(found: Outline, chosen: Statements, home: Scope) -> frozenset[Binding]:
    """What certainly has a value where the selection begins."""
    flow = Flow(found)
    bound = (e.binding for e in found.events if e.role == "parameter" and e.scope is home)
    parameters = (binding for binding in bound if binding is not None)
    body: list[ast.stmt] = getattr(home.node, "body", [])
    flow.block(body, frozenset(parameters))
    return flow.at_mark.get(chosen.nodes[0], frozenset())


def _comes_out(found: Outline, binding: Binding, chosen: Statements, home: Scope) -> bool:
    """Whether a name that the statements set is read behind them, or by them in the next round of a loop."""
    inside = _inside(found, chosen.start, chosen.end)
    if binding.scope is not home or not _stored(inside, binding):
        return False
    if home.kind == "module":
        # Anybody may read a module's names.
        return True
    reads = [e for e in binding.events if e not in inside and (e.role not in BINDING or _augmented(e, home))]
    if any(e.scope is not home or e.start >= chosen.end for e in reads):
        return True
    rounds = [span for span in _loops(found, home) if span[0] < chosen.start and chosen.end <= span[1] + 1]
    again = any(start <= e.start < end for start, end in rounds for e in reads)
    return again or (bool(rounds) and _read_early(found, binding, chosen))


def _loops(found: Outline, home: Scope) -> list[tuple[int, int]]:
    loops = [node for node in ast.walk(home.node) if isinstance(node, _LOOPS)]
    return [(found.source.start(node), found.source.end(node)) for node in loops]


def _read_early(found: Outline, binding: Binding, chosen: Statements) -> bool:
    """Whether the statements read, in the next round, what they set in this one."""
    flow = Flow(found)
    flow.block(chosen.nodes, frozenset())
    return binding in flow.read_early


def _augmented(event: Event, home: Scope) -> bool:
    return any(isinstance(node, ast.AugAssign) and node.target is event.node for node in ast.walk(home.node))


def _check_broken_off(found: Outline, chosen: Statements, home: Scope, gives: list[Binding]) -> None:
    """Refusal where an exception in the middle would lose a value that is used behind the `try`."""
    source = found.source
    early = [event for node in chosen.nodes[:-1] for event in _inside(found, source.start(node), source.end(node))]
    for node in ast.walk(home.node):
        if not isinstance(node, ast.Try) or not node.body:
            continue
        start, end = source.start(node.body[0]), source.end(node.body[-1])
        if not (start <= source.start(chosen.nodes[0]) and source.end(chosen.nodes[-1]) <= end):
            continue
        for one in gives:
            if _stored(early, one) and any(e.start >= end for e in one.events):
                raise Refusal(
                    f"`{one.name}` would be lost if the new function fails half-way inside the `try`. "
                    "Select the whole `try`, or less."
                )


def _unique(found: Iterable[Binding | None]) -> tuple[Binding, ...]:
    return tuple(dict.fromkeys(one for one in found if one is not None))
