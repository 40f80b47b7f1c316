"""What is kept between two requests on the same project."""

from collections.abc import Callable
from typing import Generic, TypeVar

from bridge.harness.refactoring.project import Project

T = TypeVar("T")


class Kept(Generic[T]):
    """One value for the project that was asked about last: a worker has one, and nothing keeps an old one alive."""

    def __init__(self, make: Callable[[Project], T], fresh: Callable[[T], bool]) -> None:
        """`make` builds the value; one that is not `fresh` any more is built anew."""
        self._make = make
        self._fresh = fresh
        self._last: tuple[Project, T] | None = None

    def of(self, project: Project) -> T:
        """The project's value."""
        if self._last is None or self._last[0] is not project or not self._fresh(self._last[1]):
            self._last = (project, self._make(project))
        return self._last[1]
