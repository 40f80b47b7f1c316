"""What README.md tells a person to type works as it says."""

import json
import re
from typing import Any

from bridge.harness.models.scripted import Script
from bridge.harness.values.text import Edit
from bridge.harness.workspace.diff import diff
from bridge.harness.workspace.replace import apply_edits
from bridge.harness.workspace.text import form_of, split_lines
from tests.support.corpora import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_script_makes_two_hunks_of_the_file_that_is_shown() -> None:
    script: Any = json.loads(block("json"))
    Script.model_validate_json(block("json"))
    text = block("python")
    (call,) = script["turns"][0]["steps"][1]["calls"]
    edits = [Edit(edit["old_text"], edit["new_text"]) for edit in call["args"]["edits"]]
    changed = apply_edits(text, edits, form_of(text))
    assert len(diff(split_lines(text), split_lines(changed))) == 2


def test_the_pictures_that_are_shown_are_there() -> None:
    for path in re.findall(r"\]\(([^)]+\.(?:svg|png|md))\)", README):
        assert (PROJECT / path).exists(), path
