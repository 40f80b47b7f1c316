"""The client in the reference, as it stands there, on the real daemon."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.bridge import BRIDGE
from tests.support.corpora import PROJECT
from tests.support.script import edit, step

LINES = "".join(f"line {n}\n" for n in range(1, 21))


def test_forty_lines_are_a_client_with_which_a_person_decides_hunk_by_hunk(tmp_path: Path) -> None:
    (source,) = re.findall(
        r"```python\n(.*?)```", (PROJECT / "protocol" / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    client, script, work = tmp_path / "client.py", tmp_path / "script.json", tmp_path / "work"
    client.write_text(source, encoding="utf-8")
    work.mkdir()
    (work / "a.py").write_text(LINES)
    change = edit("a.py", ("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\n"))
    script.write_text(json.dumps({"turns": [{"steps": [step(change), step(say="Done.")]}]}))
    settings = {"MODEL": "scripted", "SCRIPT": str(script), "STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, str(client), str(work), "shout", *BRIDGE],
        input="y\nn\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=PROJECT,
        env=os.environ | {f"HARNESS_BRIDGE_{name}": value for name, value in settings.items()},
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert "--- old\nline 3\n--- new\nLINE 3\n---" in done.stdout
    assert "'outcome': 'present'" in done.stdout
    assert "'outcome': 'rejected'" in done.stdout
    assert done.stdout.endswith("end_turn\n")
    assert (work / "a.py").read_text() == LINES.replace("line 3\n", "LINE 3\n")
