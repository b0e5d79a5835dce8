"""A look inside a network at one digit."""
