"""What the offline engine understands: one table, from which it reads requests and from which its help is written.

A request is read only if every word of it has its place in one of these patterns; see reading.py for what goes around
them (politeness, several requests at once) and parts.py for the parts in angle brackets.
"""

from bridge.harness.models.offline.edit_forms import NAMING
from bridge.harness.models.offline.forms import Form
from bridge.harness.models.offline.other_forms import OTHERS
from bridge.harness.models.offline.parameter_forms import PARAMETERS
from bridge.harness.models.offline.parts import PARTS

FORMS: tuple[Form, ...] = (*NAMING, *PARAMETERS, *OTHERS)
"""Every kind of request, in the order in which people meet them."""

_MORE: dict[str, str] = {
    "owner_name": "[<det>] {name} 's name|its name {pronoun=it}",
    "inlining": "<place_all>|<in_file>|[and] (remove|delete|drop) (it|its definition|the definition|the variable|"
    "the function|the original) [afterwards]"
    "|into (its|all|the|all its) (callers|uses|usages|caller|call sites)|where it is used|wherever "
    "it is used|away|at every call|at all call sites|completely",
    "wanted": "i want|i need|we want|we need|i'd like|i would like|i'd prefer|i'd rather have|i would rather have|"
    "i want to have|i'd like to have|i would like to have",
    "another_parameter": "(a|an) (new|additional|extra|further) <parameter_like> (<saying> {p:newplain}|{p:given})"
    "|another <parameter_like> (<saying> {p:newplain}|{p:given})",
    "to_file": "[a|the] [new] [<module_word>] <named> {to:path} [<module_word>]"
    "|[a|the] [new] <module_word> <named> {to:name}|[a|the] [new] {to:name} <module_word>",
    "expression": "(this|that|the|the selected|the highlighted) (expression|value)",
    "moving": (
        "<update_all>|and (update|fix|adjust) (the|all|all the|its) [import] (imports|importers|"
        "statements|imports everywhere)|and everything that uses it"
    ),
    "new_parameter_word": "[a|an|the] [new|additional|extra|another] <parameter_word>",
    "the_parameters": "[the|all|its] [<parameters_word>] (of|in|for) <subject>|<subject> 's <parameters_word>|[the] "
    "<subject> <parameters_word>"
    "|the <parameters_word> {pronoun=this}",
    "function_parameters": "<subject> 's <parameters_word>|[the|all] <parameters_word> (of|in|for) <subject>",
    "the_two_parameters": "[the|its|both] [two] <parameters_word> (of|in|for) <subject> {order=swap}",
    "det_parameter": "<the_parameter>",
    "sure_parameter": (
        "[<det>] [unused|obsolete|extra|redundant] <parameter_word> <named> {p:plain}|[<det>] [unused|"
        "obsolete|extra|redundant] {p:plain} <parameter_word>"
    ),
    "from_function": "(of|in|from|for|on|to) (<subject>|<function_parameters>)|here {pronoun=this}",
    "flag": "[a|an] [new] [optional {optional=yes}] {p:newplain} (flag|option|switch)"
    "|[a|an] [new] [optional {optional=yes}] (flag|option|switch) <saying> {p:newplain}",
    "owned_parameter": (
        "[<det>] [<function_word>|<method_word>] {name} 's ([<parameter_word>] {p:plain}|{p:plain} "
        "<parameter_word>) [<place>]|<parameter_word> {p:plain} <holder_function>"
    ),
    "holder_function": "(of|in|from|on) <subject>",
    "order_place": "(before|in front of|ahead of) [the] [<parameter_word>] {anchor:plain} {order=before}"
    "|(after|behind) [the] [<parameter_word>] {anchor:plain} {order=after}"
    "|[to|at|as|in] [the] (first|front|beginning|start|first position|first place|first parameter|"
    "first argument|first one) {order=first}"
    "|[to|at|as|in] [the] (last|end|last position|last place|last parameter|last argument|last one) {order=last}",
    "order_rest": "{p:plain} <order_place>|{p:plain} and {anchor:plain} {order=swap}",
    "uses_word": (
        "occurrence|usages|usage|uses|use|references|refs|reference|callers|caller|calls|call sites|callsites|"
        "occurrences|places that use|importers|imports"
    ),
    "folder_scope": "[the] [folder|directory|package] {path:folder} [folder|directory|package]",
    "all_scope": (
        "([in] (all|every|each|all of) [the|my|our] (files|modules|file|module|python files)|the [whole|entire] "
        "(project|workspace|code base|codebase|repo|repository)|everywhere|across the [whole|entire] "
        "(project|workspace|codebase|repo)|all over the place) {path=*}"
    ),
}
"""Parts of one kind of request."""

ALL_PARTS: dict[str, str] = {**PARTS, **_MORE}
"""All parts by name."""
