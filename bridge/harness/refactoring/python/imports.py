"""Organises the imports of one file: unused ones go, the others are sorted, by ruff.

Ruff runs on the text, isolated: the project's own settings are data here (line length, how imports are written), and
nothing else of them has a say.
"""

import ast
import json
import subprocess
import tomllib
from collections.abc import Iterator
from typing import Any

import ruff  # type: ignore[import-untyped] # it publishes no types

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.python.guards import guard
from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.values import Changed, ChangedFile, OrganiseImports, Refusal

_SECONDS = 20.0
"""Ruff takes 10 ms for a file; this is for a machine that is busy."""

_ISORT = (
    "force-single-line",
    "force-wrap-aliases",
    "force-sort-within-sections",
    "combine-as-imports",
    "split-on-trailing-comma",
    "order-by-type",
    "case-sensitive",
    "lines-after-imports",
    "lines-between-types",
    "relative-imports-order",
    "from-first",
    "length-sort",
    "no-sections",
    "known-third-party",
    "single-line-exclusions",
)
"""Settings of ruff about the look of imports, which the project may have; isort's own have the same names with `_`."""


def organise(project: Project, ask: OrganiseImports) -> Changed:
    """Refusal where the file does not parse or there is nothing to do."""
    file = project.read(ask.path)
    _parses(file)
    options = [*_style(project), _option("lint.isort.known-first-party", Modules(project).first_party(file.path))]
    done = _ruff(project, file, options)
    new = done.stdout.decode("utf-8", "surrogatepass")
    if done.returncode not in {0, 1} or (file.text and not new):
        raise Refusal(f"The imports of {file.path} could not be organised: {_reason(done.stderr)}.")
    if not file.text.startswith(("\n", "\r")):
        # Where all imports went from the top, ruff leaves the blank line that was below them.
        new = new.lstrip("\r\n")
    kept = list(_left(done.stderr))
    if new == file.text:
        raise Refusal(" ".join([f"The imports of {file.path} are already organised.", *kept]))
    gone = sorted(_imported(file.text) - _imported(new))
    remarks = [f"Removed, as nothing uses them: {', '.join(f'`{name}`' for name in gone)}."] if gone else []
    files = (ChangedFile(file.path, file.sha, new),)
    return guard(project, Changed(f"Organise the imports of {file.path}", files, (*remarks, *kept)), None)


def _parses(file: SourceFile) -> None:
    try:
        ast.parse(file.text)
    except SyntaxError as error:
        raise Refusal(f"{file.path} does not parse (line {error.lineno}): {error.msg}. Mend it first.") from error
    except ValueError as error:
        raise Refusal(f"{file.path} does not parse: {error}.") from error


def _ruff(project: Project, file: SourceFile, options: list[str]) -> subprocess.CompletedProcess[bytes]:
    command = [ruff.find_ruff_bin(), "check", "--isolated", "--no-cache", "--select", "I,F401", "--fix", "-q"]
    command += ["--output-format", "json", f"--stdin-filename={file.path}"]
    command += [part for option in options for part in ("--config", option)]
    try:
        return subprocess.run(
            [*command, "-"],
            input=file.text.encode("utf-8", "surrogatepass"),
            capture_output=True,
            cwd=project.root,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal(f"The imports of {file.path} took longer than {_SECONDS:.0f} s. Try again.") from None
    except OSError as error:
        raise Refusal(f"The program that organises imports can't be started: {error}.") from error


def _style(project: Project) -> Iterator[str]:
    """How the project writes imports, as its pyproject.toml says for ruff, isort or black."""
    tools = _tools(project)
    linter, isort = tools.get("ruff", {}), tools.get("isort", {})
    black = tools.get("black", {})
    length = linter.get("line-length") or black.get("line-length") or isort.get("line_length")
    if isinstance(length, int) and 1 <= length <= 320:
        yield _option("line-length", length)
    written = {**linter.get("isort", {}), **linter.get("lint", {}).get("isort", {})}
    for key in _ISORT:
        value = written.get(key, isort.get(key.replace("-", "_")))
        if isinstance(value, bool | int | str | list):
            yield _option(f"lint.isort.{key}", value)


def _tools(project: Project) -> dict[str, Any]:
    """The `tool` tables; nothing where there is no file or it is no TOML."""
    try:
        settings = (project.root / "pyproject.toml").read_text("utf-8")
        tools: dict[str, Any] = tomllib.loads(settings).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return {name: table for name, table in tools.items() if isinstance(table, dict)}


def _option(key: str, value: Any) -> str:
    return f"{key}={json.dumps(value)}"


def _left(report: bytes) -> Iterator[str]:
    """What ruff found unused and did not dare to remove."""
    try:
        found = json.loads(report)
    except ValueError:
        return
    for row in found:
        if row.get("code") == "F401":
            yield f"Line {row['location']['row']}: {row['message']}; not removed, look."


def _reason(report: bytes) -> str:
    lines = [line.strip() for line in report.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[0] if lines else "no reason was given"


def _imported(text: str) -> set[str]:
    """What a file imports, each as `module.name`."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            joint = "" if base.endswith(".") else "."
            names |= {f"{base}{joint}{alias.name}" for alias in node.names}
    return names
