"""Tools: one contract, one registry, one built-in tool a file."""
