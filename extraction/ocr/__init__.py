"""Reading pictures: one contract, engines behind it, each in a warm process of its own."""
