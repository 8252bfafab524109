"""TRADACOMS (GS1 UK): the ORDERS file."""
