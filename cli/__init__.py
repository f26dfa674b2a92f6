"""The second edge: the command `bss`."""
