//! The PostgreSQL protocol without IO: framing, messages, connection state, exchanges.
