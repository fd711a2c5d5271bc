"""One file per report format: a certificate to bytes."""
