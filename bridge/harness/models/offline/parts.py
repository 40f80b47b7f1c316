"""The grammar's parts, which several kinds of requests share. The language is described in patterns.py."""

PARTS: dict[str, str] = {
    # Words around a request.
    "polite": "please|please to|pls|plz|kindly|um|uh|er|erm|hm|hmm|oh|ah|actually|refactor|refactoring|hi|hello|"
    "hey|hey there|hi there|dear agent|agent|assistant|ok|okay|"
    "alright|right|so|well"
    "|now|next|then|and|also|and then|after that|afterwards|finally|lastly|first|secondly|thirdly|"
    "great|good|thanks|perfect"
    "|quick one|quickly|just|simply|go ahead and|go on and|go and|try to|your task is to|your task|task|todo|fixme"
    "|i want to|i want you to|i need you to|i need to|i would like to|i would like you to|i'd like to|i'd like you to"
    "|i'd love you to|i wish to|i want|(it would|it'd) be (great|nice|good) if you could"
    "|could you|can you|can u|could u|would you|will you|can we|could we|yo|you "
    "should|you can|i'd like|i would like|i'd prefer|i would prefer|hope you're well|hope you are well|i hope "
    "you're well|hope all is well"
    "|i hope this finds you well|how are you|how are you doing|do the needful and"
    "|would you mind|do you mind|would it be possible to|would you be so kind as "
    "to|would you be able to|be so kind as to|be so kind and|help me to|help me|let's|let us|lets|time to|"
    "it is time to|it's time to"
    "|we need to|we want to|we have to|you need to|you have to|you must|feel free to|i'm going to "
    "need you to|make sure to",
    "asking": "(could you|can you|would you|will you|can we|could we|would you mind|do you mind|would it be "
    "possible to"
    "|would you be so kind as to|would you be able to) [please|kindly] [just]",
    "hedge": "maybe|perhaps|possibly|we should|we should probably|probably|you might|you may|you may want to|we could"
    "|i think we should|i think you should|i think|i guess|how about|what about|should we|should i|shall we|can i"
    "|is it possible to|are you able to|you could|it would be nice to|it'd be nice to|it would be good to|it "
    "might be good to|it may be better "
    "to|ideally|consider|why don't we|why not|i suggest|"
    "i'm thinking of|i was thinking of|suggest|what if we",
    "tail": "please|pls|plz|thanks|thank you|thx|ty|cheers|many thanks|thanks a lot|thanks a bunch|thanks a "
    "million|thank you very much|"
    "thank you so much"
    "|thanks in advance|thank you in advance|for me|for us|now|right now|ok|okay|if you can|if you could|if possible"
    "|if you don't mind|if you please|would you|would ya|will you|could you|can you|asap|as soon as possible|"
    "right away|immediately"
    "|at once|quickly|first|today|when you can|when you have time|when you have a moment|when you "
    "get a chance|in one go"
    "|instead|as well|too|afterwards|next|then|that would be great|that'd be great|i'd appreciate it|"
    "much appreciated|kthx|buddy|mate",
    # What is meant.
    "det": ("the|teh|my|our|its|your|a|an|existing|current|old|the old|the existing|the current|the whole|my own"),
    "function_word": (
        "function|func|fn|def|procedure|routine|helper|helper function|callable|coroutine|top-level "
        "function|public function|private function"
    ),
    "method_word": (
        "method|member function|instance method|class method|static method|classmethod|staticmethod|member"
    ),
    "variable_word": (
        "variable|var|local variable|local var|local|global|global variable|temp var|temp|temporary|temp variable|"
        "temporary "
        "variable|loop variable"
    ),
    "attribute_word": "attribute|field|property|attr|instance variable|data member",
    "parameter_word": (
        "parameter|argument|param|arg|keyword argument|keyword parameter|kwarg|positional argument|"
        "function argument|function parameter"
    ),
    "parameters_word": (
        "parameters|arguments|params|args|parameter list|argument list|signature|parameter order|argument order"
    ),
    "class_word": "class|type|dataclass|enum|exception|exception class|base class|subclass",
    "constant_word": "constant|const|module constant",
    "module_word": "module|package|file|source file|python file|script|python module",
    "kind": "(<function_word>|test|test function|test case) {kind=function}|<method_word> {kind=method}"
    "|<variable_word> {kind=variable}"
    "|<attribute_word> {kind=attribute}|<class_word> {kind=class}|<constant_word> {kind=constant}"
    "|<parameter_word> {kind=parameter}",
    "pointed": "<kind>|thing|one|name|identifier|symbol|function or method|definition",
    "in_file": "(in|from|of|inside|within|at|out of) [the|this|my] [<module_word>] {path} [<module_word>]",
    "in_module": "(in|from|of|inside|within) [the] (module {path:name}|{path:name} module)",
    "at_line": "(at|on|in|from) line {line:number}",
    "place": "<in_file>|<in_module>|<at_line>|<at_line> <in_file>|<in_file> <at_line>",
    "holder": (
        "(of|in|on|from|inside|within) [<det>] ({holder}|(<function_word>|<method_word>|<class_word>) {holder:owner}"
        "|{holder:owner} (<function_word>|<method_word>|<class_word>))"
    ),
    "saying": "called|named|which is called|that is called|with the name|with name",
    "named": "[<saying>]",
    "symbol": "[<det>] (<kind>|symbol|identifier|object) <named> {name}|[<det>] <saying> {name}|{name}"
    "|<det> {name:particular}|[<det>] {name} <kind>",
    "owned": "[<det>] [<kind>] {holder} 's [<kind>] {name}|[<det>] {holder} 's {name} <kind>",
    "cursor": "(under|at|on|below|beneath|by) [the|my] (cursor|caret|point|insertion point)",
    "here": "here|right here|<cursor>|where i am|where my cursor is|where the cursor is",
    "near": "{pronoun=this} (this|that|this one|(this|that) <pointed> [<here>])",
    "this": "<near>|{pronoun=this} (the <pointed> [<here>]|(the|this|that) <pointed> "
    "[i'm on|i am on|i'm in|i am in]"
    "|the selected <pointed>|what is <cursor>|what's <cursor>|whatever is <cursor>|the (word|thing|"
    "identifier|symbol|name) <cursor>)",
    "nth_one": (
        "[the] {nth} [one|of them|definition|result|match|hit|place]|number {nth:number}|no {nth:number}|"
        "option {nth:number}|# {nth:number}"
    ),
    "subject": (
        "<symbol> [<holder>] [<place>]|<owned> [<place>]|<symbol> <place> <holder>|{pronoun=it} it|<this>|<nth_one>"
    ),
    # Where a change goes: everywhere, always. Said or not said, it is the same.
    "place_all": "(in|across|throughout|over|through) [all] [of] [the|my|this|our] [whole|entire|complete|full]"
    " (project|codebase|code base|code|workspace|repo|repository|source tree)"
    "|(in|across|throughout|over|through) (all|(the|my|this|our) (whole|entire|complete|full)) [of] [the|my|this|our]"
    " (application|app|package|files|modules|source|sources|program)"
    "|everywhere|throughout|across the board|globally|project-wide|projectwide|workspace-wide|in every file|in each "
    "file|in all files|in all of the files|all over|all over the place|across files|across all files|across "
    "modules"
    "|in the whole thing|wherever it is used|wherever it's used|everywhere it is used|everywhere "
    "it's used|where it is used|in all places|in all modules|in every module",
    "update_all": "[and] [also] [make sure to] (update|fix|adjust|change|correct|rename|including|include|with|as "
    "well as|along with|incl) [all] [of] [the|its|their|my|any]"
    " (usages|uses|usage|references|refs|callers|calls|call sites|callsites|imports|occurrences|"
    "importers|places where it is used|places it is used|code that uses it)"
    " [(of|to) it] [accordingly|too|as well|everywhere|to match|in the project|in all files]"
    "|including [the|all] tests [too|as well]|"
    "in [the|all] tests (too|as well)|including the imports|and all [its] (usages|uses|"
    "references|callers|imports|occurrences)|and everything that uses it|and everywhere it is used",
    "texts": (
        "(comment|comments|docstring|docstrings|doc|docs|doc strings|documentation|string|strings|texts|"
        "text|prose|doc comments) ((and|or|nor) [the|any|in] (comments|docstrings|doc strings|docs|"
        "strings|documentation))*"
    ),
    "with_texts": (
        "{docs=yes} (and|also|and also|including|even|and even) [(in|inside|within|update)] [the|all|its|any] <texts> "
        "[too|as well|also]|{docs=yes} (in|inside|within) [the|all|its|any] <texts> (too|as well|also)"
        "|{docs=yes} <texts> (too|as well|also)|{docs=yes} including in [the] <texts>"
    ),
    "without_texts": "{docs=no} [but|and] ([do] not|don't|without|leave|leaving|skip|skipping|ignore|ignoring|"
    "excluding|except|not|never|except for|except in|outside of|outside|do not|keep|no)"
    " [touch|touching|change|changing|rename|renaming|update|updating|in|inside] [it|them] [in|"
    "inside] [the|any|my] <texts> [alone|as they are|as is|untouched|unchanged|out|be]"
    "|{docs=no} (only in [the] code|in code only|code only|in the code only|only in code)",
    # Pieces of Python.
    "code_word": (
        "code|selection|block|lines|line|expression|statement|statements|part|bit|snippet|piece|chunk|"
        "region|section|fragment|piece of code|bit of code|block of code|lines of code|text"
    ),
    "selected": "{pronoun=selection} (this|that|it|these|those|here|[the|my|this|that|these|those|current] "
    "[selected|highlighted|marked|current] <code_word>"
    "|what i selected|what i have selected|what is selected|what's selected|what i've selected|the "
    "selected [<code_word>]|what i marked|what i highlighted|the part i selected|the code i selected|"
    "the lines i selected)",
    "lines": (
        "[the] [code] (in|on|at|from) (lines|line) <span>|[the] (lines|line|rows|row) <span>|[the] code "
        "(from|between) lines <span>"
    ),
    "span": "{r:range}|{first:number} (to|through|until|till|thru|and|up to) [line] {last:number}|{first:number}",
    "code_here": "<selected>|<lines> [<in_file>]|<in_file> <lines>",
    "into_function": (
        "{into=function} (<function_word>|<method_word>|its own function|function of its own|separate function)"
    ),
    "into_variable": "{into=variable} (variable|var|const|local variable|local|temp variable|temporary variable|temp)",
    "into_word": (
        "[its|their] [own] [a|an|the|one] [new|separate|own|small|little|local|named] (<into_function>|<into_variable>)"
    ),
    "fresh": "<saying> {new:newplain}|{new:bare}|[and] (call|name) it {new:newplain}",
    # Parameters.
    "the_parameter": (
        "[<det>] [unused|obsolete|extra|redundant] [<parameter_word>] <named> {p:plain}|[<det>] "
        "{p:plain} <parameter_word>"
    ),
    "of_function": "(of|in|from|for|on|to|into) <subject>",
    "set_type": (
        "(:|of type|with type|with the type|typed|typed as|with annotation|annotated as|as type|whose "
        "type is) [a|an] {annotation}"
    ),
    "set_default": "(=|with [a|the] default [value] [of|=|is]|and [a|the] default [value] [of|=]|whose default is|"
    "whose default value is|defaulting to|default to|that defaults to|which defaults to|default|"
    "default =|having default|having the default|set to|with default value|by default)"
    " [a|an] {default:code}|{default:code} by default",
    "set_value": "[and] [have|with|let|make] [all|the|existing] (callers|calls|call sites|existing calls|existing "
    "callers) [should|must|will|to] (pass|passing|give|use) {value:code}"
    "|[and] (pass|passing) {value:code} [(in|at|from|by) [all|the] [existing|current] (callers|calls|"
    "call sites|usages|places)]|with [the] value {value:code} [in [all|the] [existing] (calls|"
    "callers|call sites)]",
    "set_place": "[and] [put] [it] ((as|at|in) [the|its] (first|1st|front|beginning|start) [parameter|argument|"
    "position|place|one|of the list]|first) {position=first}"
    "|[and] [put] [it] ((as|at|in) [the|its] (last|end) [parameter|argument|position|place|one|of "
    "the list]|last) {position=last}"
    "|[and] [put] [it] (before|in front of|ahead of) [the] [<parameter_word>] {anchor:plain} "
    "{position=before}|[and] [put] [it] (after|behind|following) [the] [<parameter_word>] "
    "{anchor:plain} {position=after}",
    "set_keyword": "[as] [a] (keyword-only|keyword only|kw-only|kwonly) [<parameter_word>] {keyword_only=yes}",
    "set_optional": "[as|and|make it] [an] optional [<parameter_word>] {optional=yes}",
    "setting": "<set_type>|<set_default>|<set_value>|<set_place>|<set_keyword>",
    "parameter_like": "[new|additional|extra|further|more] [optional {optional=yes}] "
    "[(keyword-only|keyword only|kw-only) {keyword_only=yes}] [new] <parameter_word>",
    "new_parameter": "[a|an|another|one|the|one more] <parameter_like> (<named> {p:spec}|<saying> {p:newplain})"
    "|[a|an|another|one|the|one more] <parameter_like> {p:given}"
    "|[a|an] [new] [optional {optional=yes}] {p:newplain} <parameter_word>",
}
"""By name. `det`, `kind` and the like are words; `subject` is a name, or what stands for one; `set_…` are clauses."""
