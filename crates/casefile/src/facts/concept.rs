//! Names of what a fact can be about. The names are stable: ledgers, exports and other programs hold them. What form a
//! value has and which code it carries stands in `knowledge/concepts.csv`.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a fact is about: an id of `knowledge/concepts.csv`, such as `nodes_examined`.
///
/// A name this version does not know is kept as it is, so that a case written by a newer version can be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Concept(Cow<'static, str>);

impl Concept {
    /// A concept by its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::KNOWN
            .iter()
            .find(|known| known.as_str() == name)
            .cloned()
            .unwrap_or_else(|| Self(Cow::Owned(name.to_owned())))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Concept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! concepts {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        impl Concept {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*

            /// Every concept this version can read, in the order of the list.
            pub const KNOWN: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

concepts! {
    /// Primary site.
    TOPOGRAPHY = "topography",
    /// Histology.
    MORPHOLOGY = "morphology",
    /// Side.
    LATERALITY = "laterality",
    /// Grade.
    GRADE = "grade",
    /// Nottingham score.
    NOTTINGHAM_SCORE = "nottingham_score",
    /// Primary tumour (T).
    T = "t",
    /// Regional nodes (N).
    N = "n",
    /// Distant metastasis (M).
    M = "m",
    /// Stage group.
    STAGE_GROUP = "stage_group",
    /// FIGO stage.
    FIGO_STAGE = "figo_stage",
    /// Ann Arbor or Lugano stage.
    ANN_ARBOR_STAGE = "ann_arbor_stage",
    /// Rai stage.
    RAI_STAGE = "rai_stage",
    /// Binet stage.
    BINET_STAGE = "binet_stage",
    /// International staging system.
    ISS_STAGE = "iss_stage",
    /// Dukes stage.
    DUKES_STAGE = "dukes_stage",
    /// Clark level.
    CLARK_LEVEL = "clark_level",
    /// Residual tumour.
    RESIDUAL_TUMOR = "residual_tumor",
    /// Greatest dimension of the tumour.
    TUMOR_SIZE_MM = "tumor_size_mm",
    /// Nodes examined.
    NODES_EXAMINED = "nodes_examined",
    /// Nodes with metastasis.
    NODES_POSITIVE = "nodes_positive",
    /// Extranodal extension.
    EXTRANODAL_EXTENSION = "extranodal_extension",
    /// Margin.
    MARGIN = "margin",
    /// Distance to a margin.
    MARGIN_DISTANCE_MM = "margin_distance_mm",
    /// Lymphovascular invasion.
    LYMPHOVASCULAR_INVASION = "lymphovascular_invasion",
    /// Lymphatic invasion.
    LYMPHATIC_INVASION = "lymphatic_invasion",
    /// Venous invasion.
    VENOUS_INVASION = "venous_invasion",
    /// Perineural invasion.
    PERINEURAL_INVASION = "perineural_invasion",
    /// Oestrogen receptor.
    ER = "er",
    /// Cells with oestrogen receptor.
    ER_PERCENT = "er_percent",
    /// Progesterone receptor.
    PR = "pr",
    /// Cells with progesterone receptor.
    PR_PERCENT = "pr_percent",
    /// HER2, whatever the method: what a person typed without one, and what answers of several methods are compared as.
    HER2_STATUS = "her2_status",
    /// HER2 by immunohistochemistry.
    HER2_IHC = "her2_ihc",
    /// HER2 score.
    HER2_IHC_SCORE = "her2_ihc_score",
    /// HER2 by in situ hybridisation.
    HER2_ISH = "her2_ish",
    /// HER2/CEP17 ratio.
    HER2_RATIO = "her2_ratio",
    /// HER2 copies a cell.
    HER2_COPIES = "her2_copies",
    /// Ki-67.
    KI67 = "ki67",
    /// Mismatch repair proteins.
    MMR = "mmr",
    /// One mismatch repair protein.
    MMR_PROTEIN = "mmr_protein",
    /// Microsatellite instability.
    MSI = "msi",
    /// PD-L1.
    PDL1 = "pdl1",
    /// Tumour mutational burden.
    TMB = "tmb",
    /// Gleason primary pattern.
    GLEASON_PRIMARY = "gleason_primary",
    /// Gleason secondary pattern.
    GLEASON_SECONDARY = "gleason_secondary",
    /// Gleason tertiary pattern.
    GLEASON_TERTIARY = "gleason_tertiary",
    /// Gleason score.
    GLEASON_SCORE = "gleason_score",
    /// Grade group.
    GRADE_GROUP = "grade_group",
    /// Gene variant.
    VARIANT = "variant",
    /// Gene fusion or rearrangement.
    FUSION = "fusion",
    /// Gene amplification.
    AMPLIFICATION = "amplification",
    /// Protein by immunohistochemistry.
    MARKER_EXPRESSION = "marker_expression",
    /// IDH.
    IDH = "idh",
    /// 1p/19q codeletion.
    CODELETION_1P19Q = "codeletion_1p19q",
    /// MGMT promoter methylation.
    MGMT = "mgmt",
    /// p16 or HPV.
    HPV_P16 = "hpv_p16",
    /// Recurrence score.
    RECURRENCE_SCORE = "recurrence_score",
    /// Breslow depth.
    BRESLOW_MM = "breslow_mm",
    /// Ulceration.
    ULCERATION = "ulceration",
    /// Mitoses.
    MITOTIC_RATE = "mitotic_rate",
    /// Focality.
    FOCALITY = "focality",
    /// Procedure.
    PROCEDURE = "procedure",
    /// Specimen.
    SPECIMEN = "specimen",
    /// Response to treatment.
    TREATMENT_EFFECT = "treatment_effect",
    /// Necrosis.
    NECROSIS = "necrosis",
    /// Prostate-specific antigen.
    PSA = "psa",
    /// Carcinoembryonic antigen.
    CEA = "cea",
    /// CA 125.
    CA_125 = "ca_125",
    /// CA 19-9.
    CA_19_9 = "ca_19_9",
    /// CA 15-3.
    CA_15_3 = "ca_15_3",
    /// Alpha-fetoprotein.
    AFP = "afp",
    /// Lactate dehydrogenase.
    LDH = "ldh",
    /// ECOG performance status.
    ECOG = "ecog",
    /// Karnofsky performance status.
    KARNOFSKY = "karnofsky",
    /// Menopausal status.
    MENOPAUSAL_STATUS = "menopausal_status",
    /// Family history.
    FAMILY_HISTORY = "family_history",
    /// Germline result.
    GERMLINE = "germline",
    /// Allergy.
    ALLERGY = "allergy",
    /// Other illness.
    COMORBIDITY = "comorbidity",
}
