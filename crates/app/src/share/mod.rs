//! Share: the packet. What goes in is chosen from a [`CaseView`](consilium_casefile::CaseView) and nothing else; the
//! press sets its pages, exchange writes its DICOMDIR, and every byte is named with its SHA-256 in the manifest.

mod assemble;
mod changes;
mod checked;
mod contents;
mod deliveries;
mod fax_ahead;
mod front_page;
mod held;
mod lacking;
mod list;
mod mentions;
mod open_lines;
mod print;
mod receipts;
mod received;
mod sink;
mod unfinished;

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use consilium_casefile::knowledge::CenterProgram;
use consilium_casefile::share::PacketRecord;
use consilium_casefile::{Audience, Case, CaseId, DocumentId, Message, ObjectId, PacketId, Refusal, Session, share};
use consilium_vault::make_folder;
use serde::Serialize;

use crate::app::folded_to;
use crate::error::{AppError, Doing};
use crate::{App, ids};

pub(crate) use assemble::README_BEGINS;
pub use checked::Checked;
pub use contents::Plan;
pub use fax_ahead::FaxAhead;
pub(crate) use held::FAX;
pub(crate) use list::sha256_of;
pub use mentions::{BeforeBlind, LackingFact, Mentions};
pub use receipts::ReceiptLook;
pub use received::{Account, AccountRow, Counts, Items, PacketCase, PacketLook, RecalledRow};
use sink::{DiscSink, FolderSink, NamedSink, ZipSink};
pub(crate) use unfinished::sweep;

/// What packet to make.
#[derive(Debug, Clone, Default)]
pub struct PacketRequest {
    /// For which centre; `None` takes the one the case names.
    pub center: Option<String>,
    /// For a blind read: without documents that state another clinician's plan.
    pub blind: bool,
    /// Documents (by id) and studies (by Study Instance UID) that a person leaves out.
    pub without: Vec<String>,
    /// Only what is new or changed since this packet and those it follows.
    pub since: Option<PacketId>,
    /// With a fax edition: all pages once more, in black and white and larger type.
    pub fax: bool,
}

impl PacketRequest {
    fn audience(&self) -> Audience {
        if self.blind { Audience::BlindReader } else { Audience::Specialist }
    }
}

/// A packet that was made.
#[derive(Debug, Clone, Serialize)]
pub struct PacketMade {
    /// As the ledger records it.
    pub packet: PacketRecord,
    /// Files in it.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// What could not be printed, and stands as pictures or as a slip; and what to know before it goes.
    pub problems: Vec<String>,
    /// Of a blind edition: what is in it and mentions a plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plan_mentions: Vec<Mentions>,
}

impl App {
    /// What a packet would hold, in its order: the preview, made by the same code as the packet.
    ///
    /// # Errors
    /// A refusal when there is nothing to put in.
    pub async fn packet_plan(&self, session: &Session, id: &CaseId, request: &PacketRequest) -> Result<Plan, AppError> {
        let case = self.changeable(session, id).await?;
        let view = case.seen_by(request.audience());
        let all = case.seen_by(Audience::Owner);
        let is_held =
            |id: &str| all.study(id).is_some() || all.document(&DocumentId::from(id), self.knowledge()).is_some();
        if let Some(unknown) = request.without.iter().find(|id| !is_held(id)) {
            // What was meant to stay out must not go because of a slip.
            return Err(Refusal::new("refusal-without-unknown").with("id", unknown).into());
        }
        let center = request.center.as_deref().or(view.center());
        let known = match &request.since {
            None => None,
            Some(packet) => {
                let before = case.held_share().packet(packet);
                if before.is_some_and(|p| p.audience == Audience::BlindReader) && !request.blind {
                    return Err(Refusal::new("refusal-delta-not-blind").into());
                }
                let sent = share::already_sent(case.held_share(), self.knowledge(), packet, center);
                Some(sent.ok_or_else(|| Refusal::new("refusal-packet-since"))?)
            }
        };
        let follows = |packet| share::may_follow(case.held_share(), self.knowledge(), packet, center);
        let warning = request.since.as_ref().map(follows).transpose()?.flatten();
        let before = match &request.since {
            Some(packet) => self.case_at_packet(id, &case, packet).await?,
            None => None,
        };
        let before = before.as_ref().zip(request.since.as_ref()).map(|(before, packet)| {
            let (view, share) = (before.seen_by(request.audience()).on(self.now().date()), case.held_share());
            changes::Before { view, owner: case.seen_by(Audience::Owner), share, packet }
        });
        let mut plan = contents::plan(self, &view, request, known.as_ref(), before.as_ref());
        plan.other_names = u32::try_from(all.under_other_names()).unwrap_or(u32::MAX);
        plan.warnings.extend(warning.map(|warning| self.say(&warning)));
        let program = center.and_then(|center| self.knowledge().program(center));
        let not_taken = program.map(|program| self.not_taken(program, &plan, request.fax));
        plan.warnings.extend(not_taken.into_iter().flatten());
        if request.blind {
            let goes = |m: &Mentions| m.document.as_ref().is_none_or(|id| plan.documents.iter().any(|d| d.id == *id));
            let owner = case.seen_by(Audience::Owner);
            let mut mentions = self.before_blind_of(&owner, center).plan_mentions;
            mentions.retain(goes);
            plan.plan_mentions = mentions;
        }
        if known.is_some() && plan.documents.is_empty() && plan.studies.is_empty() && !plan.has_corrections {
            return Err(Refusal::new("refusal-nothing-new").into());
        }
        if !plan.has_corrections {
            share::may_make(plan.documents.len(), plan.studies.len())?;
        }
        Ok(plan)
    }

