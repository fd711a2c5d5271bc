"""Ways to remove a region; one file adds one."""
