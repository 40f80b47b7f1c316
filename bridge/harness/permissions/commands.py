"""Rules that name commands: `shell(git diff *)`, `shell(npm test)`. Words are compared, as they were parsed.

A `*` at the end means any words or none; other words stand for themselves. No pattern means every command.
"""

from collections.abc import Sequence

from bridge.harness.permissions.shell.values import Member, Reading
from bridge.harness.values.policy import Rule


def denied_by(rules: Sequence[Rule], tool: str, reading: Reading) -> Rule | None:
    """A deny that speaks of anything the text would run, also within other commands."""
    return next((rule for rule in rules if rule.effect == "deny" and _reaches(rule, tool, reading)), None)


def asked_by(rules: Sequence[Rule], tool: str, reading: Reading) -> Rule | None:
    """An ask of the organisation, or one that speaks of a command that only other commands run."""
    named = {member.words for member in reading.members} if reading.whole else set()
    for rule in rules:
        if rule.effect == "ask" and _reaches(rule, tool, reading):
            hidden = any(_speaks(rule, tool, one.words) for one in reading.found if one.words not in named)
            if rule.source == "policy" or hidden:
                return rule
    return None


def of_member(rules: Sequence[Rule], tool: str, member: Member) -> tuple[Rule, ...]:
    """The rules that speak of one command. No allow with a `*` covers what the reader refuses of a program it knows."""
    return tuple(rule for rule in rules if _speaks(rule, tool, member.words) and _covers(rule, member))


def _covers(rule: Rule, member: Member) -> bool:
    wide = not rule.pattern or rule.pattern.endswith("*")
    return not (rule.effect == "allow" and wide and member.known and member.effect != "allow")


def _reaches(rule: Rule, tool: str, reading: Reading) -> bool:
    """Read widely: what can't be known may be what the rule speaks of."""
    if rule.tool == "*" and rule.pattern:  # it speaks of paths
        return False
    if not rule.pattern:
        return rule.tool in ("*", tool, "execute")
    return any(_speaks(rule, tool, one.words) or _hides(rule, tool, one.words) for one in reading.found)


def _hides(rule: Rule, tool: str, words: Sequence[str]) -> bool:
    """A command whose program is only known when it runs."""
    return rule.tool in (tool, "execute") and bool(words) and "$" in words[0]


def _speaks(rule: Rule, tool: str, words: Sequence[str]) -> bool:
    """`*` as a tool's name allows no command: it says nothing of them."""
    if rule.tool not in (tool, "execute") or not words:
        return False
    if not rule.pattern:
        return True
    wanted, given = rule.pattern.split(), list(words)
    if rule.effect != "allow":  # a program is itself, from wherever it is run
        given[0] = given[0].rpartition("/")[2]
    if wanted[-1] == "*":
        return given[: len(wanted) - 1] == wanted[:-1]
    return given == wanted
