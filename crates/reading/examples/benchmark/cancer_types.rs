//! The 32 cancer types of the measured reports, from site and histology. They serve the benchmark only; the product
//! speaks of ICD-O-3 codes.

/// The type of a tumour of a site (ICD-O-3, any case) and histology, where the two decide it.
pub fn of(site: &str, morphology: &str) -> Option<&'static str> {
    let histology: u32 = morphology.get(..4)?.parse().ok()?;
    let site = site.to_lowercase();
    let organ = site.get(1..3).and_then(|digits| digits.parse::<u32>().ok()).unwrap_or(0);
    Some(match (histology, organ) {
        (9440..=9442, _) => "GBM",
        (9380..=9439 | 9450..=9479, _) => "LGG",
        (9050..=9055, _) => "MESO",
        (9590..=9729, _) => "DLBC",
        (8580..=8589, _) => "THYM",
        (8680..=8700, _) => "PCPG",
        (8720..=8790, 69) => "UVM",
        (8720..=8790, _) => "SKCM",
        (9060..=9110, 62 | 0) => "TGCT",
        (8170..=8175, _) => "LIHC",
        (8160..=8162 | 8180, _) => "CHOL",
        (8317, _) => "KICH",
        (8950..=8951 | 8980..=8981, 53..=56 | 0) => "UCS",
        (8800..=8936 | 9040..=9044 | 9120..=9150 | 9180..=9260 | 9540..=9581 | 8990, _) => "SARC",
        (8370, _) => "ACC",
        (8260, 64) => "KIRP",
        (_, 64) => "KIRC",
        (_, 0) => return None,
        (_, 50) => "BRCA",
        (_, 61) => "PRAD",
        (_, 73) => "THCA",
        (8050..=8084, 34) => "LUSC",
        (_, 34) => "LUAD",
        (_, 67) => "BLCA",
        (_, 0..=14 | 30..=32) => "HNSC",
        (_, 15) => "ESCA",
        (_, 16) => "STAD",
        (_, 18) => "COAD",
        (_, 19..=21) => "READ",
        (_, 22) => "LIHC",
        (_, 24) => "CHOL",
        (_, 25) => "PAAD",
        (_, 53) => "CESC",
        (_, 54 | 55) => "UCEC",
        (_, 48 | 56 | 57) => "OV",
        (_, 74) => "ACC",
        (_, 62) => "TGCT",
        (_, 44) => "SKCM",
        (_, 37) => "THYM",
        (_, 71) => "LGG",
        _ => return None,
    })
}
