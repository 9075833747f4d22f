# Where records differ, and what to ask about it.
why-biopsy-resection = A biopsy looks at a small sample, the operation at the whole tumor. A difference is common.
why-clinical-pathologic = One is judged from pictures or examination, the other from tissue. A difference is common.
why-another-operation = They are of two operations: what was left after the first one was removed by a further one.
why-before-after = One was found before treatment, the other after it.
why-another-day = It was so on one day, and otherwise on another.
why-amended = A later, amended report takes the place of the first.
why-tumor-unclear = Of one of these records it is not clear which tumor it speaks of: it is not sorted, or names no site. They may be about two.
ask-conflict = Our records do not agree on { $concept }: { $sides }. Which is right, and does it change what you advise?
ask-expected = On { $concept } our records say: { $sides }. Which counts for the decision, and why?
ask-medicine = Our records give different lines for { $concept }: { $sides }. Which is right now?

# Lists of sources and values.
source-of-dates = { $title }, { $days }
list-and = { $first } and { $last }
list-and-more = { $shown } and { $count } more
list-more = { $count } more

# Beside a value: how many of its sources were confirmed, and whether it may be of another tumor.
partly-confirmed = { $confirmed } of { $count } sources confirmed
tumor-unclear = which tumor is not clear
conflict-tumor-unclear = { $concept } (which tumor is not clear)

# Parts of the one-page summary.
summary-diagnosis = Diagnosis
summary-stage = Stage
summary-specimen = What the specimen showed
summary-markers = Markers
summary-person = The person
summary-others = Others

# Beside a line of the summary that has several values: why, then which record says which.
note-biopsy-resection = To be expected: a biopsy sees a part, the operation the whole.
note-clinical-pathologic = To be expected: one was judged from pictures or examination, the other from tissue.
note-another-operation = To be expected: they are of two operations, the further one removed what was left.
note-before-after = To be expected: one was found before treatment, the other after it.
note-another-day = To be expected: it was so on one day, and otherwise on another.
note-amended = A later, amended report takes the place of the first.
note-tumor-unclear = Of one of these records it is not clear which tumor it speaks of.
note-each = { $said }.
note-place = { $setting } ({ $numbers })
note-said = { $places }: { $value }
note-open = An open answer beside a firm one is no contradiction.
note-more = One record says more exactly what another says.
setting-biopsy = on the biopsy
setting-resection = on what the operation removed
setting-re-excision = on what the further operation removed
setting-after-treatment = after treatment
setting-clinical = from pictures or examination
setting-told = told in a note

# Who confirmed a fact.
who-you = you
who-owner = the owner of the case
who-named = { $name }
who-other = somebody who helps

# What a person said in the case that an imported export was made of; nobody of this case has said it.
sent-typed = In the case this file was made of, a person typed it from page { $page } of “{ $record }”.
sent-confirmed = In the case this file was made of, a person confirmed it in “{ $record }”.
sent-corrected = In the case this file was made of, a person corrected what had been read in “{ $record }”.
sent-agreed = a person agreed on it in the case this file was made of
sent-stated = a person stated it in the case this file was made of, and no record

# Before what a blind reader will lack.
lacking-treatment = Treatment given
lacking-medicine = Medicine

# Beside a record of a blind packet that no program could search for a plan.
mention-unread = It has no text, so nobody could look for a plan in it. Read it yourself, or leave it out.
mention-unread-pages = { $count ->
    [one] Page { $pages } is a picture that nobody read, or holds hardly any words
   *[other] Pages { $pages } are pictures that nobody read, or hold hardly any words
}, so nobody could look for a plan there. Read them yourself, have them recognized, or leave the record out.

# Pages that are pictures, on the page of facts.
pictures-to-read = { $count ->
    [one] One page is a scan or photo without text. The program can read it on this computer; nothing is sent anywhere. What it finds counts only after you confirm it.
   *[other] { $count } pages are scans or photos without text. The program can read them on this computer; nothing is sent anywhere. What it finds counts only after you confirm it.
}
pictures-no-program = { $count ->
    [one] One page is a scan or photo without text, and tesseract, the program that reads such pages, is not on this computer. Install it (Debian and Ubuntu: apt-get install tesseract-ocr) and come back here, or open the page and type what it says.
   *[other] { $count } pages are scans or photos without text, and tesseract, the program that reads such pages, is not on this computer. Install it (Debian and Ubuntu: apt-get install tesseract-ocr) and come back here, or open the pages and type what they say.
}
pictures-to-confirm = { $count ->
    [one] One finding was read from a scan or photo. It counts only after you confirm it.
   *[other] { $count } findings were read from scans or photos. They count only after you confirm them.
}
facts-cut-short = “{ $title }” holds more findings than this program notes of one document. The first { $count } are here; the rest are on no list, on no page and in no file for another program. Look them up in the document itself.
pictures-doubtful = The text of this picture was read with { $percent } % confidence: hold it against the page before you confirm anything.

# On the pages of facts: how a fact came to stand, what is said beside it, and the words of its row.
standing-confirmed = confirmed
standing-corrected = corrected
standing-typed = typed
standing-rejected = rejected
standing-recognised = read from a picture
standing-machine-read = machine-read
fact-was = The program had read “{ $was }”.
fact-derived = Derived by arithmetic from what the record states.
fact-specimen = Specimen { $specimen }.
fact-without-cancer = Specimen { $specimen }, in which no cancer was found: it does not describe the tumor.
fact-tumor-unclear = Which tumor this record speaks of is not clear: it is not sorted, or names no site. Sort it, or look whether it is this one.
fact-said-by = { $who }, { $day }
polarity-present = It is so
polarity-absent = It is not so
polarity-uncertain = It may be so
polarity-not-tested = It was not tested
polarity-insufficient = It could not be judged
row-conflict = records do not agree
row-expected = differs, as is to be expected
row-against = against
row-and = and
row-sources = { $count ->
    [one] 1 source
   *[other] { $count } sources
}

# In a packet's lists of documents and images: whom a record names.
packet-names-no-one = names no patient
packet-names-another = names { $name }; the sender says that it is this patient’s all the same
packet-names-another-date = states another birth date or several people; the sender says that it is this patient’s all the same

# On the page of a study that somebody accepted.
study-names-another = This study names { $name }. It was accepted all the same as { $called }’s, and a packet says so.
study-names-another-date = This study does not name { $called } plainly. It was accepted all the same as { $called }’s, and a packet says so.

# Beside a date that a record proposes.
proposed-counted = Counted from the day of { $day }, as the record says.
proposed-month-first = Read with the month first: look whether the record means it so.
proposed-on-scan = Read from a scan: look at the page.
proposed-names-no-one = This record names no one.
