### Why something was not done, and what to do instead.

refusal-access-label = Say who this is for, and choose what they may see.
refusal-already-decided = This was decided already. Take the decision back first.
refusal-birth-date-future = This birth date lies in the future. Check the year.
refusal-date = Write the date as 14 March 2026 or 2026-03-14. A month or a year is enough: March 2026, 2026.
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
