"""Who may do what: accounts, sessions, API tokens, throttling, known application entities."""
