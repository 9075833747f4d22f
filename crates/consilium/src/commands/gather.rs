//! `check`, `holder`, `request`, `tissue`, `register`: what the centre needs, who was asked, where slides are.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use consilium_app::casefile::gather::checklist::{Aged, Fill};
use consilium_app::casefile::gather::requests::{Ending, HeldRequest, LetterKind};
use consilium_app::casefile::gather::tissue::{self, Custody, Material};
use consilium_app::casefile::knowledge::{Department, Need};
use consilium_app::casefile::shared::contact::Reach;
use consilium_app::casefile::{Case, CaseId, ContactId, DocumentId, LetterId, Refusal, RequestId, Session, TissueId};
use consilium_app::dates::typed_day;
use consilium_app::gather::{NewContact, NewRequest, NewSentLetter};
use consilium_app::{App, AppError};
use jiff::civil::Date;
use serde_json::json;

use super::{answer, open};
use crate::arguments::Arguments;
use crate::arguments::gather::{Check, Holder, HolderSet, Register, Request, Tissue};
use crate::output::new_file;

/// A full day a person typed.
pub(super) fn day(text: Option<&str>) -> Result<Option<Date>> {
    Ok(typed_day(text.unwrap_or_default()).map_err(AppError::from)?)
}

fn pair(text: &str) -> Result<(&str, &str)> {
    text.split_once('=').with_context(|| format!("\"{text}\" is not understood; write it as line=words"))
}

