"""Which names mean the same thing, and where: scopes, what expressions are, hierarchies, uses and mentions."""
