# Where records differ, and what to ask about it.
why-biopsy-resection = A biopsy looks at a small sample, the operation at the whole tumor. A difference is common.
why-clinical-pathologic = One is judged from pictures or examination, the other from tissue. A difference is common.
why-before-after = One was found before treatment, the other after it.
why-amended = A later, amended report takes the place of the first.
ask-conflict = Our records do not agree on { $concept }: { $sides }. Which is right, and does it change what you advise?
ask-expected = On { $concept } our records say: { $sides }. Which counts for the decision, and why?
ask-medicine = Our records give different lines for { $concept }: { $sides }. Which is right now?

# Parts of the one-page summary.
summary-diagnosis = Diagnosis
summary-stage = Stage
summary-specimen = What the specimen showed
summary-markers = Markers
summary-person = The person
