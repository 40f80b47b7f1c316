"""The one lazy seam: how light code reaches a heavy module.

An import inside a function hides a cost and a dependency. What must not be paid for at start (pygls, pydantic, an
SDK) is imported at module level in its own package, and that package is reached only from here.
"""

from importlib import import_module  # noqa: TID251 - this is the seam that the ban points to
from types import ModuleType


def load(name: str) -> ModuleType:
    """Import the module of this absolute name, or return it when it is loaded already.

    Raises ModuleNotFoundError where there is none; what the module itself raises passes through.
    """
    return import_module(name)
