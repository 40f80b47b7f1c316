"""The tree keeps the rules: the limits, what may stand where, and what importing it does."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.rules import DATA_TABLES, RULES, Rule, Source, lazy_targets, no_machine_names
from tests.architecture.test_contracts import broken_contracts
from tests.support.corpora import PROJECT

OURS = ("bridge", "tests", "scripts", "benchmarks")
# Folders that hold nothing of ours: what tools made, and what git keeps.
FOREIGN = re.compile(r"^(?:\..*(?:cache|venv)|\.git|\.hypothesis|__pycache__|build|dist|node_modules|.*\.egg-info)$")
# Loaded before an editor has its first answer, so nothing of these may come with the front door (a bound of time).
HEAVY = ("anyio", "asyncio", "cattrs", "lsprotocol", "pydantic", "pygls")

# Imports every module below a package, but `__main__`, whose import is the program.
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith(".__main__"):
        importlib.import_module(module.name)
"""


def files(folder: Path) -> list[Path]:
    """Every file below a folder, without what tools made."""
    found: list[Path] = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not FOREIGN.match(name))
        found += [Path(here, name) for name in sorted(names)]
    return found


def sources(*folders: str) -> list[Source]:
    """The Python files of some folders of the project."""
    paths = [path for folder in folders for path in files(PROJECT / folder) if path.suffix == ".py"]
    return [Source(path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def python(code: str, *arguments: str, cwd: Path, path: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter whose home, temporary and working folder is `cwd`."""
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(cwd))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1", **places}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=50)


def import_effects(package: str, cwd: Path, path: Path = PROJECT) -> list[str]:
    """What importing every module of a package did beside importing: output, files, a failure."""
    done = python(IMPORT_ALL, package, cwd=cwd, path=path)
    left = [f"left {file.relative_to(cwd)}" for file in files(cwd)]
    return (
        left
        + [text for text in (done.stdout, done.stderr) if text]
        + [f"exit {done.returncode}"] * (done.returncode != 0)
    )


@pytest.fixture(scope="module")
def complaints() -> dict[Rule, list[str]]:
    """By rule. Each file is parsed once for all of them, and let go."""
    found: dict[Rule, list[str]] = {rule: [] for rule in RULES}
    for source in sources(*OURS):
        for rule in RULES:
            found[rule] += [f"{source.path}: {complaint}" for complaint in rule(source)]
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Rule, complaints: dict[Rule, list[str]]) -> None:
    assert not complaints[rule], "\n".join(complaints[rule])


def test_every_exempt_data_table_exists() -> None:
    assert [path for path in DATA_TABLES if not (PROJECT / path).is_file()] == []


def test_no_text_file_names_a_machine_path_or_a_registry_host() -> None:
    complaints = []
    for path in files(PROJECT):
        text = path.read_bytes().decode("utf-8", errors="replace")
        complaints += [f"{path.relative_to(PROJECT)}: {complaint}" for complaint in no_machine_names(text)]
    assert not complaints, "\n".join(complaints)


def test_importing_every_module_writes_nothing_and_creates_no_file(tmp_path: Path) -> None:
    assert import_effects("bridge", tmp_path) == []


@pytest.mark.parametrize(
    "effect", ["print('x')", "import sys; sys.stderr.write('x')", "open('x', 'w').close()", "raise SystemExit(3)"]
)
def test_an_effect_planted_in_a_module_is_seen(tmp_path: Path, effect: str) -> None:
    (tmp_path / "code" / "planted").mkdir(parents=True)
    (tmp_path / "code" / "planted" / "__init__.py").touch()
    (tmp_path / "code" / "planted" / "deep.py").write_text(effect)
    (tmp_path / "cwd").mkdir()
    assert import_effects("planted", tmp_path / "cwd", tmp_path / "code") != []


@pytest.mark.parametrize("module", ["bridge.cli", "bridge.surfaces.lsp.frontdoor"])
def test_the_front_door_brings_nothing_heavy(tmp_path: Path, module: str) -> None:
    probe = f"import sys, {module}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = python(probe, cwd=tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_what_is_loaded_through_the_lazy_seam_keeps_the_layers_too(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "bridge", tmp_path / "bridge", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for source in sources("bridge"):
        imports = "".join(f"\nimport {target}\n" for target in lazy_targets(source))
        (tmp_path / source.path).write_text(source.text + imports, encoding="utf-8")
    assert broken_contracts(tmp_path, "layers", "harness-layers", "wire-libraries", "surfaces") == []


def test_the_locks_hold_every_dependency_that_pyproject_names() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    for lock, wanted in (("runtime", runtime), ("dev", [*runtime, *dev])):
        locked = re.findall(r"^([\w.-]+)==", (PROJECT / f"requirements/{lock}.lock").read_text("utf-8"), re.MULTILINE)
        assert {re.split(r"[<>=]", name)[0] for name in wanted} <= set(locked)
