"""Commands take exactly one argument, an object of their own shape."""

import pytest
from pydantic import ValidationError

from bridge.protocol.base import strict
from bridge.protocol.commands import BY_NAME, COMMANDS, Command, HunkCommand, parse_arguments
from bridge.protocol.errors import invalid_params
from bridge.protocol.export import examples


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_takes_its_one_argument(command: Command) -> None:
    raw = examples.COMMAND_ARGUMENTS[command.name]

    with strict():
        arguments = parse_arguments(command, [raw])

    assert isinstance(arguments, command.arguments)
    assert arguments.dump() == raw


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        [],
        [{"hunkId": "a"}, {"hunkId": "b"}],
        ["a"],
        [{"hunk_id": "a"}],
        [{"hunkId": 1}],
        [[{"hunkId": "a"}]],
        [None],
    ],
    ids=["none", "empty", "two", "a bare string", "another spelling", "a number", "nested", "null"],
)
def test_any_other_arguments_are_refused(arguments: list[object] | None) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_arguments(BY_NAME["harness.accept"], arguments)

    assert invalid_params(refused.value).code == -32602


def test_an_unknown_field_of_an_argument_is_ignored_in_use_and_an_error_when_strict() -> None:
    raw = [{"hunkId": "a", "invented": 1}]

    assert parse_arguments(BY_NAME["harness.accept"], raw) == HunkCommand(hunk_id="a")
    with strict(), pytest.raises(ValidationError, match="invented"):
        parse_arguments(BY_NAME["harness.accept"], raw)