pub(super) async fn check(arguments: &Arguments, session: &Session, options: &Check) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, &options.case).await?;
    for said in &options.answers {
        let (situation, words) = pair(said)?;
        let happened = match words.trim().to_lowercase().as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            "" => None,
            _ => bail!("\"{words}\" is no answer; write yes or no, or nothing to take an answer back"),
        };
        app.state_situation(session, &id, situation.trim(), happened).await?;
    }
    let center = options.center.as_deref().map(str::trim);
    if center.is_some_and(str::is_empty) {
        bail!("--for names no center; leave it out for the one that the case names");
    }
    let only = match options.this_center_only {
        true => Some(match center {
            Some(center) => center.to_owned(),
            None => app
                .case(session, &id)
                .await?
                .seen_by(session.audience)
                .center()
                .map(str::to_owned)
                .context("the case names no center; write --for CENTER beside --this-center-only")?,
        }),
        false => None,
    };
    for said in &options.settle {
        let (line, reason) = pair(said)?;
        app.settle_requirement(session, &id, line.trim(), reason, only.as_deref()).await?;
    }
    let judged = [(&options.here, Some(true)), (&options.not_here, Some(false)), (&options.unsay, None)];
    for (said, holds) in judged.iter().flat_map(|(said, holds)| said.iter().map(|said| (said, *holds))) {
        let (line, document) = pair(said)?;
        app.judge_document(session, &id, line.trim(), &DocumentId::from(document.trim()), holds).await?;
    }
    for said in &options.holder {
        let (line, name) = pair(said)?;
        let case = app.case(session, &id).await?;
        let holder = match name.trim() {
            "" => None,
            name => Some(app.holder_named(&case, name).map_err(AppError::from)?),
        };
        app.name_holder(session, &id, line.trim(), holder.as_ref()).await?;
    }
    let list = match options.blind {
        true => app.check_blind(session, &id, center).await?,
        false => app.check(session, &id, center).await?,
    };
    answer(arguments, &list, || {
        for item in list.items.iter().filter(|item| item.state != "not_applicable") {
            let mark = match (item.blocks, item.state) {
                (_, "waived" | "withheld") => "-",
                (true, _) => "!",
                (false, "needed" | "ask_first") => "?",
                _ if item.fill == Fill::Here && !item.looked => "?",
                (false, _) => "ok",
            };
            let probably = if item.holder_proposed { "probably " } else { "" };
            let holder = item.holder.as_ref().map(|h| format!(" ({probably}{h})")).unwrap_or_default();
            let state = if item.unsure && item.state == "needed" { "look" } else { item.state };
            crate::say!("{mark:>2}  {:<60} {}{holder} [{}]", item.label, state.replace('_', " "), item.requirement);
            if let (Some(due), true) = (&item.due, item.overdue) {
                crate::say!("      Overdue since {due}: the next letter is ready.");
            }
            let asked = item.situation.as_ref().filter(|_| item.state == "ask_first");
            let asked = asked.and_then(|id| app.knowledge().gathering.situations.iter().find(|known| known.id == *id));
            if let Some(situation) = asked {
                crate::say!("      {} Say --answer {}=yes or {}=no.", situation.question, situation.id, situation.id);
            }
            let to_look = item.to_look_at || state == "look";
            for (document, title) in item.documents.iter().filter(|_| to_look) {
                crate::say!("      Look at {title}: {document}");
            }
            match (to_look, item.documents.is_empty(), item.of_documents) {
                (true, false, true) => {
                    crate::say!("      Then say --here {0}=DOCUMENT, or --not-here {0}=DOCUMENT.", item.requirement)
                }
                (true, false, false) => {
                    crate::say!("      Then confirm what it is: consilium decide document DOCUMENT.")
                }
                (true, true, _) if item.requirement == "medicines" => {
                    crate::say!("      Agree on each medicine: consilium facts medicine INGREDIENT.");
                }
                _ => {}
            }
            item.lacks.iter().for_each(|lack| crate::say!("      {lack}"));
            if let Some(waived) = &item.waived {
                let whose =
                    waived.center.as_deref().map_or("every center".to_owned(), |center| format!("{center} only"));
                crate::say!("      Set aside for {whose}: {}", waived.reason);
            }
            if item.reports_first {
                crate::say!("      Reports are enough at this center's first step; the images are asked for later.");
            }
            if item.age.is_some_and(|age| age == Aged::Outdated) {
                crate::say!("      It may be too old: ask the center whether to repeat it.");
            }
        }
        if let (Some(center), None) = (&list.center, &list.program) {
            crate::say!("The own list of {center} is not known here: this is what centers usually ask for.");
        }
        list.tables.iter().for_each(|sentence| crate::say!("{sentence}"));
        let blocking = list.items.iter().filter(|item| item.blocks).count();
        let unlooked = list.items.iter().filter(|item| item.blocks && item.to_look_at).count();
        let not_here = |item: &&consilium_app::gather::CheckItem| {
            item.state == "waived" && item.need == Need::Required && item.fill != Fill::Here
        };
        let set_aside = list.items.iter().filter(not_here).count();
        match (list.ready, &list.needed_by) {
            (true, _) if set_aside == 1 => crate::say!("Ready; 1 line was set aside by you and is not here."),
            (true, _) if set_aside > 1 => {
                crate::say!("Ready; {set_aside} lines were set aside by you and are not here.")
            }
            (true, _) => crate::say!("Ready: everything that is required is here, and you looked at it."),
            (false, _) if blocking > 0 && blocking == unlooked => {
                crate::say!("Not ready: everything seems to be here; look at {unlooked} lines with !.");
            }
            (false, _) if blocking == 0 && !list.tables.is_empty() => {
                crate::say!("Not ready: correct the table first; what it leaves out is not known to be here.");
            }
            (false, Some(day)) => crate::say!("Not ready: {blocking} lines with ! are open. Needed by {day}."),
            (false, None) => crate::say!("Not ready: {blocking} lines with ! are open."),
        }
    })?;
    Ok(if list.ready { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn department(name: &str) -> Result<Department> {
    Department::named(name).with_context(|| {
        let names: Vec<&str> = Department::ALL.into_iter().map(Department::name).collect();
        format!("there is no department \"{name}\"; write one of: {}", names.join(", "))
    })
}

pub(super) async fn holder(arguments: &Arguments, session: &Session, command: Holder) -> Result<ExitCode> {
    let app = open(arguments).await?;
    match command {
        Holder::List { case } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let holders: Vec<_> = case.held_requests().holders.values().collect();
            answer(arguments, &json!({ "holders": holders }), || {
                for holder in &holders {
                    crate::say!("{}  {}", holder.id, holder.name);
                    for (department, reach) in &holder.departments {
                        for (part, words) in reach.parts().into_iter().filter(|(_, words)| !words.is_empty()) {
                            let said = reach.source(part);
                            let on = said.on.map(|on| format!(" on {on}")).unwrap_or_default();
                            let by =
                                if said.by.is_empty() { String::new() } else { format!("  (said by {}{on})", said.by) };
                            crate::say!("    {} {part}: {}{by}", department.name(), words.replace('\n', ", "));
                        }
                    }
                }
            })
        }
        Holder::Set(set) => {
            let HolderSet { name, case, department: of, phone, fax, email, portal, address, hours, said_by, said_on } =
                *set;
            let id = app.case_named(session, &case).await?;
            let said_on = day(said_on.as_deref())?;
            let reach =
                Reach { phone, fax, email, portal, address, hours, said_by, said_on, sources: Default::default() };
            let known = app.holder_named(&*app.case(session, &id).await?, &name).ok();
            let department = department(&of)?;
            let details = (!reach.is_empty() || !reach.hours.is_empty()).then_some((department, reach));
            let (_, holder) = app.state_holder(session, &id, known.as_ref(), &name, details).await?;
            answer(arguments, &json!({ "holder": holder }), || crate::say!("Noted: {holder}"))
        }
    }
}

fn request_value(app: &App, held: &HeldRequest) -> serde_json::Value {
    let today = app.now().date();
    let clock = held.running();
    json!({
        "request": held.request,
        "sent": held.sent.as_ref().map(|(on, how)| json!({ "on": on, "how": how })),
        "extended": held.extended.as_ref().map(|(until, reason)| json!({ "until": until, "reason": reason, "holds": held.standing_extension().is_some() })),
        "noticed": held.noticed,
        "sent_letters": held.letters,
        "contacts": held.contacts,
        "ended": held.ended.as_ref().map(|(on, ending, note)| json!({ "on": on, "ending": ending, "note": note })),
        "due": clock.as_ref().map(|c| c.until),
        "days_left": clock.as_ref().map(|c| c.days_left(today)),
        "standing": clock.as_ref().map(|c| c.standing(today)),
        "letters": held.letters(app.knowledge(), today),
    })
}

pub(super) async fn request(arguments: &Arguments, session: &Session, command: Request) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let noted = |request: &str| answer(arguments, &json!({ "request": request }), || crate::say!("Noted."));
    match command {
        Request::List { case } => list_requests(arguments, session, &app, &case).await,
        Request::New { holder, department: of, route, requirements, items, needed_by, i_know, case } => {
            let id = app.case_named(session, &case).await?;
            let of_name = app.holder_named(&*app.case(session, &id).await?, &holder).map_err(AppError::from)?;
            let new = NewRequest {
                requirements,
                items: items.join("\n"),
                route,
                needed_by: day(needed_by.as_deref())?,
                running_known: i_know,
            };
            let (_, request) = app.draft_request(session, &id, &of_name, department(&of)?, &new).await?;
            answer(arguments, &json!({ "request": request }), || crate::say!("Written: {request}"))
        }
        Request::Route { request, route, case } => {
            let id = app.case_named(session, &case).await?;
            app.request_route(session, &id, &RequestId::from(&*request), &route).await?;
            noted(&request)
        }
        Request::NeededBy { request, day: by, case } => {
            let id = app.case_named(session, &case).await?;
            app.request_needed_by(session, &id, &RequestId::from(&*request), day(by.as_deref())?).await?;
            noted(&request)
        }
        Request::Sent { request, on, how, instead_of, case } => {
            let id = app.case_named(session, &case).await?;
            let (on, instead_of) = (day(on.as_deref())?, day(instead_of.as_deref())?);
            app.request_sent(session, &id, &RequestId::from(&*request), on, &how, instead_of).await?;
            noted(&request)
        }
        Request::LetterSent { request, kind, how, to, on, received, file, case } => {
            let id = app.case_named(session, &case).await?;
            let (on, received) = (day(on.as_deref())?, day(received.as_deref())?);
            let read = |path: std::path::PathBuf| {
                std::fs::read(&path).with_context(|| format!("{} could not be read", path.display()))
            };
            let file = file.map(read).transpose()?;
            let new = NewSentLetter { kind: letter_kind(&kind)?, on, how, to, received, moment: None, file };
            let (letter, is_new) = app.letter_sent(session, &id, &RequestId::from(&*request), new).await?;
            let value = json!({ "request": request, "letter": letter, "new": is_new });
            let said = if is_new { "Kept as it was sent" } else { "Written down before" };
            answer(arguments, &value, || crate::say!("{said}: {letter}"))
        }
        Request::LetterBack { request, letter, case } => {
            let id = app.case_named(session, &case).await?;
            app.take_letter_back(session, &id, &RequestId::from(&*request), &LetterId(letter)).await?;
            noted(&request)
        }
        Request::Extended { request, until, reason, noticed, case } => {
            let id = app.case_named(session, &case).await?;
            let until = day(Some(&until))?.context("give the day until which they extended, as 2026-03-14")?;
            let noticed = day(noticed.as_deref())?;
            app.request_extended(session, &id, &RequestId::from(&*request), until, &reason, noticed).await?;
            noted(&request)
        }
        Request::Note { request, said, with, how, on, at, promised, reference, corrects, case } => {
            let id = app.case_named(session, &case).await?;
            let corrects = corrects.map(ContactId);
            let new = NewContact { on: day(on.as_deref())?, at, how, with, said, promised, reference, corrects };
            app.request_contacted(session, &id, &RequestId::from(&*request), new).await?;
            noted(&request)
        }
        Request::End { request, ending, note, on, case } => {
            let id = app.case_named(session, &case).await?;
            let ending = Ending::named(&ending).context("write fulfilled, denied or withdrawn")?;
            let on = day(on.as_deref())?;
            app.end_request(session, &id, &RequestId::from(&*request), on, ending, &note).await?;
            noted(&request)
        }
        Request::Reopen { request, case } => {
            let id = app.case_named(session, &case).await?;
            app.reopen_request(session, &id, &RequestId::from(&*request)).await?;
            noted(&request)
        }
        Request::Letter { request, sent: Some(letter), output, case, .. } => {
            let id = app.case_named(session, &case).await?;
            let letter = LetterId(letter);
            let pdf = app.sent_letter(session, &id, &RequestId::from(&*request), &letter).await?;
            new_file(&output, &pdf)?;
            answer(arguments, &json!({ "letter": letter, "file": output }), || crate::say!("{}", output.display()))
        }
        Request::Letter { request, kind, output, case, .. } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let request = RequestId::from(&*request);
            let kind = match kind {
                Some(kind) => letter_kind(&kind)?,
                None => {
                    let held = case.held_requests().request(&request);
                    let held = held.ok_or_else(|| AppError::from(Refusal::new("refusal-request-unknown")))?;
                    let letters = held.letters(app.knowledge(), app.now().date());
                    letters.first().copied().unwrap_or(LetterKind::Request)
                }
            };
            let letter = app.letter(session, &id, &request, kind, None).await?;
            new_file(&output, &letter.pdf)?;
            let value = json!({ "letter": kind.name(), "file": output, "unprintable": letter.unprintable });
            answer(arguments, &value, || {
                crate::say!("{}: {}", letter.title, output.display());
                if let Some(sentence) = &letter.unprintable {
                    crate::say!("{sentence}");
                }
            })
        }
        Request::Calendar { output, case } => {
            let id = app.case_named(session, &case).await?;
            let calendar = app.gather_calendar(session, &id).await?;
            new_file(&output, calendar.as_bytes())?;
            answer(arguments, &json!({ "file": output }), || crate::say!("Written: {}", output.display()))
        }
    }
}

