"""How long mails and documents are kept, and what becomes of them after that."""
