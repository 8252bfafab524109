"""How the order core does, what sells, what will be wanted, and what to order again."""
