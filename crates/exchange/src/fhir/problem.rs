//! Why a bundle is refused. One problem is one clear sentence that names the resource and the element; it never holds
//! the value itself, so that it can be logged.

use std::fmt;

/// One thing that makes a bundle unfit to hand over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// The resource: `Observation/obs-3`; `Bundle` for the bundle itself.
    pub resource: String,
    /// The element: `Observation.code`.
    pub element: String,
    /// What is wrong with it, in words that follow the element: `is required and missing`.
    pub what: String,
}

impl Problem {
    /// A problem of an element of a resource.
    #[must_use]
    pub fn new(resource: impl Into<String>, element: impl Into<String>, what: impl Into<String>) -> Self {
        Self { resource: resource.into(), element: element.into(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}.", self.resource, self.element, self.what)
    }
}

impl std::error::Error for Problem {}
