### Why something was not done, and what to do instead.

refusal-access-label = Say who this is for, and choose what they may see.
refusal-already-decided = This was decided already. Take the decision back first.
refusal-birth-date-future = This birth date lies in the future. Check the year.
refusal-date = Write the date as 14 March 2026 or 2026-03-14. A month or a year is enough: March 2026, 2026.
refusal-date-not-there = There is no such day, or it is too far away. Look at it again.
refusal-date-two-ways = In this date day and month could stand either way. Write the month as a word: 3 April 2026.
refusal-doctor-empty = Name the doctor who said it.
refusal-handle = Use up to 64 letters, digits, spaces, dots or hyphens, and begin with a letter or digit.
refusal-handle-taken = There is a case called { $handle } already. Choose another short name.
refusal-import-stopped = The import was stopped. Nothing was lost: run it again and it goes on where it was.
refusal-locked-needs-password = A locked file needs its password before it can come into the case.
refusal-name-empty = Give a name.
refusal-newer-entries = A newer version of Consilium has written in this case ({ $kind }). Install that version to change anything here.
refusal-no-such-case = There is no case called { $handle }.
refusal-no-such-document = This document is not in the case.
refusal-no-such-group = These files are not among those set aside.
refusal-no-such-kind = Choose a kind from the list.
refusal-no-such-site = Choose a cancer from the list, or “not sure”.
refusal-nobody-proposed = The files propose nobody. Give the name yourself.
refusal-nothing-decided = Nothing was decided about these files yet.
refusal-nothing-unsure = There is nothing left to check.
refusal-packet-empty = There is nothing to put into a packet yet. Add files first.
refusal-question-empty = Write the question first.
refusal-too-long = This is too long. Use { $most } characters at most.
refusal-wrong-file-password = That password does not open this file. Check capitals, or ask whoever sent it.
refusal-no-such-fact = This fact is not there any more: the record was read again. Look at the list once more.
refusal-fact-empty = Type what the record says.
refusal-no-such-page = This document has { $pages } pages. Give one of them.
refusal-no-such-concept = Choose what the fact is about from the list.
refusal-no-such-medicine = No record of this case names this medicine.
refusal-medicine-line = Say how much of it is taken and how often, or write “dose not known”.
refusal-no-tesseract = To read text in scans and photos, install the program tesseract on this computer (Debian and Ubuntu: apt-get install tesseract-ocr). Then try again.
refusal-recognised-elsewhere = The pictures of this case are being read already, on another page or by another program on this computer. Wait until that has ended; what it finds comes into the case by itself.
refusal-export-too-large = The documents of this case are { $size } MB together, and this export takes { $most } MB at most. Hand over a packet instead: it holds every document and has no such limit. The mCODE file and the patient summary hold no documents and can be made.
refusal-export-fails = This export was not written, because { $count } of its parts fail the check. First: { $first }
refusal-no-such-date = No record of this case says this any more. Look at the dates that are proposed now.
refusal-fact-says-two-things = “{ $value }” and what you chose beside it contradict each other. Choose what the record says, or type only the value.
refusal-fact-of-another = This is a value of “{ $concept }”, which is a line of its own. Say “Not said here” of this one if the record does not say it, and type the other.
refusal-fact-code = Give a code, such as C50.4 for a place or 8500/3 for a tumor, or the usual English name of it.
refusal-hidden-characters = There are characters in this that cannot be seen and could change what is read. Type it anew instead of pasting it.
refusal-fact-form = This does not fit what is asked for: { $form }.
refusal-fact-no-such-site = There is no site { $code } in the list (ICD-O-3). Give a code such as C50.4, or the usual English name of the place.
refusal-fact-no-such-tumor = There is no tumor { $code }: codes go from 8000 to 9993, as in 8500/3 (ICD-O-3). Give such a code, or the usual English name of the tumor.
refusal-fact-unit = Write the unit too, such as 3.1 cm or 31 mm: without it the length may be ten times what is meant.
refusal-fact-size-zero = A tumor of size 0 has no size. Where the record says that no tumor is left, type that as T0 or as the effect of treatment.
refusal-fact-comma = { $typed } can be read in two ways. Write a part with a point, as in 1.5, and thousands without anything between them, as in 1500.
refusal-region = The place marked on the page cannot be used. Mark it once more, or save without a mark.
refusal-no-such-treatment = This treatment is not there any more: the record was read again, or somebody else said so first. Look at the list once more.
refusal-empty-field = Fill in: { $field }.
refusal-extension-late = Their time ended on { $until }. They may take longer only if they said so before that day; write down what they said as a note, and the request stays overdue.
refusal-without-unknown = Nothing in this case has the id { $id }; nothing was made, so that what was meant to stay out does not go.
refusal-route-not-for-tissue = { $record }: slides and blocks are no copies that a portal or an access letter brings. Choose “Laboratory to laboratory”, or let the new team ask for them.
refusal-letter-needs-center = Name the center first: an authorization has to say who may receive the records.
refusal-delta-not-blind = The packet before was for blind reading. Only what is new would tell its reader the plan: make this one for blind reading as well, or make a whole packet.
refusal-treatment-ends-first = It can not have ended before it began. Look at the two dates.
refusal-tissue-no-cause = { $label }: { $step ->
    [reviewed] nothing says that it was received on or before this day
    [return-shipped] nothing says that it was received on or before this day
    [returned] nothing says that it was received or sent back on or before this day
   *[other] nothing says that it was given out or shipped on or before this day
}. Write that down first, or say that you know that it is not written down.
refusal-tissue-backwards = { $label }: a step that comes before this one is written down for { $day }, which is later. Look at the two days, or say that you know that.
refusal-tissue-used-up = { $label } is used up since { $day }, so nothing of it can be sent: if some is left, take that step back or correct its number of pieces first.
refusal-tissue-twice = { $label }: this step is written down for that day already, in other words. Take that one back first, or give the number of pieces of a second parcel.
refusal-time = “{ $time }” is no time of day. Write it as 14:30 or 2:30 pm, with the time zone behind it.
refusal-letter-before-request = This letter is about a request, and can not be older than it: { $asked ->
    [none] nobody said yet that the request was sent
   *[other] the request was sent on { $asked }
}. Look at the day.
refusal-letter-other-page = This letter is written down already as sent, to the same, on that day, the same way, with another page. Say first that the other one was not sent, and then keep this page.
refusal-day-long-ago = This day is more than { $days } days ago: no answer to what was asked so long ago is waited for any more. Look at the year, and give the day on which it happened; or ask again.
refusal-ended-before-sent = It was asked on { $asked }, so it can not have ended before. Look at the day.
refusal-extension-before = It was asked on { $asked }, so their notice can not be older. Look at the day.
refusal-letter-received-before = They can not have received the letter before the day it was sent. Look at the two days.
refusal-letter-unknown = There is no such letter among those that were sent, or it was taken back.
refusal-letter-no-pdf = This is no letter to keep: it can not be opened as a PDF and shown. Give the page that was sent as a PDF without a password, of at most 50 megabytes.
refusal-day-in-future = This day is not yet here. Give the day on which it happened.
refusal-holder-unknown = Nobody of this name is in the contact book. Add the hospital or laboratory first.
refusal-holder-known = { $name } is in the contact book already. Change that entry.
refusal-route-sent = This request was sent. Take it back, and write another one for the other way.
refusal-route-unknown = Choose one of the ways that are listed.
refusal-route-other-department = This department has no such way. Choose one that is listed for it.
refusal-clock-unknown = The clock “{ $clock }” is missing from the table record-clocks.csv. Restore it there.
refusal-nothing-judged = Of this document nothing was said for “{ $record }”, so that there is nothing to take back. Give the document as the line lists it.
refusal-judge-not-documents = No document alone can be “{ $record }”: it asks for images, slides or blocks, or for what you say yourself. Confirm on the document’s own page what it is.
refusal-requirement-unknown = “{ $requirement }” is no line of the checklist. Choose one that is listed.
refusal-request-empty = Say what to ask for: choose lines of the checklist, or write it.
refusal-request-too-many = Ask for { $most } things at most in one request. Write a second one for the rest.
refusal-request-unknown = There is no such request in this case.
refusal-request-running = “{ $what }” was asked for there already{ $asked ->
    [none] { "" }
   *[other] { " " }on { $asked }
}, and that request still runs. Look at it first, or say that you know that.
refusal-clock-runs = The time of this request runs since { $since }: another sending does not begin it anew. Where that day is wrong, correct it and name it (--instead-of { $since }); a further letter or call is written down as one.
refusal-clock-not-since = The time of this request does not run since { $day }. Look at it again.
refusal-request-ended = This request has ended. Reopen it first.
refusal-request-open = This request has not ended.
refusal-request-not-sent = Say first when this request was sent.
refusal-no-extension = There is no extension to take: the rule allows one at most, or none for this request.
refusal-extension-range = The rule allows an extension from the day after { $from } up to { $to }. Give a day in between.
refusal-contact-unknown = The note that this one corrects is not there.
refusal-waived-everywhere = What you said holds for every center, and not for { $center } alone. Take it back for every center, or leave it.
refusal-situation-unknown = Nobody asked this question. Choose one that is listed.
refusal-tissue-count = Give the number of pieces, from 1 to 999.
refusal-tissue-none = Choose at least one line of the register.
refusal-tissue-unknown = These slides or blocks are not in the register of this case.
refusal-tissue-no-step = There is no such step of these slides or blocks, or it was taken back.
refusal-tissue-report = This report is not in the case. Choose one that is listed, or none.
refusal-tissue-more-than-sent = { $label }: only { $sent } { $sent ->
    [one] piece is
   *[other] pieces are
} out that can arrive. Count them again or correct what was sent, or say that you know that.
refusal-tissue-more = There are not that many pieces of { $label } in the register.
refusal-return-before = The day of return lies before the day of this step. Correct one of the two.
refusal-packet-unknown = There is no such packet in this case.
refusal-delivery-unknown = There is no such delivery in this case.
refusal-delivery-withdrawn = This delivery was taken back. Note the confirmation at the one that happened.
refusal-receipt-day = Give the day on which they confirmed it: not before { $from }, when it was handed over, and not after today.
refusal-receipt-not-in-packet = This was not in the packet that was handed over. Choose from what was in it.
refusal-receipt-empty = Choose what they confirmed, or write what they say is missing.
refusal-authority-missing = Say by what authority somebody else signs, such as health care proxy or parent.
refusal-letter-all-came = Everything that this request asks for is here, or left for the center, so that a letter which says it did not come would not be true. End the request, or write another one for what is still missing.
refusal-letter-not-now = There is no such letter for this request today.
refusal-letter-missing = The wording “{ $letter }” is missing from the folder letters. Restore it there.
refusal-date-day = Give the full date, such as 14 March 2026.
refusal-search-too-long = This is too long to search for. Use { $most } characters at most.
refusal-search-too-many-words = These are too many words to search for. Use { $most } at most, or put some in quotation marks.
refusal-no-such-question = This question is not on the list any more.
refusal-no-such-access = Nobody has this access any more.
refusal-several-facts = Several facts about the same thing begin at this place. Say which by its value, or on the page of the record.
refusal-several-treatments = Several treatments begin at this place. Say which by its name.
refusal-fax-page = Page { $page } of { $of } can not be drawn in black and white, and a fax without it would not be whole. Take the document it belongs to out of the packet, or send the packet in another way.
refusal-packet-since = The packet that this one follows is not in this case. Choose one of those that are listed.
refusal-delta-other-center = The packet that this one follows was for { $center }. Whoever did not get it would lack what is left out: make a whole packet.
refusal-nothing-new = Nothing is new or changed since that packet. There is nothing to send.

