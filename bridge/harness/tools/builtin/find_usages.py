"""find_usages: where a name is defined and used, by the rules of the language."""

from pydantic import Field

from bridge.harness.errors import ToolInputError
from bridge.harness.refactoring.values import FindSymbol, Usages
from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.tools.found import doing, usages_text
from bridge.harness.tools.refactorer import Refactorer
from bridge.harness.tools.symbol import symbol_of
from bridge.harness.values.tools import Flags, Outcome, Prepared, ToolSpec


class FindUsagesInput(ToolInput):
    """Which name: by itself, or by a place of it."""

    symbol: str | None = Field(default=None, description="The name; dotted where needed: Basket.total, shop.a.total.")
    path: str | None = Field(default=None, description="The file that the name, or line and column, are in.")
    line: int | None = Field(default=None, ge=1, description="A line with the name, counted from 1; needs path.")
    column: int | None = Field(default=None, ge=1, description="A column of the name, in characters, from 1.")
    usages: bool = Field(default=False, description="Whether uses are listed too, or definitions only.")


class FindUsages(Tool[FindUsagesInput]):
    """Looks into unsaved buffers as they stand, with the session's own pending work."""

    spec = ToolSpec(
        name="find_usages",
        description="Find where a function, class, method, variable or module is defined, and with usages where it is "
        "used, in Python, JavaScript and TypeScript. More exact than grep: it knows scopes and imports, and tells what "
        "is not certain.",
        kind="search",
        inputs=FindUsagesInput,
    )

    def __init__(self, refactorer: Refactorer) -> None:
        """The worker does the searching."""
        self._refactorer = refactorer

    def flags(self, given: FindUsagesInput) -> Flags:
        """Looking changes nothing."""
        return Flags(read_only=True, concurrency_safe=True, destructive=False)

    def title(self, given: FindUsagesInput) -> str:
        """See the contract."""
        return f"Find {given.symbol or 'a name'}"

    async def prepare(self, given: FindUsagesInput, context: Context) -> Prepared:
        """Nothing is read before it is allowed."""
        ask = FindSymbol(symbol_of(given, context), given.usages)
        if ask.symbol.at is None and not ask.symbol.name:
            raise ToolInputError("give symbol, or path and line", hint="")
        return Prepared(doing(ask), touched("read", [context.workspace.locate(".")]), state=ask)

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        """Ask the worker."""
        found = await self._refactorer.ask(context, prepared.state)
        if not isinstance(found, Usages):
            raise TypeError(f"an answer {type(found).__name__} to a search")
        shown = _counted(len(found.definitions), "definition")
        uses = f", {_counted(len(found.uses), 'use')}" if prepared.state.usages else ""
        return Outcome(usages_text(found), shown + uses)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
