"""What buying and selling on account have in common: goods at a price, and lines that follow."""