# A packet’s list of contents, and receipts.
refusal-list-none = This medium has no list of contents (PACKET.JSON): it was made by another program or an earlier version. All its files are added as ordinary files.
refusal-medium-cut = This { $form } ends too early: { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} arrived, and more were sent. It is damaged, and nothing of it was taken in. Ask for it again; what can be read of it is added as ordinary files by an import (Add records).
refusal-nothing-kept = Nothing of it could be kept as a record ({ $files } files were met), so no case was opened. { $why } Ask for it again.
refusal-packet-unfinished = This packet was never finished: whatever wrote it was stopped (its name begins with UNFINISHED-PACKET), so it holds only some of the records and no list of them. Nothing of it was taken in. Ask for the packet to be made again.
refusal-list-too-large = It is larger than any list of contents.
refusal-list-unknown = It is not a packet’s list of contents.
refusal-list-newer = It was made by a newer version of Consilium. Update this one to have its items accounted for.
refusal-list-damaged = It is damaged or was changed.
refusal-list-twice = It names { $what } twice.
refusal-list-path = It names a place outside the packet.
refusal-list-other-person = It is about another person than the case or the files.
refusal-list-other = A packet with this number was received before, with another list.
refusal-list-own = This packet was made from this very case.
refusal-received-unknown = No such packet was received in this case.
refusal-received-item = There is no item { $item } in this packet.
refusal-received-not-whole = Item { $item } did not arrive as it was sent, or nothing shows that it did, so it cannot be confirmed. Say in your words what is missing.
refusal-received-nothing = Choose the items you looked at, or write what is missing.
refusal-receipt-none = This file is not a receipt. Choose the file RECEIPT.JSON that you were sent.
refusal-receipt-newer = This receipt was made by a newer version of Consilium. Update this one, or write down by hand what they confirmed.
refusal-receipt-damaged = This receipt is damaged or was changed. Ask for it again, or write down by hand what they confirmed.
refusal-receipt-other-packet = This receipt is for a packet that was not made from this case.
refusal-receipt-other-manifest = This receipt is for other files than those of the packet: its checksum is another one.
refusal-receipt-unknown-item = This receipt names item { $item }, which is not in the packet.
refusal-receipt-item-differs = The checksum of item { $item } in this receipt is not that of what was sent.
refusal-receipt-other-file = Another file of this very receipt was read before: of the delivery to { $to }, confirmed by { $by } on { $on }. One of the two was changed. Ask them which one they gave; if it is this one, take the one before back in the list of deliveries, and read this one again.
refusal-receipt-not-delivered = This packet is not written down as handed over. Write down to whom it went first.
refusal-receipt-which-delivery = This packet was handed over several times. Choose the delivery that this receipt is for.
refusal-receipt-elsewhere = This receipt was written down of another delivery: the one to { $to }, handed over on { $on }. Take it back there first, then read it again.
refusal-receipt-number = There is no such receipt of this delivery. Give its number as the list has it, counted from 1.
refusal-recall-unknown = This packet takes no such record back that is in this case.
refusal-receipt-other-delivery = This receipt is for another packet than the one of this delivery.
refusal-delivery-before-packet = The packet was made on { $made }: it can not have been handed over before that.
refusal-opinion-twice = This opinion is written down already.
refusal-opinion-concept = “{ $concept }” is nothing a finding can be about. knowledge/compare/concepts.csv names what there is.
