"""What Plan-then-Ground is made of: goals, tools, plans, and carrying them out."""