fn letter_kind(word: &str) -> Result<LetterKind> {
    LetterKind::named(word).context("write request, authorization, reminder or escalation")
}

async fn list_requests(arguments: &Arguments, session: &Session, app: &App, name: &str) -> Result<ExitCode> {
    let id = app.case_named(session, name).await?;
    let case = app.case(session, &id).await?;
    let requests = case.held_requests();
    let values: Vec<_> = requests.requests.iter().map(|held| request_value(app, held)).collect();
    answer(arguments, &json!({ "requests": values }), || {
        for held in &requests.requests {
            let holder = requests.holders.get(&held.request.holder).map_or("", |h| h.name.as_str());
            let stands = match (held.running(), &held.ended, &held.sent) {
                (Some(clock), ..) => match clock.days_left(app.now().date()) {
                    left if left < 0 => format!("overdue since {}", clock.until),
                    left => format!("due {} ({left} days left)", clock.until),
                },
                (None, Some((on, ending, _)), _) => format!("{ending:?} on {on}").to_lowercase(),
                (None, None, Some(_)) => "sent".to_owned(),
                (None, None, None) => "not sent yet".to_owned(),
            };
            crate::say!("{}  {holder}, {}: {stands}", held.request.id, held.request.department.name());
        }
    })
}

/// Lines of the register by label or id; a label must name one line.
fn lines_named(case: &Case, named: &[String]) -> Result<Vec<TissueId>> {
    let register = case.held_tissue();
    let one = |name: &String| {
        let id = TissueId::from(&**name);
        if register.lines.contains_key(&id) {
            return Ok(id);
        }
        match register.find(name).as_slice() {
            [line] => Ok(line.tissue.id.clone()),
            [] => Err(AppError::from(Refusal::new("refusal-tissue-unknown")).into()),
            many if many.iter().filter(|line| register.label(line) == name.trim()).count() == 1 => {
                let exact = many.iter().find(|line| register.label(line) == name.trim());
                exact.map(|line| line.tissue.id.clone()).context("one of them bears this label")
            }
            many => bail!("\"{name}\" names {} lines; give the id of one (tissue list shows it)", many.len()),
        }
    };
    named.iter().map(one).collect()
}

