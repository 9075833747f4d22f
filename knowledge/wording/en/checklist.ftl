### What of a record is lacking, and how the checklist speaks.

lack-some-images = Some images of a series are missing.
lack-images = A report is here without its images.
lack-report = Images are here without their report.
lack-part-of-the-body = The images do not say which part of the body they show.
lack-readable-copy = The file is damaged: ask for a readable copy.
lack-a-result = Records say that it was not tested, or could not be.
lack-earlier-values = Only one value is here: the course over time is needed.
lack-medicines-differ = Records differ on a medicine: agree on the list.
lack-person-accepted = Say whose records these are, with the birth date.
lack-one-operation = The report on the tissue of one operation is missing.
lack-some-slides = Some of the slides or blocks are not on their way.
lack-the-record-itself = Something else tells of it, but the record itself is not here.
lack-a-part = A part of it is missing.
