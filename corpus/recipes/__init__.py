"""One file per family of recipes; being here is the registration."""
