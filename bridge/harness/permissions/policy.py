"""The policy: a pure function from what a call would touch, the rules and the mode, to a verdict with its reasons.

Order (systems, "Permissions"): a deny from any source is final; the built-in deny list cannot be overridden; plan mode
is read-only, whatever rules allow; protected paths ask in every mode; then the nearest source that has a rule decides,
ask before allow; then the mode decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.harness.permissions.commands import asked_by, denied_by, of_member
from bridge.harness.permissions.protected import fold, is_secret, odd, own, runs_code
from bridge.harness.permissions.rules import READS, matches
from bridge.harness.permissions.shell.values import Member, Reading, Touched
from bridge.harness.values.policy import Effect, Judged, Mode, Rule, RuleSource, Ruling, Subj, Why

SOURCES: tuple[RuleSource, ...] = ("session", "command_line", "user", "project")
"""From the nearest outward. `policy` rules are looked at before all of them."""

_DEVICES = Path("/dev")
_OF_READS = frozenset({"*", "read", "list", "read_file", "list_dir", "grep", "glob"})
_SEVERITY: dict[Effect, int] = {"allow": 0, "ask": 1, "deny": 2}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the policy decides by. `forbidden` are folders of the bridge's own state: final.

    `read` says what a command is, given its text; without it every command asks. `sandboxed`: commands run where they
    can write nothing. Only there is one allowed for being known to only read: what was overlooked does no harm.
    """

    root: Path
    mode: Mode = "default"
    rules: tuple[Rule, ...] = ()
    forbidden: tuple[Path, ...] = ()
    trusted: bool = False
    read: Callable[[str], Reading] | None = None
    sandboxed: bool = False


def decide(tool: str, subjects: Sequence[Subj], setting: Setting) -> Ruling:
    """The verdict on a prepared call: the worst of its subjects. A call that names no subject asks."""
    if not subjects:
        return Ruling("ask", Why("default", "it does not say what it touches"), ())
    judged = tuple(Judged(subject, *_judge(tool, subject, setting)) for subject in subjects)
    worst = max(judged, key=lambda one: _SEVERITY[one.effect])
    return Ruling(worst.effect, worst.why, judged)


def hides(subject: Subj, setting: Setting) -> bool:
    """Whether a search leaves this file out: reading it by name would be denied, or asked about for its own sake."""
    effect, why = _judge("read", subject, setting)
    return effect == "deny" or (effect == "ask" and why.source in ("builtin", "rule"))


def _judge(tool: str, subject: Subj, setting: Setting) -> tuple[Effect, Why]:
    if subject.kind == "execute" and subject.command and setting.read is not None:
        return _judge_command(tool, subject, setting.read(subject.command), setting)
    found = tuple(rule for rule in setting.rules if matches(rule, tool, subject, setting.root))
    for rule in found:
        if rule.effect == "deny":
            return "deny", Why("rule", str(rule))
    if (why := _forbidden(subject, setting.forbidden)) is not None:
        return "deny", why
    if setting.mode == "plan" and subject.kind not in READS:
        return "deny", Why("mode", "plan mode is read-only")
    if (why := _protected(subject)) is not None:
        return "ask", why
    for rule in found:
        if rule.source == "policy" and rule.effect == "ask":
            return "ask", Why("rule", str(rule))
    return _by_rules(found, setting) or _by_mode(subject, setting.mode)


def _judge_command(tool: str, subject: Subj, reading: Reading, setting: Setting) -> tuple[Effect, Why]:
    """The worst of its members. Rules may allow them one by one, where the text is nothing but them."""
    if rule := denied_by(setting.rules, tool, reading):
        return "deny", Why("rule", str(rule))
    if reading.effect == "deny":
        return "deny", Why("builtin", reading.why)
    if (why := _forbidden(subject, setting.forbidden)) is not None:
        return "deny", why
    if setting.mode == "plan":
        return "deny", Why("mode", "plan mode is read-only")
    if rule := asked_by(setting.rules, tool, reading):
        return "ask", Why("rule", str(rule))
    if not reading.whole:
        judged = [_by_mode_of_command(setting, "ask", reading.why)]
    else:
        judged = [_judge_member(tool, member, setting) for member in reading.members]
    return max(judged, key=lambda one: _SEVERITY[one[0]])


