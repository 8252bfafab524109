"""Orders written by us or given by a program: drafts, quotes, and how they become orders."""
