"""The kinds of session events, by what they tell of. Read them through `values/events.py`."""
