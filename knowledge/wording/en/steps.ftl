### What to do next, one sentence a step, on the overview and in the worklist.
### $count is how many things wait.

next-find-center = Name the cancer center whose opinion you want

next-gather-first-files = Add your first files
next-gather-accept-person = Say whose records these are: { $named } of { $of } files that name somebody name { $name }
next-gather-decide-set-aside = { $count ->
    [one] Decide about one group of files that may not be yours
   *[other] Decide about { $count } groups of files that may not be yours
}
next-gather-give-password = { $count ->
    [one] Give the password of one locked file
   *[other] Give the passwords of { $count } locked files
}
next-gather-confirm-identity = { $count ->
    [one] Check one record that carries another name
   *[other] Check { $count } records that carry another name
}
next-gather-incomplete-studies = { $count ->
    [one] One imaging study has pictures missing: ask for a new copy
   *[other] { $count } imaging studies have pictures missing: ask for new copies
}
next-gather-confirm-kinds = { $count ->
    [one] Confirm what one document is
   *[other] Confirm what { $count } documents are
}

next-gather-conflicts = { $count ->
    [one] Records contradict each other on one point: look at both sides
   *[other] Records contradict each other on { $count } points: look at both sides
}

next-gather-unread-pages = { $count ->
    [one] One page is a picture that nobody has read: let the program read it, or type what it says
   *[other] { $count } pages are pictures that nobody has read: let the program read them, or type what they say
}
next-gather-confirm-findings = { $count ->
    [one] One finding was read from a scan or photo: say whether it is right
   *[other] { $count } findings were read from scans or photos: say whether they are right
}

next-prepare-safe-wait = Ask your doctor how long it is safe to wait
next-prepare-treatment-start = Write down when treatment is planned to start
next-prepare-questions = Write down the questions that matter to you

next-share-packet = Make the packet for the center

next-gather-overdue = { $count ->
    [one] One request for records is overdue: the next letter is ready
   *[other] { $count } requests for records are overdue: the next letters are ready
}
next-gather-remind = { $count ->
    [one] It is time to remind a holder of one request: the reminder is ready
   *[other] It is time to remind the holders of { $count } requests: the reminders are ready
}
next-gather-came = { $count ->
    [one] What one request asked for is here or on its way, and its time runs on: say whether it ended
   *[other] What { $count } requests asked for is here or on its way, and their time runs on: say whether they ended
}
next-gather-missing = { $count ->
    [one] One record that { $center } needs is missing: ask for it
   *[other] { $count } records that { $center } needs are missing: ask for them
}
next-gather-partial = { $count ->
    [one] One record is here only in part: ask for the rest
   *[other] { $count } records are here only in part: ask for the rest
}
next-gather-look = { $count ->
    [one] One record that { $center } needs is here: look whether it holds what is asked for
   *[other] { $count } records that { $center } needs are here: look whether they hold what is asked for
}
next-gather-outdated = { $count ->
    [one] One scan or test may be too old: ask the center whether to repeat it
   *[other] { $count } scans or tests may be too old: ask the center whether to repeat them
}
next-gather-unanswered = { $count ->
    [one] Answer one question, so that the list of what is needed is complete
   *[other] Answer { $count } questions, so that the list of what is needed is complete
}
next-gather-tissue = { $count ->
    [one] Slides or blocks need your attention
   *[other] { $count } lines of slides or blocks need your attention
}
next-share-unconfirmed = { $count ->
    [one] Ask for a confirmation: one item that was sent is not confirmed
   *[other] Ask for confirmations: { $count } items that were sent are not confirmed
}
next-share-said-missing = { $count ->
    [one] They say that something is missing from what was sent: look what it is
   *[other] { $count } recipients say that something is missing from what was sent: look what it is
}
next-share-deliver = Note how and when the packet was handed over
next-share-send-again = { $count ->
    [one] Send it again: one item did not arrive as it was sent
   *[other] Send them again: { $count } items did not arrive as they were sent
}
next-share-taken-out = { $count ->
    [one] They have a record that you took out since: make a packet of what is new, which tells them so
   *[other] They have { $count } records that you took out since: make a packet of what is new, which tells them so
}
next-share-recalled = { $count ->
    [one] A record was taken back by its sender: take it out of the case, or keep it
   *[other] { $count } records were taken back by their sender: take them out of the case, or keep them
}

next-checklist-overdue = { $holder } has not answered in time: { $record }
next-checklist-look = Look whether what is here holds it: { $record }
next-checklist-get = Get: { $record }
step-received-person = Say whose records these are
step-received-set-aside = Decide about { $count ->
    [one] the item that was set aside
   *[other] the { $count } items that were set aside
}
step-received-confirm = Look at what arrived, and confirm it
next-share-ask-again = { $count ->
    [one] Ask the sender again for the item that did not arrive as it was sent
   *[other] Ask the sender again for the { $count } items that did not arrive as they were sent
}
next-share-received = Look at what arrived, and confirm { $count ->
    [one] the item
   *[other] the { $count } items
}

# The worklist.
worklist-overdue = No answer from { $holder } in time
worklist-request = { $holder } is to answer a request
worklist-delivery = { $to } has not confirmed { $count ->
    [one] one item
   *[other] { $count } items
} of what was sent
worklist-delivery-missing = { $to } says that something is missing from what was sent
worklist-ready = Nothing blocks it
