"""The settings (设置): people, roles, units, legal entities, API tokens, and what may be chosen."""
