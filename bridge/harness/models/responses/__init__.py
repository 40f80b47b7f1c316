"""Any server that speaks the Responses API: our own request bytes and event split, around the client of its SDK."""
