//! What is a conflict within one tumour and specimen, and what is none: two methods, two specimens of one report, records
//! of which nobody knows the tumour. And what a line says of its sources.

use super::*;

fn tissue(id: &str, procedure: &str, facts: Vec<Fact>) -> Vec<Change> {
    let facts = [vec![topography(), fact(Concept::MORPHOLOGY, "8500/3"), fact(Concept::PROCEDURE, procedure)], facts];
    vec![document(id, "pathology-report", "2026-01-01"), read(id, facts.concat())]
}

fn with(concept: Concept, value: &str, polarity: Polarity) -> Fact {
    Fact { polarity, ..fact(concept, value) }
}

fn of(specimen: &str, fact: Fact) -> Fact {
    Fact { specimen: Some(specimen.to_owned()), main: false, ..fact }
}

/// How the statuses of HER2 that two reports state stand to each other.
fn her2(one: (&str, Fact), other: (&str, Fact)) -> Option<Relation> {
    let case = fold([tissue("a", one.0, vec![one.1]), tissue("b", other.0, vec![other.1])].concat());
    found(&case).into_iter().find(|(concept, _)| concept == "her2_status").map(|(_, relation)| relation)
}

#[test]
fn her2_positive_by_one_method_and_negative_by_the_other_is_a_conflict_on_the_status() {
    let ihc = |value: &str, polarity| with(Concept::HER2_IHC, value, polarity);
    let ish = |value: &str, polarity| with(Concept::HER2_ISH, value, polarity);
    let positive = || ihc("positive", Polarity::Present);
    let not_amplified = || ish("negative", Polarity::Absent);
    let score = |value: &str| fact(Concept::HER2_IHC_SCORE, value);
    let conflict = Some(Relation::Conflict);
    assert_eq!(her2(("core_biopsy", positive()), ("core_biopsy", not_amplified())), conflict);
    assert_eq!(her2(("core_biopsy", score("3+")), ("core_biopsy", not_amplified())), conflict);
    assert_eq!(her2(("lumpectomy", score("1+")), ("lumpectomy", ish("positive", Polarity::Present))), conflict);
    let typed = with(Concept::HER2_STATUS, "negative", Polarity::Present);
    assert_eq!(her2(("core_biopsy", positive()), ("core_biopsy", typed)), conflict, "a status without a method");
    let expected = Some(Relation::Expected(Why::BiopsyAgainstResection));
    assert_eq!(her2(("core_biopsy", positive()), ("lumpectomy", not_amplified())), expected, "another specimen");
}

#[test]
fn an_equivocal_her2_and_methods_that_agree_are_no_conflict() {
    let biopsy = |fact: Fact| ("core_biopsy", fact);
    let not_amplified = || with(Concept::HER2_ISH, "negative", Polarity::Absent);
    for open in [
        fact(Concept::HER2_IHC_SCORE, "2+"),
        with(Concept::HER2_IHC, "equivocal", Polarity::Uncertain),
        with(Concept::HER2_IHC, "equivocal", Polarity::Present),
        with(Concept::HER2_IHC, "negative", Polarity::Absent),
        with(Concept::HER2_IHC, "", Polarity::NotTested),
        with(Concept::HER2_IHC, "", Polarity::Insufficient),
        fact(Concept::HER2_IHC_SCORE, "nonsense"),
        fact(Concept::HER2_IHC_SCORE, "1+"),
    ] {
        let words = format!("{open:?}");
        assert_eq!(her2(biopsy(open), biopsy(not_amplified())), None, "{words}");
    }
    let positive = with(Concept::HER2_IHC, "positive", Polarity::Present);
    let told = Fact { context: Context::History, ..not_amplified() };
    assert_eq!(her2(biopsy(positive.clone()), biopsy(told)), None, "an earlier answer");
    // One method that contradicts itself is one conflict, not two.
    let other = with(Concept::HER2_IHC, "negative", Polarity::Absent);
    let case = fold(
        [tissue("a", "core_biopsy", vec![positive]), tissue("b", "core_biopsy", vec![other, not_amplified()])].concat(),
    );
    assert_eq!(found(&case), [("her2_ihc".to_owned(), Relation::Conflict)]);
}