    /// What of a packet its centre does not take, in sentences.
    fn not_taken(&self, program: &CenterProgram, plan: &Plan, fax: bool) -> Vec<String> {
        let endings = plan.documents.iter().filter_map(|d| Some(d.path.rsplit_once('.')?.1));
        let endings: Vec<String> = endings.map(str::to_lowercase).collect();
        let images = (!plan.studies.is_empty()).then_some("dcm");
        let others = program.does_not_take(endings.iter().map(String::as_str).chain(images));
        let kinds = (!others.is_empty()).then(|| {
            let takes = program.file_kinds.join(", ");
            self.say(&Message::new("packet-file-kinds").with("takes", takes).with("others", others.join(", ")))
        });
        let no_fax = (fax && !program.takes_a_fax()).then(|| self.say(&Message::new("packet-no-fax")));
        kinds.into_iter().chain(no_fax).collect()
    }

    /// The case as it was when a packet was made; `None` where its ledger does not tell.
    async fn case_at_packet(
        &self,
        id: &CaseId,
        case: &Case,
        packet: &PacketId,
    ) -> Result<Option<std::sync::Arc<Case>>, AppError> {
        let Some(at) = case.held_share().packet(packet).and_then(|packet| packet.at) else { return Ok(None) };
        let entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        let made = entries.iter().find(|entry| entry.header.at == at && entry.header.kind == "share.packet_made");
        made.map(|entry| entry.header.seq).map(|seq| folded_to(id, entries, seq)).transpose()
    }

    /// Makes the packet as a ZIP or a disc image (a name that ends in `.zip` or `.iso`) or a folder, and records it.
    ///
    /// # Errors
    /// A refusal when there is nothing to put in, or the place is taken.
    pub async fn make_packet(
        &self,
        session: &Session,
        id: &CaseId,
        request: PacketRequest,
        to: &Path,
    ) -> Result<PacketMade, AppError> {
        let plan = self.packet_plan(session, id, &request).await?;
        let packet: PacketId = ids::new();
        let is = |kind: &str| to.extension().is_some_and(|e| e.eq_ignore_ascii_case(kind));
        let (is_zip, is_disc) = (is("zip"), is("iso"));
        let (app, case, to) = (self.clone(), id.clone(), to.to_owned());
        let making = list::Making { packet: packet.clone(), since: request.since.clone() };
        let (now, home) = (self.now(), self.home().to_owned());
        let assembled = tokio::task::spawn_blocking(move || {
            let mut sink: Box<dyn NamedSink> = match (is_zip, is_disc) {
                (true, _) => Box::new(ZipSink::create(&home, &to, now)?),
                (_, true) => Box::new(DiscSink::create(&home, &to)?),
                _ => Box::new(FolderSink::create(&home, &to)?),
            };
            let assembled = assemble::assemble(&app, &case, &plan, &making, sink.as_sink())?;
            Ok::<_, AppError>((assembled, plan, sink.close()?))
        });
        let (assembled, plan, unnamed) = assembled.await.doing("making the packet")??;
        // On the record first: a packet that has its name is one that the case knows of.
        let made = self.record_packet(session, id, packet, &request, plan, assembled, None).await?;
        let Err(error) = unnamed.name() else { return Ok(made) };
        // The name was taken meanwhile, or the stick pulled: what does not exist must not stand among what was made.
        let rule = |case: &Case| Ok(vec![share::unmake_packet(case.held_share(), &made.packet.id)?]);
        match self.change(session, id, rule).await {
            Ok(_) | Err(AppError::Refusal(_)) => Err(error),
            Err(worse) => Err(worse),
        }
    }

