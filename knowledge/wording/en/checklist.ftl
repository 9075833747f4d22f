### What of a record is lacking, and how the checklist speaks.

lack-some-images = Some images of a series are missing.
lack-images = A report is here without its images.
lack-report = Images are here without their report.
lack-of-another-operation = The operative note here is of another operation, and not of one on the tumor: look, and say so.
lack-said-otherwise = You said that this did not happen, and records here tell of it: look again, and change your answer if it did.
lack-soon-after-operation = None is from the first { $days } days after the operation. A later one can not tell what was left from what grew again.
lack-part-of-the-body = The images do not say which part of the body they show.
lack-part-of-the-body-in-report = The report does not say in its title which part of the body it is of.
lack-of-the-operation = A report of those days is here, and it says nothing of a tumor: look whether it is of this operation.
lack-report-of-the-biopsy = The report here is on what an operation took out. Records tell of a biopsy: its own report is missing.
lack-day = Its day is not known, so nobody can say that it is new enough: open it and write the day down.
lack-readable-copy = The file is damaged: ask for a readable copy.
lack-doubted = { $why } Look, and say so.
lack-other-side = It names the other side, and records say that the cancer is on the { $side }: look whether it is of this cancer.
lack-ct-of-pet = The CT here was made with a PET. It often has a low dose and no contrast: look, and ask the center whether it is enough.
lack-a-result = Records say that it was not tested, or could not be.
lack-earlier-values = Only one value is here: the course over time is needed.
lack-medicines-list = Records speak of a medicine that is held, stopped or planned, and list none that is taken: write the list down.
lack-medicines-differ = Records differ on a medicine: agree on the list.
lack-person-accepted = Say whose records these are, with the birth date.
lack-one-operation = The report on the tissue of one operation is missing.
lack-slides-on-the-way = They were sent on { $day }, and nobody said that they arrived.
lack-slides-elsewhere = They went to { $named }. If that is a desk of this center, write the name of the center in the register.
lack-slides-requested = The laboratory was asked for them on { $day }.
lack-slides-released = The laboratory gave them out on { $day }, and nobody wrote down that they were sent.
lack-laboratories = More than one laboratory keeps them: { $named }. Each is asked with a letter of its own.
lack-some-slides = Some of the slides or blocks are not on their way.
lack-pieces = { $label }: { $part } of { $all } pieces are there whole, or on their way in time.
lack-specimens = A report names { $named }, which the register of slides and blocks does not hold.
lack-the-record-itself = Something here tells of it or may hold it; whether the record itself is here is not certain. Look, and say so.
lack-a-part = A part of it is missing.
lack-part = Missing: { $what }.
lack-part-before-operation = Missing from before the operation: { $what }.
lack-part-after-operation = Missing from after the operation: { $what }.
lack-look-whether = Look whether it holds { $what }: its words do not show it.
lack-earlier-ones = Only one day of it is here: the course over time is needed.
lack-day-of-operation = The day of the operation is not known: look whether it is from before or after.
lack-its-day = Its day is not known: look whether it is from before or after the operation.

registration-address = Address
registration-phone = Telephone
registration-email = E-mail
registration-language = Language, interpreter
registration-plan = Health plan
registration-member = Member number
registration-group = Group number
registration-plan-phone = Telephone of the plan
registration-referring-doctor = Referring doctor
registration-emergency-contact = Whom to call
registration-signer = Signed by
registration-authority = Authority to sign

state-needed = needed
state-requested = requested
state-received = received
state-checked = checked
state-sent = sent
state-confirmed = confirmed
state-waived = set aside by you
state-not-applicable = does not apply
state-ask-first = your answer is needed

department-records = Medical records (health information management)
department-radiology = Radiology film library
department-pathology = Pathology
department-radiation = Radiation oncology
department-patient = You

letter-request = Request
letter-authorization = Authorization to release
letter-reminder = Reminder
letter-escalation-courtesy = Overdue: another reminder, as no law sets a time
letter-escalation = Overdue: letter to the privacy officer

