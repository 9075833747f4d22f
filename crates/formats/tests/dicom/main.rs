//! What the DICOM reader promises, judged by what another reader found in the same files, and by files made to break it.

mod corpora;
mod made;
