"""UBL 2: Order and OrderChange documents."""
