"""What can't be done by rule for a language, in words that say what can."""

from pathlib import PurePosixPath

from bridge.harness.refactoring.script.syntax import speaks
from bridge.harness.refactoring.values import Refusal

_WORDS = {
    "find": "Finding names",
    "rename": "Renaming",
    "extract": "Extracting",
    "inline": "Inlining",
    "move": "Moving code",
    "change_signature": "Changing a signature",
    "organise_imports": "Organising imports",
}
_HERE = (
    "In JavaScript and TypeScript it can find names, rename what is local to one file, and organise imports. "
    "A language model can do the rest."
)
_ELSEWHERE = (
    "Python can be refactored by rule; JavaScript and TypeScript inside one file. "
    "A language model can work on any text."
)


def not_possible(action: str, path: str) -> Refusal:
    """For the worker: `action` of an ask that no rule does for this file."""
    word = _WORDS[action]
    if speaks(path):
        return Refusal(f"{word} is not done by rule in {path}. {_HERE}")
    ending = PurePosixPath(path).suffix
    kind = f"{ending} files" if ending else "files without an ending"
    return Refusal(f"{word} is not done by rule for {kind} ({path}). {_ELSEWHERE}")
