"""What reviewers teach about the papers of a customer: forms recognised, lessons drawn, kept and applied."""
