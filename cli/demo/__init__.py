"""The demo brand: its data files, invented customers, a month of usage, and how they are loaded."""
