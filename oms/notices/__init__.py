"""Letters about what happened to an order after its acknowledgement: sent, billed, credited, changed, cancelled, coming back."""
