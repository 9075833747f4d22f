//! Which kinds of FHIR resource are shown as which table, in which section, from which fields. Data only.

/// A kind of resource as a table: each column has a heading and the paths to try, first hit wins.
pub(super) struct Layout {
    pub(super) kind: &'static str,
    pub(super) section: &'static str,
    pub(super) columns: &'static [(&'static str, &'static str)],
}

const fn layout(kind: &'static str, section: &'static str, columns: &'static [(&'static str, &'static str)]) -> Layout {
    Layout { kind, section, columns }
}

/// Sections in the order a clinician reads them.
pub(super) const ORDER: [&str; 22] = [
    "Problems",
    "Allergies",
    "Medications",
    "Reports",
    "Results",
    "Vital signs",
    "Procedures",
    "Imaging",
    "Specimens",
    "Immunizations",
    "Family history",
    "Social history",
    "Other observations",
    "Assessments and risks",
    "Plan of care",
    "Orders and referrals",
    "Encounters and appointments",
    "Documents",
    "Devices",
    "People and places",
    "Coverage and claims",
    "Letters and questionnaires",
];

pub(super) const LAYOUTS: [Layout; 44] = [
    layout(
        "Condition",
        "Problems",
        &[
            ("Problem", "code"),
            ("Status", "clinicalStatus"),
            ("Certainty", "verificationStatus"),
            ("Stage", "stage.summary"),
            ("Site", "bodySite"),
            ("Severity", "severity"),
            ("Since", "onsetDateTime|onsetPeriod|onsetAge|onsetRange|onsetString|assertedDate|recordedDate"),
            ("Until", "abatementDateTime|abatementPeriod|abatementAge|abatementString|abatementBoolean"),
            ("Note", "note"),
        ],
    ),
    layout(
        "AllergyIntolerance",
        "Allergies",
        &[
            ("Substance", "code|reaction.substance"),
            ("Reaction", "reaction.manifestation|reaction.description"),
            ("Severity", "reaction.severity|criticality"),
            ("Status", "clinicalStatus"),
            ("Certainty", "verificationStatus"),
            ("Since", "onsetDateTime|recordedDate|assertedDate"),
            ("Note", "note"),
        ],
    ),
    layout("MedicationRequest", "Medications", MEDICATION),
    layout("MedicationStatement", "Medications", MEDICATION),
    layout("MedicationAdministration", "Medications", MEDICATION),
    layout("MedicationDispense", "Medications", MEDICATION),
    layout(
        "Procedure",
        "Procedures",
        &[
            ("Procedure", "code"),
            ("Status", "status"),
            ("Site", "bodySite"),
            ("Reason", "reasonCode|reasonReference"),
            ("Outcome", "outcome"),
            ("By", "performer.actor"),
            ("Date", "performedDateTime|performedPeriod|performedString"),
            ("Note", "note"),
        ],
    ),
    layout(
        "ImagingStudy",
        "Imaging",
        &[
            ("Study", "description|procedureCode|series.description"),
            ("Modality", "modality|series.modality"),
            ("Site", "series.bodySite"),
            ("Series", "numberOfSeries"),
            ("Images", "numberOfInstances"),
            ("Number", "identifier"),
            ("Status", "status"),
            ("Date", "started"),
        ],
    ),
    layout("Media", "Imaging", &[("Picture", "content|type"), ("Status", "status"), ("Date", "createdDateTime")]),
    layout(
        "Specimen",
        "Specimens",
        &[
            ("Specimen", "type"),
            ("Site", "collection.bodySite"),
            ("Number", "accessionIdentifier|identifier"),
            ("Status", "status"),
            ("Collected", "collection.collectedDateTime|collection.collectedPeriod"),
            ("Received", "receivedTime"),
            ("Note", "note"),
        ],
    ),
    layout(
        "Immunization",
        "Immunizations",
        &[
            ("Vaccine", "vaccineCode"),
            ("Status", "status"),
            ("Date", "occurrenceDateTime|occurrenceString"),
            ("Reason not given", "statusReason"),
            ("Lot", "lotNumber"),
        ],
    ),
    layout(
        "FamilyMemberHistory",
        "Family history",
        &[
            ("Relative", "relationship|name"),
            ("Condition", "condition.code"),
            ("Age at onset", "condition.onsetAge|condition.onsetString"),
            ("Deceased", "deceasedBoolean|deceasedAge|deceasedDate"),
            ("Status", "status"),
            ("Note", "note|condition.note"),
        ],
    ),
    layout(
        "ClinicalImpression",
        "Assessments and risks",
        &[
            ("Assessment", "description|summary|code"),
            ("Finding", "finding.itemCodeableConcept"),
            ("Status", "status"),
            ("Date", "effectiveDateTime|date"),
            ("Note", "note"),
        ],
    ),
    layout(
        "RiskAssessment",
        "Assessments and risks",
        &[
            ("Assessment", "code|method"),
            ("Prediction", "prediction.outcome"),
            ("Probability", "prediction.probabilityDecimal|prediction.qualitativeRisk"),
            ("Status", "status"),
            ("Date", "occurrenceDateTime|occurrencePeriod"),
        ],
    ),
    layout(
        "CarePlan",
        "Plan of care",
        &[
            ("Plan", "title|category|description"),
            ("Activity", "activity.detail.code|activity.detail.description|activity.reference"),
            ("Status", "status"),
            ("Intent", "intent"),
            ("When", "period"),
            ("Note", "note"),
        ],
    ),
    layout(
        "Goal",
        "Plan of care",
        &[
            ("Goal", "description"),
            ("Target", "target.measure|target.detailQuantity|target.detailString"),
            ("Status", "lifecycleStatus|status"),
            ("Achievement", "achievementStatus"),
            ("Since", "startDate|statusDate"),
            ("Due", "target.dueDate"),
        ],
    ),
    layout(
        "CareTeam",
        "People and places",
        &[
            ("Care team", "name|category"),
            ("Member", "participant.member"),
            ("Role", "participant.role"),
            ("Status", "status"),
            ("When", "period"),
        ],
    ),
    layout(
        "ServiceRequest",
        "Orders and referrals",
        &[
            ("Order", "code"),
            ("Status", "status"),
            ("Intent", "intent"),
            ("Reason", "reasonCode|reasonReference"),
            ("By", "requester"),
            ("For", "performer"),
            ("Date", "authoredOn|occurrenceDateTime"),
            ("Note", "note"),
        ],
    ),
    layout(
        "Encounter",
        "Encounters and appointments",
        &[
            ("Encounter", "type|serviceType|class"),
            ("Reason", "reasonCode|reason|reasonReference"),
            ("Diagnosis", "diagnosis.condition"),
            ("With", "participant.individual"),
            ("At", "serviceProvider|location.location"),
            ("Status", "status"),
            ("Date", "period"),
        ],
    ),
    layout(
        "Appointment",
        "Encounters and appointments",
        &[
            ("Appointment", "description|serviceType|appointmentType"),
            ("With", "participant.actor"),
            ("Status", "status"),
            ("Date", "start"),
        ],
    ),
    layout(
        "DocumentReference",
        "Documents",
        &[
            ("Document", "description|type|content.attachment.title"),
            ("Type", "type"),
            ("Author", "author"),
            ("From", "custodian"),
            ("File", "content.attachment"),
            ("Status", "docStatus|status"),
            ("Date", "context.period|date"),
        ],
    ),
    layout(
        "Device",
        "Devices",
        &[
            ("Device", "deviceName.name|type|modelNumber"),
            ("Maker", "manufacturer"),
            ("Number", "serialNumber|lotNumber|distinctIdentifier"),
            ("Status", "status"),
            ("Made", "manufactureDate"),
        ],
    ),
    layout(
        "DeviceUseStatement",
        "Devices",
        &[
            ("Device", "device"),
            ("Site", "bodySite"),
            ("Status", "status"),
            ("Date", "timingPeriod|timingDateTime|recordedOn"),
        ],
    ),
    layout("Practitioner", "People and places", PERSON),
    layout("RelatedPerson", "People and places", PERSON),
    layout(
        "PractitionerRole",
        "People and places",
        &[
            ("Clinician", "practitioner"),
            ("Role", "code"),
            ("Specialty", "specialty"),
            ("At", "organization"),
            ("Contact", "telecom"),
        ],
    ),
    layout(
        "Organization",
        "People and places",
        &[("Organization", "name"), ("Type", "type"), ("Address", "address"), ("Contact", "telecom")],
    ),
    layout(
        "Location",
        "People and places",
        &[("Place", "name|description"), ("Type", "type"), ("Address", "address"), ("Contact", "telecom")],
    ),
    layout("HealthcareService", "People and places", &[("Service", "name|type"), ("At", "providedBy")]),
    layout(
        "Coverage",
        "Coverage and claims",
        &[
            ("Coverage", "type|class.name|class.value"),
            ("Insurer", "payor"),
            ("Member number", "subscriberId|identifier"),
            ("Status", "status"),
            ("When", "period"),
        ],
    ),
    layout("Claim", "Coverage and claims", CLAIM),
    layout("ExplanationOfBenefit", "Coverage and claims", CLAIM),
    layout("ClaimResponse", "Coverage and claims", CLAIM),
    layout(
        "Medication",
        "Medications",
        &[
            ("Medication", "code"),
            ("Form", "form"),
            ("Ingredient", "ingredient.itemCodeableConcept"),
            ("Status", "status"),
        ],
    ),
    layout(
        "BodyStructure",
        "Other observations",
        &[("Structure", "location|description"), ("Morphology", "morphology"), ("Qualifier", "locationQualifier")],
    ),
    layout("MolecularSequence", "Other observations", &[("Sequence", "type|referenceSeq.referenceSeqId")]),
    layout(
        "NutritionOrder",
        "Orders and referrals",
        &[("Order", "oralDiet.type|foodPreferenceModifier"), ("Status", "status"), ("Date", "dateTime")],
    ),
    layout(
        "DeviceRequest",
        "Orders and referrals",
        &[("Order", "codeCodeableConcept|codeReference"), ("Status", "status"), ("Date", "authoredOn")],
    ),
    layout(
        "Communication",
        "Letters and questionnaires",
        &[
            ("Message", "payload.contentString|topic|payload.contentAttachment"),
            ("From", "sender"),
            ("To", "recipient"),
            ("Status", "status"),
            ("Date", "sent|received"),
        ],
    ),
    layout("Flag", "Allergies", &[("Alert", "code"), ("Status", "status"), ("When", "period")]),
    layout(
        "AdverseEvent",
        "Problems",
        &[
            ("Adverse event", "event"),
            ("Severity", "severity|seriousness"),
            ("Outcome", "outcome"),
            ("Date", "date|detected"),
        ],
    ),
    layout("Consent", "Documents", &[("Consent", "scope|category"), ("Status", "status"), ("Date", "dateTime")]),
    layout(
        "EpisodeOfCare",
        "Encounters and appointments",
        &[("Episode", "type"), ("Diagnosis", "diagnosis.condition"), ("Status", "status"), ("When", "period")],
    ),
    layout("ResearchSubject", "Assessments and risks", &[("Study", "study"), ("Status", "status"), ("When", "period")]),
];

const MEDICATION: &[(&str, &str)] = &[
    ("Medication", "medicationCodeableConcept|medicationReference|medication"),
    ("Dose", "dosageInstruction|dosage"),
    ("Status", "status"),
    ("Reason", "reasonCode|reasonReference"),
    ("By", "requester|informationSource|performer.actor"),
    ("Date", "effectivePeriod|effectiveDateTime|authoredOn|whenHandedOver|whenPrepared|dateAsserted|dateWritten"),
    ("Why stopped", "statusReason"),
    ("Note", "note"),
];

const PERSON: &[(&str, &str)] =
    &[("Person", "name"), ("Role", "relationship|qualification.code"), ("Contact", "telecom"), ("Address", "address")];

const CLAIM: &[(&str, &str)] = &[
    ("Claim", "type|use"),
    ("For", "item.productOrService|item.service|procedure.procedureCodeableConcept|prescription"),
    ("Provider", "provider|organization"),
    ("Insurer", "insurer|insurance.coverage"),
    ("Total", "total|total.amount|payment.amount"),
    ("Outcome", "outcome"),
    ("Status", "status"),
    ("Date", "billablePeriod|created"),
];
