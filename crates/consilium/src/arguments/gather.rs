//! What can be typed about gathering and handing over: the checklist, holders, requests, slides, deliveries.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// Short name of the case.
    #[arg(long)]
    pub case: String,
    /// The centre; without one, that of the case.
    #[arg(long = "for")]
    pub center: Option<String>,
    /// For a blind edition: a line whose records are left out of it is "withheld".
    #[arg(long)]
    pub blind: bool,
    /// Answer a question of the list, as `radiation=no`; may be given several times.
    #[arg(long = "answer")]
    pub answers: Vec<String>,
    /// Set a line of the list aside, as `genomic-report=The center does not want it`; an empty reason takes it back.
    #[arg(long = "settle")]
    pub settle: Vec<String>,
    /// What `--settle` says holds for this center only (that of `--for`, or of the case), and not for every one.
    #[arg(long, requires = "settle")]
    pub this_center_only: bool,
    /// Say that a document holds what a line asks for, as `genomic-report=DOCUMENT`; may be given several times.
    #[arg(long = "here")]
    pub here: Vec<String>,
    /// Say that a document does not hold what a line asks for, as `genomic-report=DOCUMENT`.
    #[arg(long = "not-here")]
    pub not_here: Vec<String>,
    /// Take back what `--here` or `--not-here` said.
    #[arg(long = "unsay")]
    pub unsay: Vec<String>,
    /// Say who holds the record of a line, as `slides=Springfield Example Hospital`; empty takes it back.
    #[arg(long = "holder")]
    pub holder: Vec<String>,
}

