"""From a certificate to paper. Nothing here computes a verdict."""
