"""What a selection means, and what code that is taken out of a function needs and gives."""
