"""Between the harness and the wire: the one place that sees both. One resource a file."""
