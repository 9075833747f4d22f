//! The generator of the demo case: real files in real formats.
