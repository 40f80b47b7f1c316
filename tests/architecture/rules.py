"""The rules that no linter of ours holds, each as a function from one source file to its complaints.

test_rules.py shows each one failing on a planted violation; test_tree.py runs them all over the tree.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

# Pure data tables, which may be as long as their data. By path; a file named here may define no function.
DATA_TABLES: frozenset[str] = frozenset()

MAX_FILE_LINES = 400
MAX_TEST_FILE_LINES = 800
MAX_FUNCTION_LINES = 80
MAX_HANDLER_LINES = 10
MAX_PARAMETERS = 6
MAX_NESTING = 4

TERMINAL = "bridge/surfaces/terminal/"
ISOLATE = "bridge/harness/isolate.py"
LAZY = "bridge/lazy.py"
EVENTUALLY = "tests/support/eventually.py"
HANDLERS = "bridge/surfaces/lsp/handlers/"
DOCUMENTED = ("bridge/protocol/", "bridge/harness/ports/", "bridge/harness/values/", "bridge/app/")

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
BROAD = {"Exception", "BaseException"}
MOCK_MODULES = {"mock", "pytest_mock", "unittest.mock"}
# Written in pieces, so that this file keeps its own rule.
MACHINE_FOLDERS = ("home", "mnt", "opt", "root", "tmp", "Users", "var/folders", "work")
REGISTRY_HOSTS = ("pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(?:org|com)", "deb" + r"\.debian\.org")
# Examples belong to one person who does not exist.
MACHINE_PATH = re.compile(rf"(?<![\w.<>*}}])/(?:{'|'.join(MACHINE_FOLDERS)})(?=/[\w.])(?!/ada\b)")
REGISTRY = re.compile("|".join(REGISTRY_HOSTS))


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project's root, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


Rule = Callable[[Source], Iterator[str]]


def file_size(source: Source, tables: frozenset[str] = DATA_TABLES) -> Iterator[str]:
    """At most 400 lines, in tests 800; a data table has no limit and no functions."""
    if source.path in tables:
        yield from (f"line {f.lineno}: {f.name}() in a file exempt as a data table" for f in source.functions)
        return
    limit = MAX_TEST_FILE_LINES if source.path.startswith("tests/") else MAX_FILE_LINES
    lines = source.text.count("\n")
    if lines > limit:
        yield f"{lines} lines, {limit} allowed"


def function_size(source: Source) -> Iterator[str]:
    """At most 80 lines from `def` to its end."""
    for function in source.functions:
        lines = _lines(function)
        if lines > MAX_FUNCTION_LINES:
            yield f"line {function.lineno}: {function.name}() has {lines} lines, {MAX_FUNCTION_LINES} allowed"


def parameters(source: Source) -> Iterator[str]:
    """At most 6 parameters, not counting self and cls."""
    for function in source.functions:
        given = function.args
        names = [arg.arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        if count > MAX_PARAMETERS:
            yield f"line {function.lineno}: {function.name}() has {count} parameters, {MAX_PARAMETERS} allowed"


def nesting(source: Source) -> Iterator[str]:
    """At most 4 blocks inside each other in one function; `elif` is no new level."""
    for function in source.functions:
        depth = _depth(function.body)
        if depth > MAX_NESTING:
            yield f"line {function.lineno}: {function.name}() nests {depth} blocks, {MAX_NESTING} allowed"


def no_sleeps(source: Source) -> Iterator[str]:
    """Tests wait on events, or by `eventually` for another process."""
    if not source.path.startswith("tests/") or source.path == EVENTUALLY:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _name(node.func) == "sleep":
            yield f"line {node.lineno}: a sleep in a test"


def no_prints(source: Source) -> Iterator[str]:
    """stdout belongs to JSON-RPC; only the terminal surface prints."""
    if not source.path.startswith("bridge/") or source.path.startswith(TERMINAL):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"}:
            yield f"line {node.lineno}: {node.func.id}() outside {TERMINAL}"


def imports_at_the_top(source: Source) -> Iterator[str]:
    """No imports inside functions, and none by name outside bridge/lazy.py."""
    for function in source.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"line {node.lineno}: an import inside {function.name}()"
    if not source.path.startswith("bridge/") or source.path == LAZY:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and _name(node) in {"__import__", "import_module"}:
            yield f"line {node.lineno}: an import by name outside {LAZY}"


def no_broad_excepts(source: Source) -> Iterator[str]:
    """Nothing catches everything, but isolate() in bridge/harness/isolate.py."""
    if source.path == ISOLATE:
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.ExceptHandler(type=None):
                yield f"line {node.lineno}: a bare except"
            case ast.ExceptHandler(type=ast.Tuple(elts=caught)) if BROAD & {_name(name) for name in caught}:
                yield f"line {node.lineno}: a broad except"
            case ast.ExceptHandler(type=ast.expr() as caught_type) if _name(caught_type) in BROAD:
                yield f"line {node.lineno}: a broad except"
            case ast.Call() if _name(node.func) == "suppress" and BROAD & {_name(name) for name in node.args}:
                yield f"line {node.lineno}: a broad suppress()"


def no_mocks(source: Source) -> Iterator[str]:
    """A test stands a Fake class in for a port; it patches nothing."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Import() if MOCK_MODULES & {alias.name for alias in node.names}:
                yield f"line {node.lineno}: a mock library"
            case ast.ImportFrom(module=module) if module in MOCK_MODULES or (
                module == "unittest" and "mock" in {alias.name for alias in node.names}
            ):
                yield f"line {node.lineno}: a mock library"
            case ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setattr"):
                yield f"line {node.lineno}: monkeypatch.setattr"
            case ast.arg(arg="mocker"):
                yield f"line {node.lineno}: the mocker fixture"


