"""Commands read on a real disk: links, programs, the bridge's own state. Nothing is run."""

import os
from pathlib import Path

from bridge.app.shell_reading import reader
from bridge.harness.values.policy import Effect


def made(tmp_path: Path) -> tuple[Path, Path]:
    root, outside = tmp_path / "ws", tmp_path / "outside"
    for folder in (root / "bin", outside / "state"):
        folder.mkdir(parents=True)
    (root / "a.txt").touch()
    return root, outside


def effect(command: str, root: Path, outside: Path, path: str = "/usr/bin:/bin") -> Effect:
    environ = {"PATH": path, "HOME": str(outside)}
    return reader(root, (outside / "state",), environ)(command).effect


def test_what_only_reads_is_allowed_and_links_that_lead_out_ask(tmp_path: Path) -> None:
    root, outside = made(tmp_path)
    (root / "out").symlink_to(outside)
    (root / "round").symlink_to(root / "round")
    assert effect("cat a.txt", root, outside) == "allow"
    assert effect("cat out/a.txt", root, outside) == "ask"
    assert effect("cat round", root, outside) == "ask"
    assert effect("cat round/a", root, outside) == "ask"


def test_a_program_that_the_workspace_brings_asks(tmp_path: Path) -> None:
    root, outside = made(tmp_path)
    (root / "bin" / "cat").write_text("", encoding="utf-8")
    (root / "bin" / "cat").chmod(0o755)
    assert effect("cat a.txt", root, outside, f"{root / 'bin'}:/usr/bin:/bin") == "ask"
    assert effect("ls", root, outside, f"{root / 'bin'}:/usr/bin:/bin") == "allow"
    assert effect("cat a.txt", root, outside, "bin:/usr/bin:/bin") == "allow", "only absolute folders are looked in"


def test_a_search_over_credentials_asks(tmp_path: Path) -> None:
    root, outside = made(tmp_path)
    (root / "src").mkdir()
    (root / "node_modules").mkdir()
    (root / "node_modules" / "test.pem").touch()
    assert effect("grep -r x .", root, outside) == "allow"
    (root / ".env").touch()
    assert effect("grep -r x .", root, outside) == "ask"
    assert effect("grep -r x src", root, outside) == "allow"
    (root / "src" / "server.key").touch()
    assert effect("grep -r x src", root, outside) == "ask"


def test_the_bridges_own_state_is_denied(tmp_path: Path) -> None:
    root, outside = made(tmp_path)
    assert effect(f"cat {outside / 'state' / 'x'}", root, outside) == "deny"
    assert effect("cat ~/state/x", root, outside) == "deny"


def test_links_that_lead_elsewhere_for_each_process_ask(tmp_path: Path) -> None:
    root, outside = made(tmp_path)
    (root / "link").symlink_to(f"/proc/self/cwd/{os.path.relpath(root)}/a.txt")
    assert (root / "link").resolve() == (root / "a.txt").resolve(), "inside, for this process"
    assert effect("cat link", root, outside) == "ask"
    (root / "other").symlink_to(f"{os.path.relpath('/', root.resolve())}/proc/self/cwd/{os.path.relpath(root)}/a.txt")
    assert (root / "other").resolve() == (root / "a.txt").resolve()
    assert effect("cat other", root, outside) == "ask"


def test_a_search_over_credentials_in_gits_settings_asks(tmp_path: Path) -> None:
    root, outside = made(tmp_path)
    (root / ".git").mkdir()
    settings = root / ".git" / "config"
    settings.write_text("url = https://example.com/a.git", encoding="utf-8")
    assert effect("grep -r x .", root, outside) == "allow"
    settings.write_text("url = https://ada:word@example.com/a.git", encoding="utf-8")
    assert effect("grep -r x .", root, outside) == "ask"
