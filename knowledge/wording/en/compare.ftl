### Opinions side by side: why a line stands as it does. $a and $b are what the two opinions say.

next-compare-second = Write down the second opinion when you have it

compare-only-one-says = Only one of them speaks of it.
compare-agree = Both say the same.
compare-detail = They fit together: “{ $a }” and “{ $b }” differ in an amount, or one is more exact.
compare-conflict = Both can not hold: “{ $a }” and “{ $b }”.
compare-not-comparable = “{ $a }” and “{ $b }” are on different scales.
compare-other-point-of-time = “{ $a }” and “{ $b }” are of different points of time: before an operation, after it, or after drug treatment.
compare-other-edition = “{ $a }” and “{ $b }” are of different systems, editions or tests, which are not compared.
compare-other-system = They use different systems, which are not compared.
compare-other-behaviour = One speaks of a cancer that is { $a }, the other of one that is { $b }.

compare-reason-given = A reason was given: “{ $words }”
compare-says-more = They share something, and one of them states more: { $more }
compare-not-spoken-of = One of them does not speak of it.
compare-plan-unsure = “{ $a }” and “{ $b }”: one of them denies something or makes an exception. Read both, and say how they stand to each other.
compare-one-had = One had it and the other did not: { $material }.
compare-came-later = It came into being after the day of the other opinion: { $material }.
compare-other-pieces = They had different pieces: { $material }.
compare-both-had = Both rest on the same material, each looked at it or had the report of somebody who did: { $material }.
compare-not-known-what-was-had = It is not written down what one of them had to look at.
compare-other-goal = They name different goals.
compare-follows-from = It follows from another difference: { $what }.
compare-same-findings = They do not differ on the findings this rests on.

beyond-goal = Which wish of yours it serves
beyond-numbers = Numbers they stated
beyond-numbers-kept = { $count ->
    [one] One number
   *[other] { $count } numbers
}, to be seen once you said what matters to you
beyond-number = { $event }, with “{ $option }”: { $number }
beyond-pair = between { $a } and { $b }

compare-sealed-went = A record that says it went to { $to } on { $on }: whoever read it there knows it.
compare-edition-not-said = It is not written down of both which edition they use. Ask, before you rest anything on it.

compare-not-read = “{ $a }” and “{ $b }” are no values that the tables know, so it is not said that they contradict: read both.
compare-diagnosis-words = The organ is the same. What each says of the tumor in it no table can tell: read both.
relation-agree = agree
relation-detail = differ in detail
relation-conflict = conflict
relation-one-sided = only one speaks of it
relation-not-comparable = not comparable
weight-major = may change something
weight-minor = minor
difference-data = different data
difference-reading = different reading of the same
difference-judgement = different judgement
difference-goal = different goal
difference-unclear = not known why
difference-data-plain = One doctor knew something the other did not.
difference-reading-plain = It is the same material, seen differently: by the doctor, or by whoever wrote the report they had.
difference-judgement-plain = Both know the same and weigh it differently.
difference-goal-plain = They answer different wishes of yours.
difference-unclear-plain = Ask both what they had seen.

material-pathology-report = Pathology report
material-slides = Glass slides
material-blocks = Tissue blocks
material-images = The images themselves
material-imaging-report = Imaging report
material-operative-note = Operative note
material-treatment-summary = Treatment so far
material-genomic-report = Gene test
material-laboratory = Laboratory values
material-medicines = List of medicines
material-consultation = Notes of other doctors
material-examination = Examination in person

basis-visit = Visit in person
basis-video = Video visit
basis-records = Records alone
basis-slides = Slides read again
basis-images = Images read again
basis-tumor-board = Tumor board
basis-letter = Letter
intent-curative = To cure
intent-disease-control = To hold the cancer back
intent-comfort = To relieve
step-surgery = Operation
step-systemic = Medicines against the cancer
step-radiation = Radiation
step-observation = Watching and waiting
step-trial = Clinical trial
step-palliative = Relief of symptoms
step-transplant = Transplant
step-ablation = Ablation or embolization
step-test = Further test
setting-neoadjuvant = before the operation
setting-adjuvant = after the operation
setting-definitive = as the main treatment
setting-concurrent = together with another
setting-maintenance = to hold what was reached
setting-metastatic = for cancer that has spread
strength-recommended = advised
strength-considered = to be thought about
strength-conditional = only if
citation-guideline = Guideline
citation-study = Study
citation-experience = Experience
burden-visits = Visits
burden-travel = Travel
burden-time-off = Time away
burden-late-effects = Lasting effects
burden-cost = Cost

refusal-opinion-unknown = There is no opinion with the number { $id }.
refusal-opinion-sealed = This opinion is sealed already.
refusal-opinion-not-sealed = This opinion is not sealed.
refusal-opinion-says-nothing = Write down at least the diagnosis or one step of the plan.
refusal-opinion-too-much = An opinion can hold at most { $most } lines of a kind.
refusal-form-file = This file has not the form of { $form }: { $why }
refusal-finding-number = “{ $value }” can not be a value of: { $what }. Check the number.
refusal-outcome-number = The numbers for “{ $event }” can not be true: write how many of how many, and a range that holds it.
refusal-difference-unknown = There is no line “{ $dimension }” in the comparison.
refusal-opinions-agree = The opinions agree there: there is no difference to name. Say first how they stand to each other.
refusal-both-speak = That only one speaks of it can not be said here: take the line out of the opinion that does not say it.
refusal-opinion-word = “{ $word }” is none of: { $known }.
refusal-step-kind = Choose what kind of treatment “{ $step }” is.
refusal-finding-concept = Choose what “{ $value }” is a finding of.
refusal-not-a-number = “{ $text }” is no whole number. For 95.5 of 100 write 955 of 1000.
refusal-opinion-opened = This opinion was opened to the other doctors before: they may have read it, and can not read without it any more.
refusal-difference-changed = An opinion was changed since you looked. Look at the line again.
refusal-form-field = “{ $field }” is no field there. { $form } names them all.
refusal-opinion-sealed-removed = This opinion is sealed. Open it first: to take it back would open its record without saying so.
