"""A session's options to the wire and back."""

from bridge.harness.values.proposals import ReviewPolicy
from bridge.protocol import config as wire

REVIEW_POLICY = "review_policy"
POLICIES: dict[str, ReviewPolicy] = {"ask": "ask", "keep": "keep"}
"""What a person can choose, by its name on the wire; `allow` comes from rules alone."""

_ASK = wire.SessionConfigSelectOption(
    value="ask", name="Ask", description="You decide each change; what you accept is applied."
)
_KEEP = wire.SessionConfigSelectOption(
    value="keep", name="Keep", description="Changes are applied at once; you keep or undo each."
)


def config_options(policy: ReviewPolicy, *, keeps: bool) -> tuple[wire.SessionConfigOption, ...]:
    """All options of a session. `keeps`: the client can do the policy *keep*; what it can't do is not offered."""
    return (
        wire.SessionConfigOption(
            id=REVIEW_POLICY,
            name="Review",
            description="When a change that the agent proposes is applied.",
            current_value=policy,
            options=(_ASK, _KEEP) if keeps else (_ASK,),
        ),
    )
