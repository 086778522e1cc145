"""How home's model rewrites a request into an anonymous problem, and what is checked of that."""
