"""Servers that speak Chat Completions alone, made to look like those of the Responses API."""
