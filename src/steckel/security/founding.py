"""Names that a new site has. Apart, because commands need them before anything is loaded."""

from typing import Final

#: The account.
FIRST_ACCOUNT: Final = "admin"
#: The role that may do and see everything.
ADMIN: Final = "admin"
#: What an account has that was made without a word about it.
USER: Final = "user"
