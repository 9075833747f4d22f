//! Other systems: portable media, DICOMweb, DIMSE, FHIR out.
