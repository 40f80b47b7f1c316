"""What an endpoint has been found to lack, and the keys of a request that follow from that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge.harness.models.catalogue import effort_word, known
from bridge.harness.models.responses.lowering import Feature, lacking, weaker_effort
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.models.service.faults import Refused
from bridge.harness.values.model import Continuation, Item, Lowered, ModelRequest

COOLING_SECONDS = 300.0
"""How long the priority tier is not asked for after it has answered 429."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one call is made: the keys of its request but instructions, tools and input; the tools, `own` of them ours.

    `continues` is the stored response that it builds on; `carried`: reasoning goes back; `notes` are what has been
    lowered without asking the service.
    """

    session: str
    options: dict[str, Any]
    tools: tuple[Item, ...]
    own: int
    continues: Continuation | None
    carried: bool
    strict: bool
    background: bool
    stored: bool
    notes: tuple[Lowered, ...]


class Abilities:
    """Owns what is known of one endpoint; learns from refusals, forgets with the process."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float]) -> None:
        """`clock` counts seconds, from anywhere."""
        self._endpoint = endpoint
        self._clock = clock
        self._without: set[Feature] = set()
        self._bare: set[str] = set()  # sessions whose reasoning the service can't read: it is another's
        self._efforts: dict[str, str] = {}  # what a word has been lowered to
        self._said: set[Lowered] = set()
        self._cool_until = float("-inf")

    def plan(self, request: ModelRequest) -> Plan:
        """How to make this call, as far as is known."""
        endpoint, without = self._endpoint, self._without
        background = endpoint.background and not without & {"background mode", "stored responses"}
        stored = (endpoint.store or background) and "stored responses" not in without
        continues = request.continues if stored else None
        hosted = () if "built-in tools" in without else endpoint.hosted_tools
        tools = (*request.tools, *hosted)
        options: dict[str, Any] = {}
        if tools and "parallel calls" not in without:
            options["parallel_tool_calls"] = True
        effort, notes = self._effort(request)
        options |= self._reasoning(effort)
        if request.schema is not None and "structured output" not in without:
            form = {"type": "json_schema", "name": request.schema.name, "schema": request.schema.schema}
            options["text"] = {"format": form | ({} if "strict schemas" in without else {"strict": True})}
        if "stored responses" not in without:
            options["store"] = stored
        if background:
            options["background"] = True
        if request.fast and "fast tier" not in without and self._clock() >= self._cool_until:
            options["service_tier"] = "priority"
        if request.session and "prompt cache key" not in without:
            options["prompt_cache_key"] = request.session
        if continues is not None:
            options["previous_response_id"] = continues.id
        options["stream"] = True
        return Plan(
            session=request.session,
            options=options,
            tools=tools,
            own=len(request.tools),
            continues=continues,
            carried=request.session not in self._bare,
            strict="strict schemas" not in without,
            background=background,
            stored=stored,
            notes=notes,
        )

    def lower(self, refused: Refused, plan: Plan) -> Lowered | None:
        """Learn from a refusal; what the same call is made without now. None: it can't be helped."""
        refusal = refused.refusal
        if refused.fault == "rate_limited" and "service_tier" in plan.options:
            self._cool_until = self._clock() + COOLING_SECONDS
            return Lowered("fast tier", f"it is busy; the usual tier is used for {COOLING_SECONDS / 60:g} minutes")
        feature = lacking(refusal, plan.options, plan.tools, plan.own)
        if feature is None or feature in self._without:
            return None
        if feature == "effort":
            return self._lower_effort(refused, plan)
        if feature == "carried reasoning":
            if not plan.carried:
                return None
            self._bare.add(plan.session)
        else:
            self._without.add(feature)
        return Lowered(feature, refused.message)

    def _lower_effort(self, refused: Refused, plan: Plan) -> Lowered:
        word: str = plan.options["reasoning"]["effort"]
        weaker = weaker_effort(word, refused.refusal)
        self._efforts[word] = weaker
        return Lowered(
            "effort", f"the service does not take {word}; " + (f"{weaker} is used" if weaker else "none is sent")
        )

    def _effort(self, request: ModelRequest) -> tuple[str, tuple[Lowered, ...]]:
        if request.effort is None or "reasoning" in self._without:
            return "", ()
        chosen = effort_word(self._endpoint.info, request.effort)
        word, why = chosen.word, chosen.why
        while word in self._efforts:
            word = self._efforts[word]
        note = Lowered("effort", why)
        if not why or note in self._said:
            return word, ()
        self._said.add(note)
        return word, (note,)

    def _reasoning(self, effort: str) -> dict[str, Any]:
        """The keys for reasoning: a summary is asked for, and what carries it forward, where the model may reason.

        Of a model that is known to have no efforts neither is asked for, of an unknown one not the summary.
        """
        info, without = self._endpoint.info, self._without
        reasoning: dict[str, Any] = {}
        if effort:
            reasoning["effort"] = effort
        if (info.efforts or effort) and not without & {"reasoning summaries", "reasoning"}:
            reasoning["summary"] = "auto"
        found: dict[str, Any] = {"reasoning": reasoning} if reasoning else {}
        may_reason = bool(info.efforts) or not known(info.id)
        if may_reason and not without & {"encrypted reasoning", "reasoning"}:
            found["include"] = ["reasoning.encrypted_content"]
        return found
