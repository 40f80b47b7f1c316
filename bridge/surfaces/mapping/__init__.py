"""Between the harness and the wire, for every surface that speaks the protocol. One resource a file."""
