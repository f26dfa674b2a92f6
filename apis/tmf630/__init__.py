"""What every TM Forum API does, once: specifications, operations, queries, patches, dialects, events, errors."""
