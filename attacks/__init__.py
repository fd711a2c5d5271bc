"""From a redacted region to a guess and a score; knows only the model and the registry."""
