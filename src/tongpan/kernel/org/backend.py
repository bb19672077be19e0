"""How Django's sessions find the person: the sign-in of this package and nothing else."""

import json
from typing import Any

from django.contrib.auth.backends import BaseBackend

from tongpan.kernel.companies.rows import row_and
from tongpan.kernel.org.context import held_as_read
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.sign_in import check_sign_in


class PersonBackend(BaseBackend):
    """Signs people in by name and password, and keeps only those in who are switched on."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **_other: Any
    ) -> Person | None:
        """Errors: Refusal("sign_in_refused" or "sign_in_wait"), for the page to show."""
        if username is None or password is None:
            return None
        address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
        return check_sign_in(username, password, address=address)

    def get_user(self, user_id: Any) -> Person | None:
        found = row_and(Person, "org_held(id)", "id = %s and is_active", [user_id])
        if found is None:
            return None
        person, held = found
        person.held_on_arrival = held_as_read(json.loads(held))
        return person
