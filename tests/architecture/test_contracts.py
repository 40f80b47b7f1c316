"""Each import contract in pyproject.toml is kept by the tree and bites: a planted import breaks it, and it alone."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.corpora import PROJECT

# A tree with every package that a contract names, some of them still to come.
SKELETON = [
    "__main__",
    "app.runtime",
    "cli",
    "harness.agents.runner",
    "harness.commands.registry",
    "harness.cost.usage",
    "harness.engine.step",
    "harness.engine.turn",
    "harness.errors",
    "harness.execution.pipeline",
    "harness.ids",
    "harness.isolate",
    "harness.mcp.adapter",
    "harness.memory.store",
    "harness.models.catalogue",
    "harness.models.chat",
    "harness.models.offline",
    "harness.models.responses",
    "harness.models.scripted",
    "harness.models.service.sdk",
    "harness.permissions.policy",
    "harness.ports.clock",
    "harness.refactoring.dispatch",
    "harness.refactoring.project",
    "harness.refactoring.python.rename",
    "harness.refactoring.script.rename",
    "harness.refactoring.values",
    "harness.refactoring.wire",
    "harness.refactoring.worker",
    "harness.session.log",
    "harness.tools.builtin.glob",
    "harness.tools.builtin.grep",
    "harness.tools.registry",
    "harness.values.events",
    "harness.workspace.overlay",
    "lazy",
    "protocol.base",
    "surfaces.acp.server",
    "surfaces.lsp.capabilities",
    "surfaces.lsp.editor",
    "surfaces.lsp.framing",
    "surfaces.lsp.frontdoor",
    "surfaces.mapping.updates",
    "surfaces.terminal.run",
]
LAYERS = "The layers of bridge"
WIRE = "pygls, lsprotocol and cattrs stay in surfaces/lsp"
HARNESS = "The layers of bridge.harness"
SURFACES = "Surfaces know nothing of each other"
TOOLS = "Built-in tools know nothing of each other"
REFACTORING = "rope, libcst, ruff and tree-sitter stay below refactoring"
MODELS = "Model adapters know nothing of each other"
MODEL_LIBRARIES = "openai, genai_prices and keyring are reached through the lazy seam alone"
OFFLINE = "The offline engine imports no network code"
ACYCLIC = "No cycles between siblings, at any level"
FRONT_DOOR = "The front door stands on the standard library alone"

# (module, the line planted in it, the one contract that reports it)
PLANTED = [
    ("harness.ids", "import bridge.protocol.base", LAYERS),
    ("protocol.base", "import bridge.harness.ids", LAYERS),
    ("app.runtime", "import bridge.surfaces.terminal.run", LAYERS),
    ("lazy", "import bridge.app.runtime", LAYERS),
    ("app.runtime", "def hidden():\n    import bridge.surfaces.terminal.run", LAYERS),
    ("telemetry", "", LAYERS),
    ("app.runtime", "import lsprotocol", WIRE),
    ("protocol.base", "from pygls import uris", WIRE),
    ("surfaces.terminal.run", "import cattrs", WIRE),
    ("harness.tools.registry", "import bridge.harness.engine.turn", HARNESS),
    ("harness.values.events", "import bridge.harness.ports.clock", HARNESS),
    ("harness.session.log", "import bridge.harness.workspace.overlay", HARNESS),
    ("harness.plugins.loader", "", HARNESS),
    ("surfaces.terminal.run", "import bridge.surfaces.lsp.framing", SURFACES),
    ("surfaces.acp.server", "import bridge.surfaces.terminal.run", SURFACES),
    ("surfaces.mapping.updates", "import bridge.surfaces.lsp.framing", SURFACES),
    ("surfaces.web.server", "", SURFACES),
    ("harness.tools.builtin.glob", "import bridge.harness.tools.builtin.grep", TOOLS),
    ("harness.tools.registry", "import libcst", REFACTORING),
    ("app.runtime", "import bridge.harness.refactoring.python.rename", REFACTORING),
    ("harness.refactoring.values", "from tree_sitter import Parser", REFACTORING),
    ("harness.refactoring.worker", "import bridge.harness.refactoring.script.rename", REFACTORING),
    ("harness.refactoring.values", "import bridge.harness.tools.registry", HARNESS),
    ("harness.models.scripted", "import bridge.harness.models.offline", MODELS),
    ("harness.models.anthropic", "", MODELS),
    ("harness.models.service.sdk", "import bridge.harness.models.chat", MODELS),
    ("app.runtime", "import keyring", MODEL_LIBRARIES),
    ("harness.models.responses", "import openai", MODEL_LIBRARIES),
    ("harness.engine.turn", "import genai_prices", MODEL_LIBRARIES),
    ("harness.models.offline", "import socket", OFFLINE),
    ("harness.models.offline", "import httpx2", OFFLINE),
    ("surfaces.lsp.frontdoor", "import asyncio", FRONT_DOOR),
    ("surfaces.lsp.frontdoor", "import bridge.surfaces.lsp.editor\n", FRONT_DOOR),
    ("cli", "import pydantic", FRONT_DOOR),
]


def plant(root: Path, module: str, source: str) -> None:
    """Append a source to a module of the skeleton, making it and its packages where they are missing."""
    path = root / "bridge" / Path(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    for package in [path.parent, *path.parent.parents]:
        if package == root:
            break
        (package / "__init__.py").touch()
    with path.open("a") as file:
        file.write(source + "\n")


def skeleton(root: Path) -> Path:
    shutil.copy(PROJECT / "pyproject.toml", root)
    for module in SKELETON:
        plant(root, module, "")
    # So that "and what it imports" is tried: the editor side may import pygls, the front door may not reach it.
    plant(root, "surfaces.lsp.editor", "import pygls")
    return root


def broken_contracts(root: Path, *contracts: str) -> list[str]:
    """The names of the broken contracts, of those with these ids or else of all."""
    chosen = [option for contract in contracts for option in ("--contract", contract)]
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [lint, "--no-logo", "--no-cache", *chosen], cwd=root, capture_output=True, text=True, check=False, timeout=50
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE)


def test_the_skeleton_keeps_every_contract(tmp_path: Path) -> None:
    assert broken_contracts(skeleton(tmp_path)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("module", "source", "contract"), PLANTED, ids=[f"{row[0]}-{row[2]}" for row in PLANTED])
def test_a_planted_import_breaks_its_own_contract_and_no_other(
    tmp_path: Path, module: str, source: str, contract: str
) -> None:
    plant(skeleton(tmp_path), module, source)
    assert broken_contracts(tmp_path) == [contract]


def test_a_cycle_inside_one_package_is_found(tmp_path: Path) -> None:
    plant(skeleton(tmp_path), "harness.engine.turn", "import bridge.harness.engine.step")
    plant(tmp_path, "harness.engine.step", "import bridge.harness.engine.turn")
    assert broken_contracts(tmp_path) == [ACYCLIC]