/// A report of two specimens: what the left and what the right one are said to hold.
fn two_specimens(left: &[(Concept, &str, Polarity)], right: &[(Concept, &str, Polarity)]) -> Case {
    let facts = |specimen: &str, side_of: &str, said: &[(Concept, &str, Polarity)]| {
        let said = said.iter().map(|(concept, value, polarity)| with(concept.clone(), value, *polarity));
        let all = [fact(Concept::TOPOGRAPHY, "C50.9"), side(side_of)].into_iter().chain(said);
        all.map(|fact| of(specimen, fact)).collect::<Vec<_>>()
    };
    let main = Fact { specimen: None, ..topography() };
    let all = [vec![main], facts("A", "left", left), facts("B", "right", right)].concat();
    fold(vec![document("two", "pathology-report", "2026-01-01"), read("two", all)])
}

#[test]
fn a_benign_specimen_of_the_other_side_is_about_no_tumour() {
    let benign = (Concept::MORPHOLOGY, "9010/0", Polarity::Present);
    let none = (Concept::MORPHOLOGY, "8010/3", Polarity::Absent);
    let cancer = (Concept::MORPHOLOGY, "8500/3", Polarity::Present);
    for without in [benign, none] {
        let case = two_specimens(&[without], std::slice::from_ref(&cancer));
        let knowledge = kinds();
        let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
        assert_eq!((found(&case), summary.tumours.len()), (vec![], 1));
        let sides: Vec<_> = summary.facts.iter().filter(|f| f.fact.concept == Concept::LATERALITY).collect();
        let said: Vec<_> = sides.iter().map(|f| (f.fact.value.as_str(), f.speaks(), f.without_cancer)).collect();
        assert_eq!(said, [("left", false, true), ("right", true, false)], "the side of the cancer is the answer");
    }
}

