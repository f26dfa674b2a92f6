"""The HTTP edge: TM Forum Open APIs over the core."""
