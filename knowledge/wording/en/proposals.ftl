### Why a kind, a date, an author or a facility is proposed for a document.
### $kind is the name of the kind; $words are signs of our own list in quotation marks; $label stands before a date.

proposal-kind-code = The file carries the code { $code }, which stands for: { $kind }.
proposal-kind-format = Files of this format are: { $kind }.
proposal-kind-title = Its title has the words { $words }.
proposal-kind-display = Its type is given with the words { $words }.
proposal-kind-file-name = Its file name has the words { $words }.
proposal-kind-heading = It is headed { $words }.
proposal-kind-text = It has the words { $words }.

proposal-date-stated = The file states this date as the date of the care.
proposal-date-service = It stands after “{ $label }”.
proposal-date-received = It stands after “{ $label }”. No date of the care itself was found.
proposal-date-reported = It stands after “{ $label }”: when it was written. No date of the care itself was found.
proposal-date-service-month-first = It stands after “{ $label }”, read with the month first.
proposal-date-received-month-first = It stands after “{ $label }”, read with the month first. No date of the care itself was found.
proposal-date-reported-month-first = It stands after “{ $label }”, read with the month first: when it was written. No date of the care itself was found.

proposal-author-stated = The file states this author.
proposal-facility-stated = The file states this facility.
proposal-accession-stated = The file states this accession number.
