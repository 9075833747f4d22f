//! DICOM instances with the headers their modality requires, made from phantom pictures.
//!
//! What a header says lives here; pixels come from `phantoms`, the directory of a medium from `medium_directory`.

use dicom_core::header::HasLength;
use dicom_core::value::{DataSetSequence, Value};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use jiff::civil::Date;

use crate::DemoError;
use crate::story::{Person, Story, compact};

/// What all instances of a study share.
#[derive(Debug, Clone)]
pub(crate) struct Study {
    pub person: Person,
    pub uid: String,
    pub date: Date,
    /// `HHMMSS`.
    pub time: &'static str,
    pub description: &'static str,
    pub accession: &'static str,
    pub institution: &'static str,
    /// Frame of reference shared by its volumes.
    pub frame_of_reference: String,
}

/// What all instances of a series share.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub uid: String,
    pub number: u32,
    pub modality: &'static str,
    pub description: &'static str,
    pub body_part: &'static str,
    pub sop_class: &'static str,
    pub manufacturer_model: &'static str,
}

/// One finished instance.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// Path below the medium's root, components of at most eight capitals or digits.
    pub file: String,
    pub sop_instance_uid: String,
    pub sop_class_uid: &'static str,
    pub number: u32,
    pub bytes: Vec<u8>,
}

/// Where a slice lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement {
    /// Centre of the first pixel, mm.
    pub position: [f64; 3],
    pub spacing: f64,
    pub thickness: f64,
}

/// Builds one instance element by element; the dictionary knows nothing we do not say.
#[derive(Debug)]
pub(crate) struct Header(InMemDicomObject);

impl Header {
    /// Patient, study, equipment and series modules, and the instance's own numbers.
    pub(crate) fn new(study: &Study, series: &Series, number: u32, instance_uid: &str) -> Self {
        let mut h = Self(InMemDicomObject::new_empty());
        let day = compact(study.date);
        let person = &study.person;
        h.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192")
            .text(tags::SOP_CLASS_UID, VR::UI, series.sop_class)
            .text(tags::SOP_INSTANCE_UID, VR::UI, instance_uid)
            .text(tags::INSTANCE_CREATION_DATE, VR::DA, &day)
            .text(tags::STUDY_DATE, VR::DA, &day)
            .text(tags::SERIES_DATE, VR::DA, &day)
            .text(tags::ACQUISITION_DATE, VR::DA, &day)
            .text(tags::CONTENT_DATE, VR::DA, &day)
            .text(tags::STUDY_TIME, VR::TM, study.time)
            .text(tags::SERIES_TIME, VR::TM, study.time)
            .text(tags::ACQUISITION_TIME, VR::TM, study.time)
            .text(tags::CONTENT_TIME, VR::TM, study.time)
            .text(tags::ACCESSION_NUMBER, VR::SH, study.accession)
            .text(tags::MODALITY, VR::CS, series.modality)
            .text(tags::MANUFACTURER, VR::LO, "Example Imaging Systems")
            .text(tags::MANUFACTURER_MODEL_NAME, VR::LO, series.manufacturer_model)
            .text(tags::SOFTWARE_VERSIONS, VR::LO, "phantom 1")
            .text(tags::DEVICE_SERIAL_NUMBER, VR::LO, "EX-0001")
            .text(tags::INSTITUTION_NAME, VR::LO, study.institution)
            .text(tags::STATION_NAME, VR::SH, "EXAMPLE1")
            .text(tags::REFERRING_PHYSICIAN_NAME, VR::PN, "SAMPLE^PAULA^^DR")
            .text(tags::STUDY_DESCRIPTION, VR::LO, study.description)
            .text(tags::SERIES_DESCRIPTION, VR::LO, series.description)
            .text(tags::PATIENT_NAME, VR::PN, &person.carets())
            .text(tags::PATIENT_ID, VR::LO, person.record_number)
            .text(tags::PATIENT_BIRTH_DATE, VR::DA, &compact(person.born))
            .text(tags::PATIENT_SEX, VR::CS, person.sex)
            .text(tags::PATIENT_AGE, VR::AS, &format!("{:03}Y", age(person.born, study.date)))
            .text(tags::PATIENT_WEIGHT, VR::DS, &person.weight_kg.to_string())
            .text(tags::PATIENT_SIZE, VR::DS, &person.height_m.to_string())
            .text(tags::BODY_PART_EXAMINED, VR::CS, series.body_part)
            .text(tags::STUDY_INSTANCE_UID, VR::UI, &study.uid)
            .text(tags::SERIES_INSTANCE_UID, VR::UI, &series.uid)
            .text(tags::STUDY_ID, VR::SH, study.accession)
            .text(tags::SERIES_NUMBER, VR::IS, &series.number.to_string())
            .text(tags::INSTANCE_NUMBER, VR::IS, &number.to_string());
        h
    }

