"""`harness-bridge init-editor`: what it prints can be redirected, and says how this very program is started."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bridge.surfaces.terminal import editor_texts
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.init_editor import EDITORS, PROGRAM, how_to_set_up, init_editor, own_command
from tests.surfaces.terminal.fakes import FakeOut

ODD = ('/a b/it\'s \\ "so"/é/harness-bridge', "-P")


def program(folder: Path) -> Path:
    """An executable of our name."""
    folder.mkdir(exist_ok=True)
    path = folder / PROGRAM
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", EDITORS)
def test_only_the_configuration_is_printed_and_the_rest_is_said_aside(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bridge", "init-editor", name], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0
    assert done.stdout == EDITORS[name].text(own_command("", {"PATH": ""}))
    assert done.stderr.split("\n") == ["", *EDITORS[name].steps, ""]


def test_an_editor_that_is_not_known_is_a_wrong_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bridge", "init-editor", "ed"], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert all(name in done.stderr for name in EDITORS)


def test_an_output_that_nobody_reads_is_told() -> None:
    out, aside = FakeOut(), FakeOut()
    out.broken = True
    assert init_editor("nvim", (PROGRAM,), out, aside) == Exit.ENVIRONMENT


def test_no_configuration_names_a_model_or_a_key() -> None:
    for editor in EDITORS.values():
        text = editor.text((PROGRAM,)).lower()
        assert "model" not in text.replace("models", "")
        assert "api_key" not in text


def test_vs_codes_settings_are_json_with_the_command() -> None:
    assert json.loads(editor_texts.vscode(ODD)) == {"harnessBridge.command": list(ODD)}


def test_helix_starts_us_beside_its_own_servers_in_each_language() -> None:
    parsed = tomllib.loads(editor_texts.helix(ODD))
    assert parsed["language-server"] == {"harness-bridge": {"command": ODD[0], "args": [ODD[1]]}}
    servers = {language["name"]: language["language-servers"] for language in parsed["language"]}
    assert len(servers) == len(parsed["language"])
    assert {"python", "javascript", "typescript", "tsx", "markdown"} < set(servers)
    for listed in servers.values():
        assert listed[-1] == "harness-bridge"
        assert len(listed) == len(set(listed)) > 1


def test_odd_paths_are_quoted_as_each_language_wants_it() -> None:
    assert "cmd = { '/a b/it\\'s \\\\ \"so\"/é/harness-bridge', '-P' }" in editor_texts.nvim(ODD)
    assert '\'("/a b/it\'s \\\\ \\"so\\"/é/harness-bridge" "-P")' in editor_texts.emacs(ODD)


def test_the_command_to_type_is_one_for_a_shell() -> None:
    assert how_to_set_up("emacs", ("/a b/harness-bridge",)) == (
        "'/a b/harness-bridge' init-editor emacs >> ~/.emacs.d/init.el"
    )


def test_on_the_path_the_name_is_enough(tmp_path: Path) -> None:
    ours = program(tmp_path / "ours")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / PROGRAM).symlink_to(ours)
    assert own_command(str(ours), {"PATH": str(tmp_path / "bin")}) == (PROGRAM,)


def test_where_the_path_leads_elsewhere_the_whole_path_is_given(tmp_path: Path) -> None:
    ours, other = program(tmp_path / "ours"), program(tmp_path / "other")
    assert own_command(str(ours), {"PATH": str(other.parent)}) == (str(ours),)
    assert own_command(str(ours), {"PATH": ""}) == (str(ours),)


def test_without_a_script_it_is_python_without_the_workspace_on_its_path(tmp_path: Path) -> None:
    module, python = str(tmp_path / "bridge" / "__main__.py"), str(tmp_path / "python3")
    assert own_command(module, {"PATH": ""}, python) == (python, "-P", "-m", "bridge")
