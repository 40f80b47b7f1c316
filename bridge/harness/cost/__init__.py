"""What model calls cost: prices, the bill by kind and by part, and budgets."""