    /// Makes the packet as a ZIP kept in the home (sealed like everything else), to be downloaded.
    ///
    /// # Errors
    /// A refusal when there is nothing to put in.
    pub async fn hold_packet(
        &self,
        session: &Session,
        id: &CaseId,
        request: PacketRequest,
    ) -> Result<PacketMade, AppError> {
        let plan = self.packet_plan(session, id, &request).await?;
        let packet: PacketId = ids::new();
        let scratch = self.home().join("scratch");
        make_folder(&scratch).doing("making room for the packet")?;
        let _storing = self.storing(id).await?;
        let writer = self.vault().object_writer(id).await.doing("opening the store")?;
        let (app, case) = (self.clone(), id.clone());
        let making = list::Making { packet: packet.clone(), since: request.since.clone() };
        let now = self.now();
        let assembled = tokio::task::spawn_blocking(move || {
            let file = tempfile::tempfile_in(&scratch).doing("making room for the packet")?;
            let mut sink = ZipSink::over(file, now);
            let assembled = assemble::assemble(&app, &case, &plan, &making, &mut sink)?;
            let mut file = sink.finish_file()?;
            let length = file.seek(SeekFrom::End(0)).doing("reading the packet back")?;
            file.seek(SeekFrom::Start(0)).doing("reading the packet back")?;
            let object = writer.put_reader(&mut file as &mut dyn Read, length).doing("keeping the packet")?.object;
            writer.finish().doing("keeping the packet")?;
            Ok::<_, AppError>((assembled, plan, object))
        });
        let (assembled, plan, object) = assembled.await.doing("making the packet")??;
        self.record_packet(session, id, packet, &request, plan, assembled, Some(object)).await
    }

    #[expect(clippy::too_many_arguments, reason = "one place, called twice")]
    async fn record_packet(
        &self,
        session: &Session,
        id: &CaseId,
        packet: PacketId,
        request: &PacketRequest,
        plan: Plan,
        assembled: assemble::Assembled,
        object: Option<ObjectId>,
    ) -> Result<PacketMade, AppError> {
        let with_words = plan.plan_mentions.iter().filter(|mentions| !mentions.quotes.is_empty());
        let shown = with_words.filter_map(|mentions| mentions.document.clone());
        let record = PacketRecord {
            id: packet,
            center: plan.center.clone().unwrap_or_default(),
            audience: request.audience(),
            documents: plan.documents.iter().map(|d| d.id.clone()).collect(),
            studies: plan.studies.iter().map(|s| s.uid.clone()).collect(),
            manifest_sha256: assembled.manifest_sha256,
            object,
            bytes: assembled.bytes,
            since: request.since.clone(),
            fax: request.fax,
            images: plan.studies.iter().map(|s| (s.uid.clone(), s.images)).collect(),
            items: assembled.items,
            stated: Default::default(),
            other_names: plan.other_names,
            shown: request.blind.then(|| shown.collect()),
            dropped: false,
            at: None,
        };
        let rule = |case: &Case| Ok(vec![share::record_packet(case, self.knowledge(), record.clone())?]);
        self.change(session, id, rule).await?;
        Ok(PacketMade {
            packet: record,
            files: assembled.files,
            bytes: assembled.bytes,
            problems: assembled.problems,
            plan_mentions: plan.plan_mentions,
        })
    }

    /// A packet kept in the home: its object and length, to be read in ranges.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such packet.
    pub async fn held_packet(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
    ) -> Result<(ObjectId, u64), AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let record = view.packets().into_iter().find(|p| p.id == *packet).ok_or(AppError::NotFound)?;
        let object = record.object.clone().ok_or(AppError::NotFound)?;
        let length = self.vault().object_length(id, &object).await.doing("reading the packet")?;
        Ok((object, length))
    }

    /// A part of a packet kept in the home.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such packet.
    pub async fn packet_range(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, AppError> {
        let (object, _) = self.held_packet(session, id, packet).await?;
        self.vault().read_range(id, &object, offset, length).await.doing("reading the packet")
    }
}
