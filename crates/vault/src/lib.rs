//! Keeps the case: ledger, objects, image index, jobs; sealed.
