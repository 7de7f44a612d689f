//! Finds or fetches PostgreSQL and runs private servers.
