//! What people print: packet pages, letters, index.
