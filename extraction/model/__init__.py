"""Trained weights, the code that trains them, and the generator of orders with their truth."""