step-dated-before = Look at the days: this is dated before “{ $step }” of { $day }, which comes first.
step-requested = requested
step-released = released by the laboratory
step-shipped = handed to a carrier
step-received = received
step-reviewed = reviewed
step-return-shipped = sent back
step-returned = back at the laboratory
step-lost = lost
step-damaged = damaged
step-used-up = used up

material-slide = stained slides
material-cytology = cytology slides
material-block = paraffin blocks
material-unstained = unstained slices

alarm-lost-or-damaged = Lost or damaged: call the laboratory today.
alarm-return-overdue = The day of return has passed.
alarm-return-soon = Due back within { $days } days.
alarm-not-arrived = On the way for more than { $days } days, and nobody said that it arrived.
alarm-pieces-missing = Fewer pieces arrived than were sent.
ask-not-counted = Nobody wrote down how many pieces came on { $day }, so all { $count } are taken to be there. Count them against the sheet; where fewer came, take that step back and write it with its number.
ask-not-released = That the laboratory gave it out is not written down. When was that, and to whom?
ask-not-reviewed = It went back, and nobody wrote down that it was read. Was it?
tissue-kept = A laboratory may discard it after { $first }, counted from the day it was taken.
tissue-kept-both = A laboratory may discard it after { $first }; one accredited by the pathologists’ college after { $last }. Both are counted from the day it was taken.
tissue-kept-by-accredited = Since { $first } the law lets a laboratory discard it; one accredited by the pathologists’ college keeps it until { $last }. Ask soon whether it is still there.
tissue-kept-past = A laboratory may have discarded it since { $last }. Ask whether it is still there before you count on it.
alarm-may-be-discarded = The laboratory may discard it soon, or may have: ask to keep it.

recipient-center = The center
recipient-first-team = Your first doctors
recipient-insurer = The health plan
recipient-other = Somebody else

piece-stated = stated in this case
piece-in-the-case = a record of this case

packet-plan-found = Document { $number } of it ({ $title }) speaks of a plan, which was not known when the packet was made. Look at it, and make the packet again before you hand it over.
packet-plan-found-ask = Document { $number } of it ({ $title }) speaks of a plan, which was not known when the packet was made. Ask whoever got it whether they had read that before they formed their opinion.
packet-plan-found-take-back = Document { $number } of it ({ $title }) states a plan, which was not known when the packet was made. Ask whoever got it whether they had read that before they formed their opinion; a blind packet that follows this one takes the document back.
delivery-to-another = The packet was made for { $center }. If that is the same, take this back and write it with that name: it counts as sent only there. If it went to somebody else, say so in place of “center”.
holder-proposed = { $holder }, as the records suggest
packet-file-kinds = This center takes these kinds of files only: { $takes }. The packet holds others: { $others }. Ask the center how it wants them; PACKET.PDF holds what can be printed.
packet-no-fax = This center names no way in by fax. Ask before you send one.
packet-before-not-delivered = Nobody wrote down that every packet it follows was handed over to them. Write down what went: otherwise this one may lack what they never got.
letter-unprintable = These letters can not be printed with the fonts on this computer, and an empty box stands for each: { $signs }. Install fonts for them (on Debian and Ubuntu the packages fonts-noto-core and fonts-noto-cjk) and open the page again, or state the name in Latin letters.
check-left-out = Your own list of records, record-requirements.csv, leaves out { $count } { $count ->
    [one] line
   *[other] lines
} of the built-in one, which nobody asks for then: { $first }.
letter-about-whom = me
letter-about-whom-represented = { $patient }, whom I represent
letter-copy-to = me, the patient
letter-copy-to-represented = me, as the one who acts for the patient
letter-whose-name = my
letter-whose-name-represented = the patient’s
letter-purpose = a second opinion on a cancer diagnosis, at the request of the individual
letter-also-specimens = Slides of every other specimen of this patient, so far as their reports name them: { $numbers }
letter-small-biopsy = Part of this material is a small biopsy. Please keep at least one diagnostic block, and send unstained slices instead of the block where tests are wanted.