    /// One element from text; several values are parted by a backslash.
    pub(crate) fn text(&mut self, tag: Tag, vr: VR, value: &str) -> &mut Self {
        self.0.put_str(tag, vr, value);
        self
    }

    /// One element without a value (type 2).
    pub(crate) fn empty(&mut self, tag: Tag, vr: VR) -> &mut Self {
        if vr == VR::SQ {
            return self.items(tag, vec![]);
        }
        self.0.put(DataElement::new(tag, vr, PrimitiveValue::Empty));
        self
    }

    fn number(&mut self, tag: Tag, value: u16) -> &mut Self {
        self.0.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
        self
    }

    /// A sequence.
    pub(crate) fn items(&mut self, tag: Tag, items: Vec<InMemDicomObject>) -> &mut Self {
        self.0.put(DataElement::new(tag, VR::SQ, Value::from(DataSetSequence::from(items))));
        self
    }

    /// Image pixel module, 16 bits allocated, `bits` stored, unsigned, with the pixels (little endian).
    pub(crate) fn pixels(
        &mut self,
        rows: u32,
        columns: u32,
        bits: u16,
        window: (f64, f64),
        bytes: Vec<u8>,
    ) -> &mut Self {
        let side = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        self.number(tags::SAMPLES_PER_PIXEL, 1)
            .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
            .number(tags::ROWS, side(rows))
            .number(tags::COLUMNS, side(columns))
            .number(tags::BITS_ALLOCATED, 16)
            .number(tags::BITS_STORED, bits)
            .number(tags::HIGH_BIT, bits - 1)
            .number(tags::PIXEL_REPRESENTATION, 0)
            .text(tags::WINDOW_CENTER, VR::DS, &window.0.to_string())
            .text(tags::WINDOW_WIDTH, VR::DS, &window.1.to_string());
        self.0.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U8(bytes.into())));
        self
    }

    /// Image plane and frame of reference modules of an axial slice.
    pub(crate) fn axial(&mut self, study: &Study, at: Placement) -> &mut Self {
        let [x, y, z] = at.position;
        self.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &study.frame_of_reference)
            .empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO)
            .text(tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("{x:.2}\\{y:.2}\\{z:.2}"))
            .text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0")
            .text(tags::PIXEL_SPACING, VR::DS, &format!("{0}\\{0}", at.spacing))
            .text(tags::SLICE_THICKNESS, VR::DS, &at.thickness.to_string())
            .text(tags::SLICE_LOCATION, VR::DS, &format!("{z:.2}"))
    }

    /// The file: preamble, meta group, data set in explicit VR little endian.
    pub(crate) fn file(self, instance_uid: &str, sop_class: &str) -> Result<Vec<u8>, DemoError> {
        debug_assert!(!self.0.is_empty());
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .media_storage_sop_class_uid(sop_class)
            .media_storage_sop_instance_uid(instance_uid);
        let object = self.0.with_meta(meta).map_err(|e| DemoError::Make(e.to_string()))?;
        let mut bytes = Vec::new();
        object.write_all(&mut bytes).map_err(|e| DemoError::Make(e.to_string()))?;
        Ok(bytes)
    }
}

/// Whole years from `born` to `day`.
pub(crate) fn age(born: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    day.year() - born.year() - i16::from(!had_birthday)
}

/// A coded item: value, scheme, meaning.
pub(crate) fn code(value: &str, scheme: &str, meaning: &str) -> InMemDicomObject {
    let mut item = InMemDicomObject::new_empty();
    item.put_str(tags::CODE_VALUE, VR::SH, value);
    item.put_str(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme);
    item.put_str(tags::CODE_MEANING, VR::LO, meaning);
    item
}

/// Adds CT image attributes.
pub(crate) fn ct(h: &mut Header) {
    h.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL")
        .text(tags::ACQUISITION_NUMBER, VR::IS, "1")
        .text(tags::KVP, VR::DS, "120")
        .text(tags::X_RAY_TUBE_CURRENT, VR::IS, "210")
        .text(tags::EXPOSURE_TIME, VR::IS, "500")
        .text(tags::CONVOLUTION_KERNEL, VR::SH, "STANDARD")
        .text(tags::PATIENT_POSITION, VR::CS, "HFS")
        .text(tags::CONTRAST_BOLUS_AGENT, VR::LO, "iodinated contrast, 100 mL")
        .text(tags::RESCALE_INTERCEPT, VR::DS, "-1024")
        .text(tags::RESCALE_SLOPE, VR::DS, "1")
        .text(tags::RESCALE_TYPE, VR::LO, "HU");
}

