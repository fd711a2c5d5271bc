"""The only place where a foreign program starts."""
