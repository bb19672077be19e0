"""Sessions in the company's own table, as Django keeps them, read with a statement made once."""

from typing import Any

from django.contrib.sessions.backends import db

from tongpan.base import env
from tongpan.kernel.companies.rows import row_where


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = row_where(
            self.model, "session_key = %s and expire_date > %s", [self.session_key, env.now()]
        )
        if found is None:
            self._session_key = None
        return found
