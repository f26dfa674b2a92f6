"""What happened, kept in the same transaction as the change, and delivered to whoever subscribed."""