pub(super) async fn tissue(arguments: &Arguments, session: &Session, command: Tissue) -> Result<ExitCode> {
    let app = open(arguments).await?;
    match command {
        Tissue::List { label, case } => list_tissue(arguments, session, &app, label.as_deref(), &case).await,
        Tissue::Add {
            accession,
            material,
            part,
            block,
            stain,
            count,
            recut,
            small,
            collected,
            laboratory,
            report,
            remaining,
            case,
        } => {
            let id = app.case_named(session, &case).await?;
            let laboratory = match laboratory {
                Some(name) => Some(app.holder_named(&*app.case(session, &id).await?, &name).map_err(AppError::from)?),
                None => None,
            };
            let material = Material::named(&material).context("write slide, cytology, block or unstained")?;
            let line = tissue::Tissue {
                id: TissueId(String::new()),
                accession,
                part,
                block,
                material,
                stain,
                count: count.unwrap_or(1),
                uncounted: count.is_none(),
                recut,
                collected: day(collected.as_deref())?,
                laboratory,
                report: report.map(DocumentId),
                small,
                remaining,
            };
            let (_, line) = app.register_tissue(session, &id, line).await?;
            answer(arguments, &json!({ "tissue": line }), || crate::say!("Registered: {line}"))
        }
        Tissue::Step {
            step,
            lines,
            on,
            count,
            from,
            to,
            carrier,
            tracking,
            packaging,
            condition,
            return_due,
            note,
            i_know: gap_known,
            case,
        } => {
            let id = app.case_named(session, &case).await?;
            let lines = lines_named(&*app.case(session, &id).await?, &lines)?;
            let step = tissue::Step::named(&step).with_context(|| {
                let all: Vec<&str> = tissue::Step::ALL.into_iter().map(tissue::Step::name).collect();
                format!("write one of: {}", all.join(", "))
            })?;
            let on = day(on.as_deref())?.unwrap_or_else(|| app.now().date());
            let return_due = day(return_due.as_deref())?;
            let custody = Custody {
                step,
                on,
                count,
                from,
                to,
                carrier,
                tracking,
                packaging,
                condition,
                return_due,
                note,
                gap_known,
            };
            let case = app.tissue_custody(session, &id, &lines, custody).await?;
            answer(arguments, &json!({ "lines": lines }), || {
                crate::say!("Noted.");
                let register = case.held_tissue();
                for line in lines.iter().filter_map(|line| register.lines.get(line)) {
                    say_asks(&app, register, line);
                }
            })
        }
        Tissue::StepBack { line, step, case } => {
            let id = app.case_named(session, &case).await?;
            let line = lines_named(&*app.case(session, &id).await?, &[line])?.remove(0);
            app.take_custody_back(session, &id, &line, step).await?;
            answer(arguments, &json!({ "tissue": line }), || crate::say!("Noted."))
        }
        Tissue::Remove { line, back, case } => {
            let id = app.case_named(session, &case).await?;
            let line = TissueId(line);
            let known = app.case(session, &id).await?;
            let line = if known.held_tissue().lines.contains_key(&line) {
                line
            } else {
                lines_named(&known, &[line.0])?.remove(0)
            };
            app.set_tissue_removed(session, &id, &line, !back).await?;
            answer(arguments, &json!({ "tissue": line }), || crate::say!("Noted."))
        }
        Tissue::Sheet { lines, output, case } => {
            let id = app.case_named(session, &case).await?;
            let lines = lines_named(&*app.case(session, &id).await?, &lines)?;
            let (sheet, unprintable) = app.custody_sheet(session, &id, &lines).await?;
            new_file(&output, &sheet)?;
            answer(arguments, &json!({ "file": output, "unprintable": unprintable }), || {
                crate::say!("Written: {}", output.display());
                if let Some(sentence) = &unprintable {
                    crate::say!("{sentence}");
                }
            })
        }
    }
}

