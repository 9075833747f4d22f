//! The demo: its files imported, and the chapters of its story told through the same use-cases as the pages. Everybody
//! and everything in it is fictitious.

use std::path::Path;

use anyhow::{Context, Result};
use consilium_app::casefile::gather::requests::LetterKind;
use consilium_app::casefile::gather::tissue::{Custody, Material, Step, Tissue};
use consilium_app::casefile::knowledge::Department;
use consilium_app::casefile::registration::Registration;
use consilium_app::casefile::share::{Delivery, Receipt, Recipient};
use consilium_app::casefile::shared::contact::Reach;
use consilium_app::casefile::{CaseId, DeliveryId, HolderId, PacketId, Session, TissueId};
use consilium_app::cases::NewCase;
use consilium_app::gather::{ImportRequest, NewContact, NewRequest, NewSentLetter};
use consilium_app::share::PacketRequest;
use consilium_app::{App, Protection, Storage, make_folder};
use consilium_demo::Story;
use jiff::civil::Date;

use crate::arguments::Demo;
use crate::unlock;

/// The second team of the demo’s story.
const CENTER: &str = "Riverbend Example Cancer Center";

pub(super) async fn make_demo(home: &Path, demo: &Demo) -> Result<App> {
    let today = match &demo.today {
        Some(text) => text.parse().context("write --today as 2026-11-21")?,
        None => consilium_app::clock::now().date(),
    };
    crate::say!("Writing the demo’s files (everybody in them is fictitious) …");
    let shoebox = home.with_extension("shoebox");
    make_folder(&shoebox)?;
    consilium_demo::write_shoebox(&shoebox, today)?;
    crate::say!("Importing them …");
    let (app, _) = App::create(home, Storage::Local, Protection::Plain, unlock::reader()).await?;
    let session = Session::owner();
    let story = consilium_demo::demo_case(today);
    let name = story.patient.name.as_ref().map(consilium_app::casefile::PersonName::display).unwrap_or_default();
    let born = story.patient.birth_date.map(|date| date.to_string()).unwrap_or_default();
    let new = NewCase {
        handle: "rosa".to_owned(),
        name,
        birth_date: born,
        site: Some(story.cancer.to_owned()),
        cancer_words: "left breast".to_owned(),
    };
    let told =
        Told { app: &app, session: &session, story: Story::told_on(today), today: consilium_app::clock::now().date() };
    told.on(-37);
    let case = app.new_case(&session, &new).await?;
    let start = story.treatment_start.to_string();
    app.plan_treatment_start(&session, &case, &start, "chemotherapy").await?;
    let (doctor, words) = (story.treatment_start_said_by, story.treatment_start_because);
    app.state_safe_wait(&session, &case, doctor, words, &start, "").await?;
    app.choose_center(&session, &case, CENTER).await?;
    let request = ImportRequest { sources: vec![shoebox.clone()], ..ImportRequest::default() };
    let report = app.import(&session, &case, request, |_| {}).await?;
    let totals = report.import.totals;
    crate::say!(
        "{} files: {} kept, {} duplicates, {} set aside, {} refused.",
        totals.files,
        totals.kept,
        totals.duplicate,
        totals.set_aside,
        totals.refused
    );
    std::fs::remove_dir_all(&shoebox)?;
    crate::say!("Telling what was asked for, sent and confirmed …");
    told.gather(&case).await?;
    crate::say!("Telling what both doctors said …");
    told.opinions(&case).await?;
    app.tell_as_of(0);
    Ok(app)
}

/// Where the story stands, and who tells it.
pub(super) struct Told<'a> {
    pub(super) app: &'a App,
    pub(super) session: &'a Session,
    pub(super) story: Story,
    today: Date,
}

