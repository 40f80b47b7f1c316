"""The turn loop: gate, call the model, run its tool calls, feed the results back, repeat."""
