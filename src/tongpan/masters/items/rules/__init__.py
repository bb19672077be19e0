"""Pure calculation about items: units, barcodes, labels. No database."""
