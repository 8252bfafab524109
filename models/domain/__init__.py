"""Plain Python: states, money, quantity, evidence, reading, draft, stock. No framework is imported here."""