packet-fax-ahead = This center takes { $most } pages at most by fax. As far as one can tell before it is made, the fax will have about { $has }, or some more.
packet-fax-counted = This center takes { $most } pages at most by fax. The fax will have { $has }.
packet-fax-ahead-too-long = This center takes { $most } pages at most by fax, and the fax will have about { $has }.
packet-fax-counted-too-long = This center takes { $most } pages at most by fax, and the fax will have { $has }.
packet-fax-record = { $title }, { $pages ->
    [one] 1 page
   *[other] { $pages } pages
}
packet-fax-leave-out = Nothing that this center requires rests on these, the longest first: { $records }. They can be left out of the packet, or go another way.
packet-fax-too-long = The fax has { $has } pages, and this center takes { $most } at most. Choose fewer documents, or send it in another way.
packet-too-large = The packet is { $has } MB, and this center takes { $most } MB at most. Leave images out, or send a disc.

# What of the centre's list a packet does not hold, on its cover.
packet-open-requested = Asked for, and not here yet.
packet-open-outdated = In this packet, and older than the center asks for.
packet-open-partly = Partly in this packet.
packet-open-outdated-days = In this packet, and outdated: { $days } days old, and at most { $most } are asked for.
packet-open-newer-requested = A newer one was asked for.
packet-open-rest-requested = The rest was asked for.
packet-open-missing = Not here.
packet-before-outdated = In a packet before this one, and older than the center asks for.
packet-before-outdated-days = In a packet before this one, and outdated: { $days } days old, and at most { $most } are asked for.
packet-before-partly = Partly in a packet before this one.
packet-open-left-out = Here, left out of this packet on purpose.
packet-open-some-left-out = Partly in this packet; some of it is left out on purpose.
packet-open-set-aside = Set aside by the sender; not in this packet.
packet-open-set-aside-partly = Partly in this packet; the rest was set aside by the sender.
packet-open-records = { $count ->
    [one] 1 more record
   *[other] { $count } more records
}
packet-not-stated = not stated
packet-source-before = in a packet before this one
packet-source-withheld = in a record that is withheld
custody-each = see each piece
packet-locked = { $count ->
    [one] 1 file that asks for a password
   *[other] { $count } files that ask for a password
}
packet-locked-why = Nobody has opened it yet, so that nobody knows what it holds.
packet-locked-ask = { $count ->
    [one] 1 file asks for a password and is in no packet until somebody gives it. Its recipients are told that there is one.
   *[other] { $count } files ask for a password and are in no packet until somebody gives it. Its recipients are told that there are some.
}
packet-questions-sealed = { $count ->
    [one] 1 question of yours is not in this packet, because an opinion is sealed and a question can tell a plan. Open the opinion first, or ask it yourself.
   *[other] { $count } questions of yours are not in this packet, because an opinion is sealed and a question can tell a plan. Open the opinion first, or ask them yourself.
}
packet-cancer-words = Your own words about the cancer are not in this blind packet, because they may tell a plan: it names the kind of cancer and the side alone.
center-unknown-near = Nothing is known of “{ $name }”, so its order of records, its limits and its list are not used. Did you mean “{ $near }”?
packet-in-withheld = in a record that is withheld
packet-withheld = withheld
packet-not-complete = Not complete in this edition: a record that is withheld tells more
packet-told-line = { $count ->
    [one] The record of a line of page one: { $lines }
   *[other] The records of { $count } lines of page one: { $lines }
}
packet-told-why = Page one of PACKET.PDF states it, and the record is withheld from this edition: a case opened from this packet holds nothing of it.
packet-told-sheet = The registration sheet
packet-told-sheet-why = The cover of PACKET.PDF states it as the person gave it; no record of this packet does.