/// What the register does not tell of a line, asked softly.
fn say_asks(app: &App, register: &tissue::TissueRegister, line: &tissue::HeldTissue) {
    app.tissue_asks(line).iter().for_each(|ask| crate::say!("  {}: {ask}", register.label(line)));
}

async fn list_tissue(
    arguments: &Arguments,
    session: &Session,
    app: &App,
    label: Option<&str>,
    name: &str,
) -> Result<ExitCode> {
    let id = app.case_named(session, name).await?;
    let case = app.case(session, &id).await?;
    let register = case.held_tissue();
    let lines: Vec<_> = match label {
        Some(label) => register.find(label),
        None => register.lines().collect(),
    };
    let today = app.now().date();
    let values: Vec<_> = lines
        .iter()
        .map(|line| {
            json!({
                "tissue": line.tissue,
                "label": register.label(line),
                "steps": line.steps().map(|(number, _)| number).collect::<Vec<_>>(),
                "custody": line.custody,
                "return_due": line.return_due(),
                "may_be_discarded": line.may_be_discarded(app.knowledge()),
                "alarms": line.alarms(app.knowledge(), today),
                "asks": line.asks(),
            })
        })
        .collect();
    let view = case.seen_by(session.audience);
    let named = view.unregistered_tissue(app.knowledge());
    let proposed: Vec<_> = named
        .iter()
        .map(|(held, accession)| json!({ "accession": accession, "document": held.document.id, "date": held.date() }))
        .collect();
    answer(arguments, &json!({ "tissue": values, "proposed": proposed }), || {
        for (held, accession) in named.iter().filter(|_| label.is_none()) {
            let date = held.date().map(|date| format!(" of {}", date.human())).unwrap_or_default();
            crate::say!("Not in the register: {accession}, named in the report{date}");
        }
        for line in &lines {
            let now = line.now().map_or_else(|| "nothing noted yet".to_owned(), |step| app.custody_words(step));
            crate::say!(
                "{}  {}  {} {}  {now}",
                line.tissue.id,
                register.label(line),
                if line.tissue.uncounted { "not counted:".to_owned() } else { format!("{} x", line.tissue.count) },
                app.tissue_words(line)
            );
            for alarm in line.alarms(app.knowledge(), today) {
                crate::say!("  ! {}", app.say(&alarm.words(app.knowledge())));
            }
            let pieces = line.pieces();
            if pieces.away() > 0 && line.tissue.count > 1 {
                let due = line.return_due().map(|day| format!(", due back {day}")).unwrap_or_default();
                crate::say!("  {} of {} are out of the laboratory{due}", pieces.away(), line.tissue.count);
            }
            say_asks(app, register, line);
        }
        if lines.is_empty() {
            crate::say!("There is nothing in the register{}.", label.map_or("", |_| " of this label"));
        }
    })
}

