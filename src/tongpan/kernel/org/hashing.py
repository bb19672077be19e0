"""How passwords and PINs are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id at a cost that a shop's old computer bears.

    Django's default takes 100 MB and eight threads for each try: four sign-ins at one moment would
    push a small server into its swap.

    Source: OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one thread.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
