"""Measurements of the suite, each beside a named baseline in the same run."""