pub(super) async fn register(arguments: &Arguments, session: &Session, options: &Register) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id: CaseId = app.case_named(session, &options.case).await?;
    let mut sheet = app.case(session, &id).await?.about.registration.clone();
    let parts = [
        (&options.address, &mut sheet.address),
        (&options.phone, &mut sheet.phone),
        (&options.email, &mut sheet.email),
        (&options.language, &mut sheet.language),
        (&options.plan, &mut sheet.plan),
        (&options.member, &mut sheet.member),
        (&options.group, &mut sheet.group),
        (&options.plan_phone, &mut sheet.plan_phone),
        (&options.referring_doctor, &mut sheet.referring_doctor),
        (&options.emergency_contact, &mut sheet.emergency_contact),
        (&options.signer, &mut sheet.signer),
        (&options.authority, &mut sheet.authority),
    ];
    let mut changed = false;
    for (said, part) in parts {
        if let Some(said) = said {
            changed |= said != part;
            part.clone_from(said);
        }
    }
    if changed {
        app.state_registration(session, &id, sheet.clone()).await?;
    }
    answer(arguments, &sheet, || {
        for (key, words) in sheet.parts().into_iter().filter(|(_, words)| !words.is_empty()) {
            let label = app.say(&consilium_app::casefile::Message::new(key));
            crate::say!("{label}: {}", words.replace('\n', ", "));
        }
    })
}