impl Told<'_> {
    /// What follows happened on this day of the story.
    pub(super) fn on(&self, offset: i32) {
        let day = self.story.day(offset);
        let ago = self.today.since(day).map_or(0, |span| i64::from(span.get_days()));
        self.app.tell_as_of(ago.max(0));
    }

    fn day(&self, offset: i32) -> Date {
        self.story.day(offset)
    }

    async fn holder(
        &self,
        case: &CaseId,
        name: &str,
        department: Department,
        phone: &str,
        fax: &str,
    ) -> Result<HolderId> {
        let reach = Reach {
            phone: phone.to_owned(),
            fax: fax.to_owned(),
            hours: "Monday to Friday, 8:00 to 16:30".to_owned(),
            said_by: "operator of the hospital".to_owned(),
            said_on: Some(self.day(-36)),
            ..Reach::default()
        };
        let known = self.app.case(self.session, case).await?;
        let known = self.app.holder_named(&known, name).ok();
        Ok(self.app.state_holder(self.session, case, known.as_ref(), name, Some((department, reach))).await?.1)
    }

    async fn piece(&self, case: &CaseId, of: Piece<'_>) -> Result<TissueId> {
        let tissue = Tissue {
            id: TissueId(String::new()),
            accession: of.accession.to_owned(),
            part: of.block.get(..1).unwrap_or_default().to_owned(),
            block: of.block.to_owned(),
            material: of.material,
            stain: of.stain.to_owned(),
            count: of.count,
            uncounted: false,
            recut: false,
            collected: Some(self.day(of.collected)),
            laboratory: Some(of.laboratory.clone()),
            report: None,
            small: of.small,
            remaining: String::new(),
        };
        Ok(self.app.register_tissue(self.session, case, tissue).await?.1)
    }

    /// Who holds what, what was asked for, what went to the centre, and what they confirmed.
    async fn gather(&self, case: &CaseId) -> Result<()> {
        let (app, session) = (self.app, self.session);
        self.on(-36);
        let registration = Registration {
            address: "12 Example Street\nSpringfield".to_owned(),
            phone: "555-0142".to_owned(),
            language: "English".to_owned(),
            plan: "Example Mutual, EPO of the employer".to_owned(),
            member: "EXM-000-0142".to_owned(),
            referring_doctor: "Dr. Anna Sample-Example, 555-0170".to_owned(),
            emergency_contact: "Ines Example, daughter, 555-0143".to_owned(),
            ..Registration::default()
        };
        app.state_registration(session, case, registration).await?;
        for (situation, happened) in
            [("radiation", false), ("systemic", false), ("foreign", false), ("procedure", false)]
        {
            app.state_situation(session, case, situation, Some(happened)).await?;
        }
        let hospital =
            self.holder(case, "Springfield Example Hospital", Department::Pathology, "555-0110", "555-0111").await?;
        self.holder(case, "Springfield Example Hospital", Department::Records, "555-0112", "555-0113").await?;
        let imaging =
            self.holder(case, "Sample Street Imaging Center", Department::Radiology, "555-0120", "555-0121").await?;
        self.holder(case, CENTER, Department::Records, "555-0180", "555-0181").await?;
        self.holder(case, CENTER, Department::Pathology, "555-0182", "555-0183").await?;

        self.on(-35);
        let piece = |accession, block, material, stain, count, collected, small| Piece {
            accession,
            block,
            material,
            stain,
            count,
            collected,
            small,
            laboratory: &hospital,
        };
        let slides = vec![
            self.piece(case, piece("S-10421", "A1", Material::Slide, "H&E, ER, PR, HER2", 6, -86, true)).await?,
            self.piece(case, piece("S-10421", "A2", Material::Slide, "H&E", 2, -86, true)).await?,
            self.piece(case, piece("S-11877", "B1-B6", Material::Slide, "H&E", 14, -60, false)).await?,
        ];
        self.piece(case, piece("S-10421", "A1", Material::Block, "", 1, -86, true)).await?;
        let asked = Custody { note: "by fax".to_owned(), ..Custody::of(Step::Requested, self.day(-35)) };
        app.tissue_custody(session, case, &slides, asked).await?;
        let new = NewRequest {
            requirements: vec!["slides".to_owned()],
            items: "The immunostains ER, PR and HER2 of S-10421".to_owned(),
            route: "laboratory".to_owned(),
            needed_by: None,
            running_known: false,
        };
        let (_, request) = app.draft_request(session, case, &hospital, Department::Pathology, &new).await?;
        app.letter_sent(session, case, &request, letter(self.day(-35), None, "fax")).await?;

        self.on(-34);
        let new = NewRequest {
            requirements: vec!["breast-mammogram".to_owned()],
            items: "Diagnostic mammogram and ultrasound of the left breast: all images as DICOM".to_owned(),
            route: "access-letter".to_owned(),
            needed_by: None,
            running_known: false,
        };
        let (_, images) = app.draft_request(session, case, &imaging, Department::Radiology, &new).await?;
        app.letter_sent(session, case, &images, letter(self.day(-37), Some(self.day(-34)), "mail")).await?;

        self.on(-28);
        let call = NewContact {
            on: Some(self.day(-28)),
            at: "10:20".to_owned(),
            how: "call".to_owned(),
            with: "Pat Example, slide library".to_owned(),
            said: "The form for release has to carry the center’s address. They have it now.".to_owned(),
            promised: "Slides leave within a week".to_owned(),
            reference: "EX-28".to_owned(),
            corrects: None,
        };
        app.request_contacted(session, case, &request, call).await?;

        self.on(-14);
        let blind = PacketRequest { blind: true, ..PacketRequest::default() };
        let made = app.hold_packet(session, case, blind).await?;
        let delivery = Delivery {
            id: DeliveryId(String::new()),
            packet: made.packet.id.clone(),
            recipient: Recipient::Center,
            to: CENTER.to_owned(),
            how: "upload to the intake desk".to_owned(),
            on: self.day(-14),
            tracking: "EX-UPLOAD-14".to_owned(),
        };
        let (_, delivery) = app.deliver(session, case, delivery).await?;

        self.on(-12);
        let receipt = Receipt {
            delivery,
            on: self.day(-12),
            by: "Kim Example, intake desk".to_owned(),
            documents: made.packet.documents,
            studies: made.packet.studies,
            missing: "The glass slides of S-10421 and S-11877 have not come.".to_owned(),
            from_file: None,
        };
        app.confirm_receipt(session, case, receipt).await?;
        self.what_came_later(case, made.packet.id).await
    }

    /// A new result, and the packet that follows the first one: nobody has confirmed it yet.
    async fn what_came_later(&self, case: &CaseId, first: PacketId) -> Result<()> {
        let (app, session) = (self.app, self.session);
        self.on(-3);
        let folder = tempfile::tempdir().context("there is no room for a temporary file")?;
        std::fs::write(folder.path().join("lab report of this week.pdf"), consilium_demo::late_record(&self.story)?)?;
        let request = ImportRequest { sources: vec![folder.path().to_owned()], ..ImportRequest::default() };
        app.import(session, case, request, |_| {}).await?;
        self.on(-2);
        let delta = PacketRequest { blind: true, since: Some(first), ..PacketRequest::default() };
        let made = app.hold_packet(session, case, delta).await?;
        let delivery = Delivery {
            id: DeliveryId(String::new()),
            packet: made.packet.id,
            recipient: Recipient::Center,
            to: CENTER.to_owned(),
            how: "upload to the intake desk".to_owned(),
            on: self.day(-2),
            tracking: String::new(),
        };
        app.deliver(session, case, delivery).await?;
        Ok(())
    }
}

/// A line of the register, as the story tells it.
struct Piece<'a> {
    accession: &'a str,
    block: &'a str,
    material: Material,
    stain: &'a str,
    count: u32,
    collected: i32,
    small: bool,
    laboratory: &'a HolderId,
}

/// The letter of a request, sent to the department that was asked.
fn letter(on: Date, received: Option<Date>, how: &str) -> NewSentLetter {
    let (kind, how) = (LetterKind::Request, how.to_owned());
    NewSentLetter { kind, on: Some(on), how, to: String::new(), received, moment: None, file: None }
}
