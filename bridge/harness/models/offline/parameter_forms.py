"""Requests about a function's parameters. The language of patterns is in patterns.py, the parts in parts.py."""

from bridge.harness.models.offline.forms import Form

PARAMETERS: tuple[Form, ...] = (
    Form(
        "add_parameter",
        "Add a parameter",
        (
            "A new parameter of a function or method. Callers go on as they are if it has a default; "
            "otherwise say what they pass."
        ),
        (
            (
                "(add|introduce|append|insert) <new_parameter> (<setting>)* (to|for|on|in|into) <subject> "
                "(<setting>|<set_optional>)*"
            ),
            "(add|introduce|append|insert) <new_parameter> (<setting>)* {pronoun=this}",
            "<subject> needs <another_parameter> (<setting>|<set_optional>)*",
            "(give|let|make|have) <subject> [have|take|accept|get] <new_parameter> (<setting>|<set_optional>)*",
            (
                "<subject> (should|must|needs to|has to|ought to|to) (take|accept|have|get|receive) <new_parameter> "
                "(<setting>|<set_optional>)*"
            ),
            "(add|append|insert) <new_parameter> (<setting>)* {pronoun=this} (here)",
            "extend <subject> (with|by) <new_parameter> (<setting>|<set_optional>)*",
            "add {p:newplain} (<setting>)* as <new_parameter_word> (to|of|for) <subject> (<setting>|<set_optional>)*",
            "add {p:newplain} (<setting>)* to <the_parameters> (<setting>|<set_optional>)*",
        ),
        (
            ("add a parameter tax with default 0 to total", "add parameter `tax = 0` to `total`"),
            (
                "add parameter `tax: float = 0.2` to Basket.total after items",
                "add parameter `tax: float = 0.2` to `Basket.total` after `items`",
            ),
            ("add a parameter tax to total, passing 0.2 in all calls", "add parameter `tax` to `total` passing `0.2`"),
        ),
        (
            (
                "<subject> needs (a|an) (<parameter_word> <saying> {p:newplain}|{p:newplain} <parameter_word>) "
                "(<setting>)*"
            ),
            "(add|introduce) <flag> (<setting>)* (to|for|on|in) <subject> (<setting>|<set_optional>)*",
            "give <subject> <flag> (<setting>|<set_optional>)*",
        ),
    ),
    Form(
        "remove_parameter",
        "Remove a parameter",
        "A parameter goes, and with it what callers pass for it.",
        (
            "(remove|drop|delete|get rid of|take away|eliminate|cut) <sure_parameter> <from_function>",
            "strip <sure_parameter> from (<subject>|<function_parameters>)",
            "<sure_parameter> <from_function> (should|must|has to|needs to) (be removed|be dropped|be deleted)",
            "(remove|drop|delete|cut) [the] {p:plain} from <function_parameters>",
            "take <sure_parameter> out of <subject>",
            (
                "<subject> (does not need|doesn't need|no longer needs) (<sure_parameter> [any more|anymore|any "
                "longer] [so] (remove|drop|delete) it|[the] {p:plain} [any more|anymore|any longer] [so] "
                "(remove|drop|delete) (the|that) <parameter_word>)"
            ),
            "(remove|drop|delete|get rid of|take away|eliminate|cut) <owned_parameter>",
        ),
        (
            ("remove the parameter tax from total", "remove parameter `tax` from `total`"),
            ("drop total's tax parameter", "remove parameter `tax` from `total`"),
        ),
        (
            "(remove|drop|delete) [the] {p:plain} (from|of) <subject>",
            (
                "<subject> (should not|shouldn't|must not|mustn't) (take|have|need|accept) <sure_parameter> "
                "[any more|anymore|any longer]"
            ),
            "(<sure_parameter> <from_function>|<owned_parameter>) can (go|be removed|be dropped|be deleted)",
        ),
    ),
    Form(
        "reorder_parameters",
        "Reorder parameters",
        "The parameters in another order; calls are changed with them.",
        (
            (
                "(reorder|re-order|rearrange|sort|order|arrange|change [the] order of) "
                "<the_parameters> (to|as|into|so that they are|so they are|to be|in the order|like this|:|by|->) "
                "{names}"
            ),
            "swap <the_two_parameters>",
            (
                "(swap|switch|exchange|flip) [the] [<parameters_word>] {p:plain} and {anchor:plain} {order=swap} "
                "<from_function>"
            ),
            (
                "(swap|switch|exchange|flip) [the] [<parameters_word>] {p:plain} (with|and|for) {anchor:plain} "
                "{order=swap} <from_function>"
            ),
            "(move|put) <det_parameter> <from_function> <order_place>",
            "(move|put|make) <det_parameter> <order_place> <from_function>",
            "reorder <the_parameters> : (put|swap) <order_rest>",
        ),
        (
            ("reorder the parameters of total to tax, items", "reorder the parameters of `total` to `tax`, `items`"),
            (
                "swap the parameters items and tax of total",
                "reorder the parameters of `total` : swap `items` and `tax`",
            ),
            ("put parameter tax before items in total", "reorder the parameters of `total` : put `tax` before `items`"),
        ),
        (
            "(in|inside|within) <subject> (move|put|make) <det_parameter> <order_place>",
            "(in|inside|within) <subject> (swap|switch|exchange|flip) {p:plain} (and|with) {anchor:plain} {order=swap}",
        ),
    ),
    Form(
        "change_default",
        "Change a parameter's default",
        "Another default value; calls stay as they are.",
        (
            (
                "(change|set|make|update|alter|switch) [the] default [value] (of|for) <det_parameter> "
                "<from_function> [from {was:code}] [to|=|be|as|->] {default:code}"
            ),
            (
                "(change|set|make|update) <subject> 's default [value] (of|for) [the] {p:plain} (to|=|be|->) "
                "{default:code}"
            ),
            "(change|set|make|update) {p:plain} 's default [value] in <subject> (to|=|be|->) {default:code}",
            (
                "(change|set|make|update|alter|switch) [the] default [value] (of|for) <owned_parameter> (to|=|be|"
                "as|->) {default:code}"
            ),
            "(give|let) <det_parameter> <from_function> [have] (a|the) default [value] [of|=] {default:code}",
            "(make|let|have) <det_parameter> <from_function> default to {default:code}",
            "default <det_parameter> (to|=) {default:code} <from_function>",
            (
                "(<det_parameter> <from_function>|<owned_parameter>) (should|must) (default to|have the default "
                "[value]) {default:code}"
            ),
            "the default [value] (of|for) <det_parameter> <from_function> (should|must) be {default:code}",
            "(set|change) <det_parameter> <from_function> to default to {default:code}",
            "make <det_parameter> <from_function> optional (with|and) [a] default [value] [of|to] {default:code}",
        ),
        (
            ("change the default of tax in total to 0.2", "change the default of `tax` in `total` to `0.2`"),
            ("make tax in total default to None", "change the default of `tax` in `total` to `None`"),
        ),
    ),
    Form(
        "change_annotation",
        "Change a parameter's type",
        "Another annotation of a parameter; calls stay as they are.",
        (
            (
                "(change|set|make|update) [the] (type|annotation|type annotation|type hint) (of|for) "
                "<det_parameter> <from_function> (to|as|be|->) {annotation}"
            ),
            "(annotate|type) <det_parameter> <from_function> (as|with|to be) {annotation}",
            (
                "give <det_parameter> <from_function> (the|a) (type|annotation|type annotation|type hint) [of] "
                "{annotation}"
            ),
            (
                "(<det_parameter> <from_function>|<owned_parameter>) (should|must) (be of type|have the type|"
                "be typed as|be annotated as|have type) {annotation}"
            ),
            (
                "add [a|the] (type|annotation|type annotation|type hint) {annotation} (to|for) <det_parameter> "
                "<from_function>"
            ),
        ),
        (("annotate the parameter tax of total as float", "change the type of `tax` in `total` to `float`"),),
    ),
)
"""Those that change how a function is called."""
