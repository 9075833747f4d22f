//! What a document seems to be, when it was made and by whom.
