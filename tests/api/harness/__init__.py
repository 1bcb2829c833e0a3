"""The real server on a real PostgreSQL, and a client that believes nothing."""
