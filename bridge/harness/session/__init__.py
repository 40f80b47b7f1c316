"""Sessions: an append-only log of events; everything else is a fold of it."""
