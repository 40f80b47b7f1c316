"""The offline engine: a model adapter without a language model, for a documented grammar of requests."""
