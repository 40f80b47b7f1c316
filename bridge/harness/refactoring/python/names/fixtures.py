"""pytest's fixtures: a test takes one by the name of a parameter."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from bridge.harness.refactoring.python.names.index import Index
from bridge.harness.refactoring.python.names.scopes import Binding, Event
from bridge.harness.refactoring.python.names.strings import last_name

_SHARED = "conftest.py"


def is_fixture(binding: Binding) -> bool:
    """Whether a module's name is a fixture that is known by that name."""
    nodes = [origin.node for origin in binding.origins if origin.how == "definition"]
    return binding.scope.kind == "module" and any(map(_makes_fixture, nodes))


def takers(index: Index, fixture: Binding) -> set[Binding]:
    """The parameters, in all files, for which pytest passes this fixture."""
    found = set()
    for outline in index.outlines(fixture.name):
        for event in outline.events:
            mine = event.name == fixture.name and event.role == "parameter" and event.binding is not None
            if mine and fixture_of(index, event.binding) is fixture:  # type: ignore[arg-type] # tested
                found.add(event.binding)
    return {one for one in found if one is not None}


def fixture_of(index: Index, parameter: Binding) -> Binding | None:
    """The project's fixture that a parameter of a test, or of another fixture, takes: the nearest one."""
    if not takes_fixtures(parameter):
        return None
    path = parameter.scope.source.path
    own_name = getattr(parameter.scope.node, "name", "") == parameter.name
    for place in _places(path):
        outline = index.outline(place) if place in index.python else None
        bound = outline.top.names.get(parameter.name) if outline is not None else None
        if bound is not None and is_fixture(bound) and not (own_name and place == path):
            return bound
    return None


def takes_fixtures(parameter: Binding) -> bool:
    """Whether pytest passes what a parameter is named after: it is a test's or a fixture's, and not parametrized."""
    node = parameter.scope.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or any(map(_is_quoted, parameter.events)):
        return False
    name = PurePosixPath(parameter.scope.source.path).name
    tests = name.startswith("test") or name.endswith("_test.py") or name == _SHARED
    return _makes_fixture(node) or (tests and node.name.startswith("test"))


def _is_quoted(event: Event) -> bool:
    return event.role == "exported"


def _makes_fixture(node: ast.AST) -> bool:
    for decorator in getattr(node, "decorator_list", []):
        call = decorator if isinstance(decorator, ast.Call) else None
        named = call is not None and any(keyword.arg == "name" for keyword in call.keywords)
        if last_name(call.func if call is not None else decorator) == "fixture" and not named:
            return True
    return False


def _places(path: str) -> Iterator[str]:
    """Where a fixture of a file's tests may be: there, then in the `conftest.py` of each folder upwards."""
    yield path
    folder = PurePosixPath(path).parent
    for above in (folder, *folder.parents):
        yield (above / _SHARED).as_posix()
