"""Events are the audit chain read in order: every state move is one entry, so nothing can happen that is not told."""