/// `holder`
#[derive(Debug, Subcommand)]
pub enum Holder {
    /// The contact book.
    List {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Put a hospital, laboratory or center into the contact book, or tell a department of one anew.
    Set(Box<HolderSet>),
}

/// `holder set`
#[derive(Debug, Args)]
pub struct HolderSet {
    /// Name.
    pub name: String,
    /// Short name of the case.
    #[arg(long)]
    pub case: String,
    /// The department these details are of: records, radiology, pathology, radiation.
    #[arg(long, default_value = "records")]
    pub department: String,
    /// Telephone.
    #[arg(long, default_value = "")]
    pub phone: String,
    /// Fax.
    #[arg(long, default_value = "")]
    pub fax: String,
    /// E-mail.
    #[arg(long, default_value = "")]
    pub email: String,
    /// Portal or web address.
    #[arg(long, default_value = "")]
    pub portal: String,
    /// Postal address.
    #[arg(long, default_value = "")]
    pub address: String,
    /// Hours.
    #[arg(long, default_value = "")]
    pub hours: String,
    /// Who said so.
    #[arg(long, default_value = "")]
    pub said_by: String,
    /// When, as 2026-03-14.
    #[arg(long)]
    pub said_on: Option<String>,
}

/// `request`
#[derive(Debug, Subcommand)]
pub enum Request {
    /// Every request with its clock.
    List {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write a request.
    New {
        /// Of whom: a name of the contact book.
        #[arg(long)]
        holder: String,
        /// Of which department: records, radiology, pathology, radiation, patient.
        #[arg(long)]
        department: String,
        /// The way: portal, pick-up, image-exchange, provider, laboratory, access-letter, self.
        #[arg(long)]
        route: String,
        /// Lines of the checklist it is for.
        #[arg(long = "requirement")]
        requirements: Vec<String>,
        /// What else to ask for.
        #[arg(long = "item")]
        items: Vec<String>,
        /// By when it is needed; without it, the day the case counts back to.
        #[arg(long)]
        needed_by: Option<String>,
        /// You know that the same was asked for there already, and that this request still runs.
        #[arg(long)]
        i_know: bool,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take another way for a request that was not sent yet.
    Route {
        /// The request.
        request: String,
        /// The way: portal, pick-up, image-exchange, provider, laboratory, access-letter, self.
        #[arg(long)]
        route: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say that it was sent.
    Sent {
        /// The request.
        request: String,
        /// The day they received it; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// How: fax, mail, portal, in person.
        #[arg(long)]
        how: String,
        /// Correct this day, since which its time runs now.
        #[arg(long)]
        instead_of: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say by when it is needed. Without a day: by when the case needs everything.
    NeededBy {
        /// The request.
        request: String,
        /// The day.
        day: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say that a letter was sent, and keep the page that was sent. The request itself starts the clock.
    LetterSent {
        /// The request.
        request: String,
        /// Which letter: request, authorization, reminder or escalation.
        #[arg(long, default_value = "request")]
        kind: String,
        /// How: fax, mail, portal, in person, e-mail.
        #[arg(long)]
        how: String,
        /// To whom; without it, the department that was asked.
        #[arg(long, default_value = "")]
        to: String,
        /// The day it was sent; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// The day they received it, where you know it. Of a mailed letter, days for the mail are counted without it.
        #[arg(long)]
        received: Option<String>,
        /// The very page that was sent, as PDF; without it, the page as it is set for the day it was sent.
        #[arg(long)]
        file: Option<PathBuf>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say that a letter was not sent after all.
    LetterBack {
        /// The request.
        request: String,
        /// The letter.
        letter: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say that they took their extension.
    Extended {
        /// The request.
        request: String,
        /// Until when.
        #[arg(long)]
        until: String,
        /// The reason they gave.
        #[arg(long)]
        reason: String,
        /// The day of their notice, where it is known.
        #[arg(long)]
        noticed: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Note a call, a letter or a visit.
    Note {
        /// The request.
        request: String,
        /// What was said.
        #[arg(long)]
        said: String,
        /// With whom.
        #[arg(long, default_value = "")]
        with: String,
        /// How: call, letter, fax, portal, visit, e-mail.
        #[arg(long, default_value = "call")]
        how: String,
        /// The day; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// The time with its zone.
        #[arg(long, default_value = "")]
        at: String,
        /// What they promised.
        #[arg(long, default_value = "")]
        promised: String,
        /// A reference number.
        #[arg(long, default_value = "")]
        reference: String,
        /// The note that this one corrects.
        #[arg(long)]
        corrects: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// End it: fulfilled, denied or withdrawn.
    End {
        /// The request.
        request: String,
        /// How it ended.
        ending: String,
        /// In words.
        #[arg(long, default_value = "")]
        note: String,
        /// The day; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take its end back.
    Reopen {
        /// The request.
        request: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write a letter about it as PDF: request, authorization, reminder or escalation; without one, the one due now.
    Letter {
        /// The request.
        request: String,
        /// Which letter.
        #[arg(long)]
        kind: Option<String>,
        /// A letter that was sent: the page that is kept of it.
        #[arg(long, conflicts_with = "kind")]
        sent: Option<String>,
        /// Where to write it.
        #[arg(short, long)]
        output: PathBuf,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write every day that matters as a calendar file.
    Calendar {
        /// Where to write it.
        #[arg(short, long)]
        output: PathBuf,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}

/// `tissue`
#[derive(Debug, Subcommand)]
pub enum Tissue {
    /// The register of slides and blocks.
    List {
        /// What was scanned or typed: only lines of this label.
        label: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Register slides or blocks.
    Add {
        /// The laboratory's number of the specimen.
        accession: String,
        /// slide, cytology, block or unstained.
        #[arg(long, default_value = "slide")]
        material: String,
        /// Part of the specimen.
        #[arg(long, default_value = "")]
        part: String,
        /// Block.
        #[arg(long, default_value = "")]
        block: String,
        /// Stain.
        #[arg(long, default_value = "")]
        stain: String,
        /// How many. Without it: nobody counted them, and letters ask for all of them.
        #[arg(long)]
        count: Option<u32>,
        /// Cut anew for this.
        #[arg(long)]
        recut: bool,
        /// From a small biopsy.
        #[arg(long)]
        small: bool,
        /// Day it was taken.
        #[arg(long)]
        collected: Option<String>,
        /// The laboratory: a name of the contact book.
        #[arg(long)]
        laboratory: Option<String>,
        /// The report about it: a document.
        #[arg(long)]
        report: Option<String>,
        /// What is left of it.
        #[arg(long, default_value = "")]
        remaining: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write down what happened: requested, released, shipped, received, reviewed, return-shipped, returned, lost, damaged,
    /// used-up.
    Step {
        /// What happened.
        step: String,
        /// Lines of the register, by label or id.
        #[arg(required = true)]
        lines: Vec<String>,
        /// The day; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// How many pieces, where not all.
        #[arg(long)]
        count: Option<u32>,
        /// Who gave it.
        #[arg(long, default_value = "")]
        from: String,
        /// Who got it.
        #[arg(long, default_value = "")]
        to: String,
        /// Carrier.
        #[arg(long, default_value = "")]
        carrier: String,
        /// Tracking number.
        #[arg(long, default_value = "")]
        tracking: String,
        /// How it was packed.
        #[arg(long, default_value = "")]
        packaging: String,
        /// In what condition it was.
        #[arg(long, default_value = "")]
        condition: String,
        /// The day by which it has to be back.
        #[arg(long)]
        return_due: Option<String>,
        /// What else there is to say.
        #[arg(long, default_value = "")]
        note: String,
        /// A step before it is not written down, or has a later day, and you know that.
        #[arg(long)]
        i_know: bool,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take back a step that did not happen.
    StepBack {
        /// The line, by label or id.
        line: String,
        /// Which step of it, counted from 1 as they were written down (tissue list shows it).
        step: u32,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take a line out of the register, or put it back.
    Remove {
        /// The line, by label or id.
        line: String,
        /// Put it back.
        #[arg(long)]
        back: bool,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write the sheet that travels with slides as PDF.
    Sheet {
        /// Lines of the register, by label or id. Without one those that were asked for or are leaving, or all where none is.
        lines: Vec<String>,
        /// Where to write it.
        #[arg(short, long)]
        output: PathBuf,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}

/// `deliver`
#[derive(Debug, Subcommand)]
pub enum Deliver {
    /// Packets that were handed over, with what is confirmed.
    List {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Note that a packet was handed over.
    New {
        /// The packet.
        packet: String,
        /// To whom.
        #[arg(long)]
        to: String,
        /// center, first-team, insurer or other.
        #[arg(long, default_value = "center")]
        recipient: String,
        /// How: upload, courier, fax, mail, in person.
        #[arg(long)]
        how: String,
        /// The day; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// Tracking or confirmation number.
        #[arg(long, default_value = "")]
        tracking: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Note what the other side confirmed.
    Confirm {
        /// The delivery.
        delivery: String,
        /// Who confirmed it.
        #[arg(long)]
        by: String,
        /// Documents and studies they have; without one, all that was in the packet.
        #[arg(long = "item")]
        items: Vec<String>,
        /// What they say is missing.
        #[arg(long, default_value = "")]
        missing: String,
        /// The day; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take a receipt over that the other side sent as a file.
    ReceiptFile {
        /// The file, RECEIPT.JSON.
        file: PathBuf,
        /// The delivery it is for, where the packet was handed over several times.
        #[arg(long)]
        delivery: Option<String>,
        /// Only say what it says; nothing is changed.
        #[arg(long)]
        look: bool,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take back a receipt that was written down of the wrong delivery; its file can be read again.
    WithdrawReceipt {
        /// The delivery.
        delivery: String,
        /// Which of its receipts, as `deliver list` counts them.
        number: u32,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take back a delivery that did not happen.
    Withdraw {
        /// The delivery.
        delivery: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}

/// `register`: what a registration desk asks for. What is not given stays as it is; an empty text takes it back.
#[derive(Debug, Args)]
pub struct Register {
    /// Short name of the case.
    #[arg(long)]
    pub case: String,
    /// Postal address.
    #[arg(long)]
    pub address: Option<String>,
    /// Telephone.
    #[arg(long)]
    pub phone: Option<String>,
    /// E-mail.
    #[arg(long)]
    pub email: Option<String>,
    /// Language, interpreter.
    #[arg(long)]
    pub language: Option<String>,
    /// Health plan.
    #[arg(long)]
    pub plan: Option<String>,
    /// Member number.
    #[arg(long)]
    pub member: Option<String>,
    /// Group number.
    #[arg(long)]
    pub group: Option<String>,
    /// Telephone of the plan.
    #[arg(long)]
    pub plan_phone: Option<String>,
    /// Referring doctor.
    #[arg(long)]
    pub referring_doctor: Option<String>,
    /// Whom to call.
    #[arg(long)]
    pub emergency_contact: Option<String>,
    /// Who signs, where it is not the patient.
    #[arg(long)]
    pub signer: Option<String>,
    /// By what authority.
    #[arg(long)]
    pub authority: Option<String>,
}
