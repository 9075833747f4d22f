//! New ids: UUIDv7 as text, time-ordered.

/// A new id.
pub(crate) fn new<T: From<String>>() -> T {
    T::from(uuid::Uuid::now_v7().to_string())
}
