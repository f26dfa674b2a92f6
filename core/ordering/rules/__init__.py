"""The rules an order is judged by: each is a sentence, gets a case and yields its faults by path."""
