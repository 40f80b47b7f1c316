"""What the harness needs from outside, as protocols. Adapters live in `app`, in `surfaces`, or beside the core."""
