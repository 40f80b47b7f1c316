"""Organising imports: what goes, what stays, and how the rest is sorted."""

from pathlib import Path

import pytest

from bridge.harness.refactoring.python.imports import organise
from bridge.harness.refactoring.values import Changed, OrganiseImports, Refusal
from tests.harness.refactoring.asking import project_of


def organised(root: Path, files: dict[str, str], path: str = "a.py") -> Changed:
    return organise(project_of(root, files), OrganiseImports(path))


def refusal(root: Path, files: dict[str, str], path: str = "a.py") -> str:
    with pytest.raises(Refusal) as caught:
        organised(root, files, path)
    return caught.value.refused.why


def test_unused_imports_go_and_the_others_are_sorted(tmp_path: Path) -> None:
    changed = organised(
        tmp_path, {"a.py": "import sys\nimport os, json\nfrom re import sub, match\n\nprint(sys, json, sub)\n"}
    )
    (file,) = changed.files
    assert file.new == "import json\nimport sys\nfrom re import sub\n\nprint(sys, json, sub)\n"
    assert changed.remarks == ("Removed, as nothing uses them: `os`, `re.match`.",)


def test_a_file_whose_name_looks_like_an_option_is_organised_too(tmp_path: Path) -> None:
    changed = organised(tmp_path, {"-a.py": "import sys\nimport os\nprint(os, sys)\n"}, "-a.py")
    assert changed.files[0].new == "import os\nimport sys\n\nprint(os, sys)\n"


def test_what_is_organised_already_is_refused_and_organising_twice_changes_nothing(tmp_path: Path) -> None:
    changed = organised(tmp_path, {"a.py": "import b\nimport a\nprint(a, b)\n"})
    assert "already organised" in refusal(tmp_path, {"a.py": changed.files[0].new})


def test_a_file_that_does_not_parse_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "a.py does not parse (line 2)" in refusal(tmp_path, {"a.py": "import os\nx = = 1\n"})


@pytest.mark.parametrize(
    "text",
    [
        "import os  # noqa: F401\n",
        'import os\n\n__all__ = ["os"]\n',
        "import os as os\n",
        "from typing import List\n\nx: 'List[int]' = []\n",
        "try:\n    import fast\nexcept ImportError:\n    pass\n",
    ],
)
def test_imports_that_are_wanted_stay(tmp_path: Path, text: str) -> None:
    assert "already organised" in refusal(tmp_path, {"a.py": text})


def test_a_package_keeps_what_it_gives_on_and_that_is_told(tmp_path: Path) -> None:
    why = refusal(
        tmp_path, {"shop/__init__.py": "from shop.prices import total\n", "shop/prices.py": ""}, "shop/__init__.py"
    )
    assert "Line 1: `shop.prices.total` imported but unused" in why


def test_imports_of_the_project_stand_below_those_of_others(tmp_path: Path) -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/a.py": (
            "from shop import b\nimport requests\nfrom . import b as c\nimport os\nprint(b, c, os, requests)\n"
        ),
        "src/shop/b.py": "",
    }
    (file,) = organised(tmp_path, files, "src/shop/a.py").files
    assert file.new.startswith("import os\n\nimport requests\n\nfrom shop import b\n\nfrom . import b as c\n")


def test_a_module_that_is_not_saved_yet_belongs_to_the_project(tmp_path: Path) -> None:
    text = "import fresh\nimport requests\nprint(fresh, requests)\n"
    project = project_of(tmp_path, {"a.py": text}, {"fresh.py": ""})
    (file,) = organise(project, OrganiseImports("a.py")).files
    assert file.new.startswith("import requests\n\nimport fresh\n")


def test_the_project_s_own_way_of_writing_imports_is_kept(tmp_path: Path) -> None:
    settings = "[tool.ruff]\nline-length = 100\n[tool.ruff.lint.isort]\nforce-single-line = true\n"
    (tmp_path / "pyproject.toml").write_text(settings)
    (file,) = organised(tmp_path, {"a.py": "from re import sub, match\n\nprint(match, sub)\n"}).files
    assert file.new.startswith("from re import match\nfrom re import sub\n")


def test_other_settings_of_the_project_have_no_say(tmp_path: Path) -> None:
    settings = (
        '[tool.ruff]\nfix = false\n[tool.ruff.lint]\nselect = ["W"]\nignore = ["F401"]\n'
        "[tool.ruff.lint.isort]\nodd = 1\n"
    )
    (tmp_path / "pyproject.toml").write_text(settings)
    (file,) = organised(tmp_path, {"a.py": "import os\n\nx = 1\n"}).files
    assert file.new == "x = 1\n"


def test_line_endings_and_unsaved_text_are_kept(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"a.py": "x = 1\n"}, {"a.py": "import os\r\nimport json\r\n\r\nprint(json, os)\r\n"})
    (file,) = organise(project, OrganiseImports("a.py")).files
    assert file.new == "import json\r\nimport os\r\n\r\nprint(json, os)\r\n"


def test_future_imports_stay_first_and_type_checking_blocks_where_they_are(tmp_path: Path) -> None:
    text = (
        '"""Doc."""\nfrom __future__ import annotations\nimport json\nimport abc\n'
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from b import B\n\nx: B = json\n"
    )
    (file,) = organised(tmp_path, {"a.py": text, "b.py": "class B: ...\n"}).files
    assert file.new == (
        '"""Doc."""\nfrom __future__ import annotations\n\nimport json\nfrom typing import TYPE_CHECKING\n\n'
        "if TYPE_CHECKING:\n    from b import B\n\nx: B = json\n"
    )
