"""Writers; one file per container, each with its allow-list of structures."""
