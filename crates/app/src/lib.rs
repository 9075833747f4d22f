//! The use-cases: they join the rooms.
