"""The standard actions that every document type and every master type gets by being declared."""