def _judge_member(tool: str, member: Member, setting: Setting) -> tuple[Effect, Why]:
    ruled = _by_rules(of_member(setting.rules, tool, member), setting)
    judged = ruled or _by_mode_of_command(setting, member.effect, member.why)
    read = [_judge_touched(one, setting) for one in member.touched]
    return max([judged, *read], key=lambda one: _SEVERITY[one[0]])


def _judge_touched(touched: Touched, setting: Setting) -> tuple[Effect, Why]:
    """What a command reads is judged as if a tool read it; what lies below too, as far as rules speak of paths."""
    tool = "read_file" if touched.kind == "read" else "list_dir"
    effect, why = _judge(tool, Subj(touched.kind, str(touched.path), str(touched.resolved), inside=True), setting)
    narrow = (rule for rule in setting.rules if rule.effect != "allow" and rule.pattern and rule.tool in _OF_READS)
    if effect == "allow" and touched.below and (rule := next(narrow, None)):
        return "ask", Why("rule", f"it may read what this rule speaks of: {rule}")
    return effect, why


def _by_mode_of_command(setting: Setting, effect: Effect, why: str) -> tuple[Effect, Why]:
    if setting.mode == "bypass":
        return "allow", Why("mode", "everything is allowed in bypass mode")
    if effect == "allow" and setting.sandboxed:
        return "allow", Why("default", "commands that only read inside the workspace are allowed")
    if effect == "allow":
        return "ask", Why("default", "commands ask: there is no sandbox for them")
    return "ask", Why("default", f"it is not known to only read: {why}")


def _forbidden(subject: Subj, folders: Sequence[Path]) -> Why | None:
    for path in (subject.value, subject.resolved):
        if any(_within(path, folder) for folder in folders):
            return Why("builtin", "the bridge's own state is not for tools")
        if subject.kind not in READS and (part := own(path)):
            return Why("builtin", f"{part} holds the bridge's own settings, which no tool may write")
        if _within(path, _DEVICES):
            return Why("builtin", f"{path} is a device, not a file")
    return None


def _within(path: str, folder: Path) -> bool:
    """By folded names, so that another spelling of the folder is not another folder."""
    names = [fold(part) for part in folder.parts]
    return [fold(part) for part in Path(path).parts[: len(names)]] == names


def _protected(subject: Subj) -> Why | None:
    for path in (subject.value, subject.resolved):
        if subject.kind in READS and (part := is_secret(path)):
            return Why("builtin", f"{part} holds credentials")
        if subject.kind not in READS and (part := runs_code(path) or is_secret(path)):
            return Why("builtin", f"{part} is protected: it is run or trusted by other programs")
        if subject.kind not in READS and (part := odd(path)):
            return Why("builtin", f"the name {part!a} holds characters that can't be seen for what they are")
    return None


def _by_rules(found: Sequence[Rule], setting: Setting) -> tuple[Effect, Why] | None:
    if asked := next((rule for rule in found if rule.source == "project" and rule.effect == "ask"), None):
        return "ask", Why("rule", str(asked))
    for source in SOURCES:
        effects = [rule for rule in found if rule.source == source]
        if source == "project" and not setting.trusted:
            effects = [rule for rule in effects if rule.effect != "allow"]
        for effect in ("ask", "allow"):
            if rule := next((rule for rule in effects if rule.effect == effect), None):
                return rule.effect, Why("rule", str(rule))
    return None


def _by_mode(subject: Subj, mode: Mode) -> tuple[Effect, Why]:
    if subject.kind in READS and subject.inside:
        return "allow", Why("default", "reads inside the workspace are allowed")
    match mode:
        case "bypass":
            return "allow", Why("mode", "everything is allowed in bypass mode")
        case "accept_edits" if subject.inside and subject.kind in ("edit", "create"):
            return "allow", Why("mode", "edits inside the workspace are allowed in accept_edits mode")
        case _ if subject.kind == "execute":
            return "ask", Why("default", "commands always ask")
        case _:
            where = "" if subject.inside else " outside the workspace"
            return "ask", Why("default", f"to {subject.kind}{where} asks")
