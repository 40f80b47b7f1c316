"""How a tool call runs: six phases in order, one code path for every tool."""