#[test]
fn cancer_in_a_specimen_of_each_side_is_two_tumours_and_a_side_in_passing_is_still_a_conflict() {
    let cancer = |value| [(Concept::MORPHOLOGY, value, Polarity::Present), (Concept::GRADE, "G2", Polarity::Present)];
    let case = two_specimens(&cancer("8500/3"), &cancer("8520/3"));
    let knowledge = kinds();
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let sides: Vec<_> = summary.tumours.iter().map(|t| t.tumour.key.side.as_deref()).collect();
    assert_eq!((sides, found(&case)), (vec![Some("left"), Some("right")], vec![]));
    let histology = |at: usize| {
        let facts = summary.tumours[at].tumour.facts.iter().filter_map(|p| summary.facts.get(*p));
        facts.filter(|f| f.fact.concept == Concept::MORPHOLOGY).map(|f| f.fact.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!((histology(0), histology(1)), (vec!["8500/3".to_owned()], vec!["8520/3".to_owned()]));

    // A specimen without a label of its own, and one of which nothing is said, settle nothing.
    let stray = Fact { main: false, ..side("right") };
    let facts = vec![topography(), fact(Concept::MORPHOLOGY, "8500/3"), of("A", side("left")), stray];
    let case = fold(vec![document("one", "pathology-report", "2026-01-01"), read("one", facts)]);
    assert_eq!(found(&case), [("laterality".to_owned(), Relation::Conflict)]);
}

/// An unsorted record, or a sorted one, that states these and no site.
fn of_no_site(kind: Option<&str>, facts: Vec<Fact>) -> Vec<Change> {
    let mut added = document("stray", kind.unwrap_or("other"), "2026-03-01");
    if let (None, Change::Gather(change)) = (kind, &mut added)
        && let GatherChange::DocumentAdded { document, .. } = change.as_mut()
    {
        document.proposed = Proposals::default();
    }
    vec![added, read("stray", facts)]
}

fn stages() -> Knowledge {
    let lines = [Concept::T, Concept::N].map(|concept| SummaryLineFacts {
        part: SummaryPart::Stage,
        concept,
        sites: Vec::new(),
    });
    Knowledge { summary_lines: lines.to_vec(), ..kinds() }
}

#[test]
fn a_stage_whose_tumour_is_not_clear_is_shown_with_the_only_one_and_never_stands_for_it() {
    for kind in [None, Some("oncology-consultation")] {
        let mut changes = rosa().into_iter().take(5).collect::<Vec<_>>();
        changes.extend(of_no_site(kind, vec![p(Concept::T, "T2(m)"), p(Concept::N, "N0")]));
        let (case, knowledge) = (fold(changes), stages());
        let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
        let tumour = &summary.tumours[0];
        let line = |concept: &Concept| tumour.lines.iter().find(|l| l.concept == *concept).unwrap();
        let t = &line(&Concept::T).values[0];
        let each: Vec<_> = t.each.iter().map(|said| (said.words.as_str(), said.unclear)).collect();
        assert_eq!(t.words, "pT2", "{kind:?}: the fuller wording is of a record whose tumour is not clear");
        assert_eq!(each, [("pT2", false), ("pT2(m)", true)], "{kind:?}");
        let conflict = tumour.differences.iter().find(|d| d.concept == Concept::N).unwrap();
        assert_eq!((conflict.relation, conflict.unclear), (Relation::Conflict, true), "{kind:?}");
        assert!(line(&Concept::N).unclear, "{kind:?}");
    }
}

#[test]
fn records_that_are_sorted_and_name_the_site_are_clear_and_other_facts_are_not_asked_about() {
    let mut changes = rosa();
    changes.extend(of_no_site(None, vec![fact(Concept::ER, "positive"), with(Concept::N, "", Polarity::NotTested)]));
    let (case, knowledge) = (fold(changes), stages());
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let unclear = summary.tumours[0].tumour.unclear.iter().filter_map(|p| summary.facts.get(*p));
    assert_eq!(unclear.map(|f| f.fact.concept.as_str()).collect::<Vec<_>>(), ["n"], "the receptor is no stage");
    let of_n: Vec<_> = summary.tumours[0].differences.iter().filter(|d| d.concept == Concept::N).collect();
    assert_eq!(of_n.iter().map(|d| d.unclear).collect::<Vec<_>>(), [false], "two clear records contradict each other");
    // Where no record names a site, there is nothing that it joins in silence.
    let case = fold(of_no_site(None, vec![p(Concept::T, "T2")]));
    let knowledge = stages();
    let alone = super::summary(&case.seen_by(Audience::Owner), &knowledge);
    assert!(alone.tumours.iter().all(|t| t.tumour.unclear.is_empty()));
}

fn sized(of: &str, millimetres: &str, confirmed: bool) -> Vec<Change> {
    let size = Fact { unit: Some("mm".to_owned()), ..fact(Concept::TUMOR_SIZE_MM, millimetres) };
    let mut changes = tissue(of, "lumpectomy", vec![size.clone()]);
    if confirmed {
        let key = FactKey::of(&DocumentId::from(of), &size);
        let judgement = Judgement::Confirmed { value: Some(millimetres.to_owned()) };
        changes.push(ReadingChange::FactJudged { key, judgement, of: Some(AsRead::of(&size)), replaces: None }.into());
    }
    changes
}

fn size_line(changes: Vec<Change>) -> SummaryValue {
    let line = SummaryLineFacts { part: SummaryPart::Specimen, concept: Concept::TUMOR_SIZE_MM, sites: Vec::new() };
    let (case, knowledge) = (fold(changes), Knowledge { summary_lines: vec![line], ..kinds() });
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    summary.tumours[0].lines[0].values[0].clone()
}

#[test]
fn values_that_are_joined_keep_what_each_source_says_and_a_word_for_one_is_not_a_word_for_both() {
    let check = |one: bool, other: bool, expect: (usize, bool)| {
        let value = size_line([sized("a", "31", one), sized("b", "31.4", other)].concat());
        let mut each: Vec<&str> = value.each.iter().map(|said| said.words.as_str()).collect();
        each.sort_unstable();
        assert_eq!(each, ["31 mm", "31.4 mm"]);
        assert_eq!((value.documents, value.confirmed, value.is_confirmed()), (2, expect.0, expect.1));
        value.words
    };
    check(false, false, (0, false));
    assert_eq!(check(true, false, (1, false)), "31 mm", "what a person stands for comes first");
    assert_eq!(check(false, true, (1, false)), "31.4 mm");
    check(true, true, (2, true));
    let alike = size_line([sized("a", "31", true), sized("b", "31", false)].concat());
    assert_eq!((alike.each.len(), alike.confirmed, alike.is_confirmed()), (1, 1, false));
}

#[test]
fn a_stain_on_a_benign_specimen_makes_no_second_cancer() {
    let benign = |er| vec![(Concept::MORPHOLOGY, "9010/0", Polarity::Present), (Concept::ER, "positive", er)];
    let cancer = vec![(Concept::MORPHOLOGY, "8500/3", Polarity::Present), (Concept::ER, "positive", Polarity::Present)];
    let cancers = |case: &Case| summary(&case.seen_by(Audience::Owner), &kinds()).tumours.len();
    for er in [Polarity::Present, Polarity::Absent] {
        assert_eq!(cancers(&two_specimens(&benign(er), &cancer)), 1, "{er:?}: one cancer");
    }
    let stained = vec![(Concept::ER, "negative", Polarity::Absent)];
    assert_eq!(cancers(&two_specimens(&stained, &cancer)), 2, "a stained specimen of which nothing benign is said");
    let untested = vec![(Concept::ER, "", Polarity::NotTested)];
    assert_ne!(cancers(&two_specimens(&untested, &cancer)), 2, "no answer is no cancer");
}

/// How two operations on one tumour stand to each other on what their reports state.
fn operations(one: (&str, &[Fact]), other: (&str, &[Fact])) -> Vec<(String, Relation)> {
    let case = fold([tissue("a", one.0, one.1.to_vec()), tissue("b", other.0, other.1.to_vec())].concat());
    found(&case)
}

#[test]
fn an_involved_margin_and_a_free_one_after_re_excision_are_of_two_operations() {
    let involved = with(Concept::MARGIN, "involved", Polarity::Present);
    let free = with(Concept::MARGIN, "free", Polarity::Absent);
    let expected = [("margin".to_owned(), Relation::Expected(Why::AnotherOperation))];
    let conflict = [("margin".to_owned(), Relation::Conflict)];
    let (involved, free) = (std::slice::from_ref(&involved), std::slice::from_ref(&free));
    assert_eq!(operations(("lumpectomy", involved), ("re_excision", free)), expected);
    assert_eq!(operations(("excision", free), ("re_excision", involved)), expected, "left by the first one");
    assert_eq!(operations(("core_biopsy", involved), ("re_excision", free)).len(), 1);
    // Two reports of one operation contradict each other, also where it is the further one.
    assert_eq!(operations(("lumpectomy", involved), ("lumpectomy", free)), conflict);
    assert_eq!(operations(("re_excision", involved), ("re_excision", free)), conflict);
}

#[test]
fn what_a_further_operation_cannot_change_stays_a_conflict() {
    let positive = with(Concept::ER, "positive", Polarity::Present);
    let negative = with(Concept::ER, "negative", Polarity::Absent);
    for (one, other) in
        [(positive, negative), (p(Concept::T, "T2"), p(Concept::T, "T1")), (side("left"), side("right"))]
    {
        let relations = operations(("lumpectomy", std::slice::from_ref(&one)), ("re_excision", &[other]));
        assert!(
            !relations.iter().any(|(_, relation)| matches!(relation, Relation::Expected(_))),
            "{one:?} {relations:?}"
        );
    }
    // A third statement that nothing explains makes it a conflict all the same.
    let margin = |value: &str, polarity| vec![with(Concept::MARGIN, value, polarity)];
    let reports = [
        tissue("a", "lumpectomy", margin("involved", Polarity::Present)),
        tissue("b", "lumpectomy", margin("free", Polarity::Absent)),
        tissue("c", "re_excision", margin("free", Polarity::Absent)),
    ];
    assert_eq!(found(&fold(reports.concat())), [("margin".to_owned(), Relation::Conflict)]);
}

/// How two sizes stand to each other: each with the kind of its record, its day, and the facts beside it.
fn sizes(one: (&str, &str, Vec<Fact>), other: (&str, &str, Vec<Fact>)) -> Vec<(String, Relation)> {
    let record = |id: &str, (kind, day, facts): (&str, &str, Vec<Fact>)| {
        let facts = [vec![topography(), fact(Concept::MORPHOLOGY, "8500/3")], facts].concat();
        vec![document(id, kind, day), read(id, facts)]
    };
    found(&fold([record("one", one), record("other", other)].concat()))
}

fn millimetres(value: &str, setting: Option<&str>) -> Fact {
    let mut size = Fact { unit: Some("mm".to_owned()), ..fact(Concept::TUMOR_SIZE_MM, value) };
    size.qualifiers.setting = setting.map(str::to_owned);
    size
}

#[test]
fn sizes_of_a_sample_and_of_what_was_removed_are_no_contradiction_and_two_of_one_specimen_are() {
    let procedure = |name: &str| fact(Concept::PROCEDURE, name);
    let clinical = || Fact {
        qualifiers: Qualifiers { prefix: Some("c".to_owned()), ..Qualifiers::default() },
        ..fact(Concept::T, "T2")
    };
    let tissue = "pathology-report";
    let (before, after, later) = ("2026-01-01", "2026-02-01", "2026-03-01");
    let biopsy =
        |more: Vec<Fact>| (tissue, before, [vec![procedure("core_biopsy"), millimetres("13", None)], more].concat());
    let excision = || (tissue, after, vec![procedure("lumpectomy"), millimetres("23", None)]);
    let expected = [("tumor_size_mm".to_owned(), Relation::Expected(Why::BiopsyAgainstResection))];
    assert_eq!(sizes(biopsy(vec![]), excision()), expected);
    assert_eq!(sizes(biopsy(vec![clinical()]), excision()), expected, "a clinical category makes no operation");
    let letter = |value, setting| ("oncology-consult", later, vec![millimetres(value, setting)]);
    assert_eq!(sizes(letter("13", Some("biopsy")), excision()), expected, "13 mm (biopsy), in a letter of afterwards");
    let conflict = [("tumor_size_mm".to_owned(), Relation::Conflict)];
    assert_eq!(sizes(letter("13", None), excision()), conflict, "a letter that does not say of what");
    assert_eq!(sizes(letter("13", Some("resection")), excision()), conflict, "of the same specimen");
    assert_eq!(sizes(letter("13", Some("nonsense")), excision()), conflict);
    let again = (tissue, after, vec![procedure("lumpectomy"), millimetres("13", None)]);
    assert_eq!(sizes(again, excision()), conflict);
    assert_eq!(
        sizes(biopsy(vec![]), (tissue, before, vec![procedure("core_biopsy"), millimetres("23", None)])),
        conflict
    );
}

/// A statement about a gene.
fn variant(value: &str, polarity: Polarity) -> Fact {
    let gene = value.split(' ').next().map(str::to_owned);
    let qualifiers = Qualifiers { gene, ..Qualifiers::default() };
    Fact { polarity, qualifiers, ..fact(Concept::VARIANT, value) }
}

#[test]
fn changes_of_a_gene_contradict_each_other_only_where_they_are_the_same() {
    let differ = |one: Vec<Fact>, other: Vec<Fact>| {
        let told = |mut facts: Vec<Fact>| {
            facts.push(topography());
            facts.push(fact(Concept::MORPHOLOGY, "8140/3"));
            facts
        };
        let case = fold(vec![
            document("one", "pathology-report", "2026-01-01"),
            document("other", "pathology-report", "2026-01-20"),
            read("one", told(one)),
            read("other", told(other)),
        ]);
        found(&case).iter().any(|(concept, _)| concept == "variant")
    };
    let (is, no) = (Polarity::Present, Polarity::Absent);
    assert!(!differ(vec![variant("EGFR L858R", is), variant("EGFR T790M", no)], vec![]));
    assert!(!differ(vec![variant("TP53 R175H", is), variant("TP53 R248W", is)], vec![]));
    assert!(!differ(vec![variant("BRAF V600E", no), variant("BRAF V600K", no)], vec![]));
    assert!(differ(vec![variant("KRAS G12D", is)], vec![variant("KRAS G12D", no)]));
    assert!(differ(vec![variant("KRAS G12D", is)], vec![variant("KRAS wild type", no)]));
    assert!(differ(vec![variant("KRAS G12D", is)], vec![variant("KRAS G12C", is)]));
}

#[test]
fn a_metastasis_has_the_histology_of_its_tumor() {
    let case = fold(vec![
        document("one", "pathology-report", "2026-01-01"),
        document("other", "pathology-report", "2026-01-20"),
        read("one", vec![topography(), fact(Concept::MORPHOLOGY, "8140/3")]),
        read("other", vec![fact(Concept::MORPHOLOGY, "8140/6")]),
    ]);
    assert_eq!(found(&case), []);
}