def small_handlers(source: Source) -> Iterator[str]:
    """An LSP handler maps, calls the application and maps back: at most 10 lines, its docstring not counted."""
    if not source.path.startswith(HANDLERS):
        return
    for function in source.functions:
        if function.name == "__init__":
            continue
        first = function.body[0]
        documented = ast.get_docstring(function) is not None
        lines = _lines(function) - (_lines(first) if documented else 0)
        if lines > MAX_HANDLER_LINES:
            yield f"line {function.lineno}: handler {function.name}() has {lines} lines, {MAX_HANDLER_LINES} allowed"


def public_docstrings(source: Source) -> Iterator[str]:
    """Modules, public classes and public functions say what they are, in the packages that others build on."""
    if not source.path.startswith(DOCUMENTED) or source.path.endswith("/__init__.py"):
        return
    if ast.get_docstring(source.tree) is None:
        yield "the module has no docstring"
    for node in _public(source.tree.body):
        if ast.get_docstring(node) is None:
            yield f"line {node.lineno}: {node.name} has no docstring"


def bare_packages(source: Source) -> Iterator[str]:
    """A package's __init__ has a docstring at most (bridge's own also the version): importing it costs nothing."""
    if not source.path.startswith("bridge/") or not source.path.endswith("/__init__.py"):
        return
    for node in source.tree.body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.Assign(targets=[ast.Name(id="__version__")]) if source.path == "bridge/__init__.py":
                continue
        yield f"line {node.lineno}: code in a package's __init__"


def frozen_values(source: Source) -> Iterator[str]:
    """Every dataclass among the values is frozen, with slots."""
    if not source.path.startswith("bridge/harness/values/"):
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            options = decorator.keywords if isinstance(decorator, ast.Call) else []
            on = {option.arg for option in options if isinstance(option.value, ast.Constant) and option.value.value}
            if _name(call) == "dataclass" and not {"frozen", "slots"} <= on:
                yield f"line {node.lineno}: {node.name} is not @dataclass(frozen=True, slots=True)"


RULES: tuple[Rule, ...] = (
    file_size,
    function_size,
    parameters,
    nesting,
    no_sleeps,
    no_prints,
    imports_at_the_top,
    no_broad_excepts,
    no_mocks,
    small_handlers,
    public_docstrings,
    bare_packages,
    frozen_values,
)


def no_machine_names(text: str) -> Iterator[str]:
    """For any text file: no path of somebody's machine, no host of a package registry."""
    for number, line in enumerate(text.splitlines(), start=1):
        if MACHINE_PATH.search(line):
            yield f"line {number}: a machine path: {line.strip()[:100]}"
        if REGISTRY.search(line):
            yield f"line {number}: a registry host: {line.strip()[:100]}"


def lazy_targets(source: Source) -> Iterator[str]:
    """The modules that a file reaches through `load("…")` of bridge/lazy.py."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=func, args=[ast.Constant(value=str(target)), *_]) if _name(func) == "load":
                yield target


def _name(node: ast.expr) -> str:
    """The last part of a dotted name; empty for any other expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _depth(body: list[ast.stmt]) -> int:
    return max((_depth_of(statement) for statement in body), default=0)


def _depth_of(statement: ast.stmt) -> int:
    if not isinstance(statement, BLOCKS):
        return 0
    inner = [_depth(body) for body in _bodies(statement)]
    if isinstance(statement, ast.If) and len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        inner.append(_depth_of(statement.orelse[0]) - 1)
    return 1 + max(inner, default=0)


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement, without an `else` that is an `elif`."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.ExceptHandler | ast.match_case):
            yield child.body
    orelse = getattr(statement, "orelse", [])
    if not (isinstance(statement, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If)):
        yield orelse
    yield getattr(statement, "body", [])
    yield getattr(statement, "finalbody", [])


def _public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | Function]:
    for node in body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body)
