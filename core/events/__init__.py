"""What happened, kept in the same transaction as the change, and delivered to whoever subscribed."""

from core.events import tables as tables  # registers the tables with the schema