/// Adds MR image attributes for a T1-weighted gradient echo or a T2-weighted spin echo.
pub(crate) fn mr(h: &mut Header, t1: bool) {
    h.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\M")
        .text(tags::SCANNING_SEQUENCE, VR::CS, if t1 { "GR" } else { "SE" })
        .text(tags::SEQUENCE_VARIANT, VR::CS, if t1 { "SP\\OSP" } else { "SK" })
        .text(tags::SCAN_OPTIONS, VR::CS, if t1 { "FS" } else { "PFF" })
        .text(tags::MR_ACQUISITION_TYPE, VR::CS, if t1 { "3D" } else { "2D" })
        .text(tags::REPETITION_TIME, VR::DS, if t1 { "5.2" } else { "4800" })
        .text(tags::ECHO_TIME, VR::DS, if t1 { "2.4" } else { "92" })
        .text(tags::ECHO_TRAIN_LENGTH, VR::IS, if t1 { "1" } else { "16" })
        .text(tags::FLIP_ANGLE, VR::DS, if t1 { "10" } else { "140" })
        .text(tags::MAGNETIC_FIELD_STRENGTH, VR::DS, "1.5")
        .text(tags::IMAGING_FREQUENCY, VR::DS, "63.87")
        .text(tags::ACQUISITION_NUMBER, VR::IS, "1")
        .text(tags::PATIENT_POSITION, VR::CS, "HFP");
    if t1 {
        h.text(tags::CONTRAST_BOLUS_AGENT, VR::LO, "gadolinium contrast, 7 mL");
    }
}

/// Adds PET image attributes; `slope` is Bq/mL a stored unit, `index` counts from 1, `slices` in all.
pub(crate) fn pet(h: &mut Header, study: &Study, slope: f32, index: u32, slices: u32) {
    let mut tracer = InMemDicomObject::new_empty();
    let mut put = |tag, vr, value: &str| {
        tracer.put_str(tag, vr, value);
    };
    put(tags::RADIOPHARMACEUTICAL, VR::LO, "Fluorodeoxyglucose");
    put(tags::RADIOPHARMACEUTICAL_VOLUME, VR::DS, "10");
    put(tags::RADIOPHARMACEUTICAL_START_TIME, VR::TM, "091500");
    put(tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, "370000000");
    put(tags::RADIONUCLIDE_HALF_LIFE, VR::DS, "6586.2");
    put(tags::RADIONUCLIDE_POSITRON_FRACTION, VR::DS, "0.967");
    tracer.put(DataElement::new(
        tags::RADIONUCLIDE_CODE_SEQUENCE,
        VR::SQ,
        Value::from(DataSetSequence::from(vec![code("C-111A1", "SRT", "^18^Fluorine")])),
    ));
    h.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY")
        .text(tags::SERIES_TYPE, VR::CS, "WHOLE BODY\\IMAGE")
        .text(tags::UNITS, VR::CS, "BQML")
        .text(tags::COUNTS_SOURCE, VR::CS, "EMISSION")
        .text(tags::CORRECTED_IMAGE, VR::CS, "NORM\\DTIM\\ATTN\\SCAT\\DECY\\RAN")
        .text(tags::DECAY_CORRECTION, VR::CS, "START")
        .text(tags::COLLIMATOR_TYPE, VR::CS, "NONE")
        .text(tags::RANDOMS_CORRECTION_METHOD, VR::CS, "DLYD")
        .text(tags::ATTENUATION_CORRECTION_METHOD, VR::LO, "CT")
        .text(tags::RECONSTRUCTION_METHOD, VR::LO, "OSEM phantom")
        .text(tags::FRAME_REFERENCE_TIME, VR::DS, "0")
        .text(tags::ACTUAL_FRAME_DURATION, VR::IS, "120000")
        .text(tags::DECAY_FACTOR, VR::DS, "1")
        .text(tags::PATIENT_POSITION, VR::CS, "HFS")
        .text(tags::RESCALE_INTERCEPT, VR::DS, "0")
        .text(tags::RESCALE_SLOPE, VR::DS, &slope.to_string())
        .text(tags::ACQUISITION_DATE, VR::DA, &compact(study.date))
        .items(tags::PATIENT_ORIENTATION_CODE_SEQUENCE, vec![code("F-10450", "SRT", "recumbent")])
        .items(tags::PATIENT_GANTRY_RELATIONSHIP_CODE_SEQUENCE, vec![code("F-10470", "SRT", "headfirst")])
        .items(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, vec![tracer])
        .number(tags::NUMBER_OF_SLICES, u16::try_from(slices).unwrap_or(u16::MAX))
        .number(tags::IMAGE_INDEX, u16::try_from(index).unwrap_or(u16::MAX));
}

