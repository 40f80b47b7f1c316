"""Which function answers a request: by what is asked, and by the language of the file it is asked about."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.values import PYTHON, SCRIPT, Answer, Ask, Extract, OrganiseImports, Refusal, path_of
from bridge.lazy import load

_BELOW = "bridge.harness.refactoring."

# Loaded when first asked for: a worker for Python never loads tree-sitter, and the other way round.
_TABLES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Python": {
        "find": ("python.find", "find"),
        "rename": ("python.rename", "rename"),
        "extract": ("python.extract", "extract"),
        "inline": ("python.inline", "inline"),
        "move": ("python.moving", "move"),
        "change_signature": ("python.signature", "change_signature"),
        "organise_imports": ("python.imports", "organise"),
    },
    "JavaScript and TypeScript": {
        "find": ("script.find", "find"),
        "rename": ("script.rename", "rename"),
        "organise_imports": ("script.imports", "organise"),
    },
}
_SUFFIXES: Mapping[str, tuple[str, ...]] = {"Python": PYTHON, "JavaScript and TypeScript": SCRIPT}
_WORDS = {
    "find": "find uses",
    "rename": "rename",
    "extract": "extract",
    "inline": "inline",
    "move": "move",
    "change_signature": "change a signature",
    "organise_imports": "organise imports",
}


def answer(project: Project, ask: Ask) -> Answer:
    """The answer to what is asked of a project that is up to date; Refusal where there is none."""
    path = path_of(ask)
    if not path:
        return _by_name(project, ask)
    if path not in project.files:
        raise Refusal(_not_there(project, path))
    return _ask_language(_language(path), project, ask)


def _ask_language(language: str, project: Project, ask: Ask) -> Answer:
    function = _TABLES[language].get(ask.action)
    if function is None:
        possible = ", ".join(_WORDS[action] for action in _TABLES[language])
        raise Refusal(f"In {language} it is not possible to {_WORDS[ask.action]}; possible are: {possible}.")
    module, name = function
    result: Answer = getattr(load(_BELOW + module), name)(project, ask)
    return result


def _by_name(project: Project, ask: Ask) -> Answer:
    """Python first; the other one where that does not have the name. Where none has it, Python says what is alike."""
    if isinstance(ask, Extract | OrganiseImports):
        raise Refusal("Say in which file: a path is needed.")
    if not project.script_files():
        return _ask_language("Python", project, ask)
    if not project.python_files():
        return _ask_language("JavaScript and TypeScript", project, ask)
    if not load(_BELOW + "python.reading.symbols").is_known(project, ask.symbol):
        try:
            return _ask_language("JavaScript and TypeScript", project, ask)
        except Refusal as refusal:
            if refusal.refused.candidates:
                raise
    return _ask_language("Python", project, ask)


def _language(path: str) -> str:
    for language, suffixes in _SUFFIXES.items():
        if path.endswith(suffixes):
            return language
    raise Refusal(f"{path} can't be refactored by rule: it is neither Python nor JavaScript or TypeScript.")


def _not_there(project: Project, path: str) -> str:
    name = PurePosixPath(path).name
    same = [known for known in project.files if PurePosixPath(known).name == name][:5]
    hint = f" Perhaps {' or '.join(same)}?" if same else ""
    if not path.endswith(PYTHON + SCRIPT):
        return f"{path} can't be refactored by rule: it is neither Python nor JavaScript or TypeScript."
    return f"There is no source file {path} that may be looked into.{hint}"
