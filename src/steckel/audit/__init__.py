"""What happened: every access, change and failed try, kept in unbroken chains (PS3.15 A.5)."""