/// Adds digital mammography attributes (for presentation).
pub(crate) fn mammography(h: &mut Header, left: bool, oblique: bool) {
    let mut view =
        if oblique { code("R-10226", "SRT", "medio-lateral oblique") } else { code("R-10242", "SRT", "cranio-caudal") };
    view.put(DataElement::new(
        tags::VIEW_MODIFIER_CODE_SEQUENCE,
        VR::SQ,
        Value::from(DataSetSequence::<InMemDicomObject>::from(vec![])),
    ));
    let orientation = match (left, oblique) {
        (true, false) => "A\\R",
        (false, false) => "P\\L",
        (true, true) => "A\\FR",
        (false, true) => "P\\FL",
    };
    h.text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY")
        .text(tags::PRESENTATION_INTENT_TYPE, VR::CS, "FOR PRESENTATION")
        .text(tags::PATIENT_ORIENTATION, VR::CS, orientation)
        .text(tags::LATERALITY, VR::CS, if left { "L" } else { "R" })
        .text(tags::IMAGE_LATERALITY, VR::CS, if left { "L" } else { "R" })
        .text(tags::VIEW_POSITION, VR::CS, if oblique { "MLO" } else { "CC" })
        .text(tags::ORGAN_EXPOSED, VR::CS, "BREAST")
        .text(tags::POSITIONER_TYPE, VR::CS, "MAMMOGRAPHIC")
        .text(tags::POSITIONER_PRIMARY_ANGLE, VR::DS, if oblique { "45" } else { "0" })
        .text(tags::BREAST_IMPLANT_PRESENT, VR::CS, "NO")
        .text(tags::PARTIAL_VIEW, VR::CS, "NO")
        .text(tags::KVP, VR::DS, "29")
        .text(tags::EXPOSURE, VR::IS, "90")
        .text(tags::COMPRESSION_FORCE, VR::DS, "110")
        .text(tags::BODY_PART_THICKNESS, VR::DS, "52")
        .text(tags::ANODE_TARGET_MATERIAL, VR::CS, "TUNGSTEN")
        .text(tags::DETECTOR_TYPE, VR::CS, "DIRECT")
        .text(tags::DETECTOR_ID, VR::SH, "EX-MG-1")
        .text(tags::IMAGER_PIXEL_SPACING, VR::DS, "0.24\\0.24")
        .text(tags::PIXEL_INTENSITY_RELATIONSHIP, VR::CS, "LIN")
        .text(tags::RESCALE_INTERCEPT, VR::DS, "0")
        .text(tags::RESCALE_SLOPE, VR::DS, "1")
        .text(tags::RESCALE_TYPE, VR::LO, "US")
        .text(tags::PRESENTATION_LUT_SHAPE, VR::CS, "IDENTITY")
        .text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00")
        .text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO")
        .empty(tags::ACQUISITION_CONTEXT_SEQUENCE, VR::SQ)
        .items(tags::ANATOMIC_REGION_SEQUENCE, vec![code("T-04000", "SRT", "Breast")])
        .items(tags::VIEW_CODE_SEQUENCE, vec![view]);
    h.0.put(DataElement::new(tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN, VR::SS, PrimitiveValue::from(-1_i16)));
}

/// Adds computed radiography attributes for a chest film.
pub(crate) fn chest_film(h: &mut Header, view: &str) {
    h.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY")
        .text(tags::PATIENT_ORIENTATION, VR::CS, "L\\F")
        .text(tags::VIEW_POSITION, VR::CS, view)
        .text(tags::KVP, VR::DS, "125")
        .text(tags::PLATE_ID, VR::LO, "EX-CR-1")
        .text(tags::PLATE_TYPE, VR::SH, "35x35")
        .text(tags::IMAGER_PIXEL_SPACING, VR::DS, "0.8\\0.8");
}

/// The study of the given accession; the name makes its identifiers.
pub(crate) fn study(
    story: &Story,
    person: Person,
    day: i32,
    time: &'static str,
    accession: &'static str,
    description: &'static str,
    institution: &'static str,
) -> Study {
    Study {
        person,
        uid: story.uid(&format!("study {accession}")),
        date: story.day(day),
        time,
        description,
        accession,
        institution,
        frame_of_reference: story.uid(&format!("frame {accession}")),
    }
}
