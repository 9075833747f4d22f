### The decision: options, numbers, what matters, the picture of a person's own points, letters, hand-over.

next-decide-sheet = Lay the options of the opinions side by side
next-decide-certainty = Say how certain you are now, before you see the numbers
next-decide-values = Say what matters to you, before you see the numbers
next-decide-decide = Write down what you decided, or that you wait
next-decide-tell = { $count ->
    [one] Tell one doctor what you decided
   *[other] Tell { $count } people what you decided
}
next-decide-confirm = { $count ->
    [one] One thing of the hand-over is confirmed by nobody
   *[other] { $count } things of the hand-over are confirmed by nobody
}
next-decide-start = Say whether the start of treatment still holds: it was written down before you decided
next-decide-hand-over = See who does what next, so that nothing falls between the teams
next-decide-late = { $count ->
    [one] One thing should be done by now: write down what became of it
   *[other] { $count } things should be done by now: write down what became of them
}
next-decide-revisit = The day to look at your decision again has come

voice-patient = The patient
voice-partner = The partner
moment-before = Before looking at the options
moment-after = After looking at the options
tell-choice = my choice
tell-reasons = my reasons too
tell-everything = everything
tell-nothing = nothing
handover-task = Task
handover-appointment = Appointment
handover-order = Open test or order
handover-record = Record to send
handover-tissue = Slides or blocks to return
handover-authorization = Permission of the insurer
handover-state-open = nobody confirmed it
handover-state-confirmed = confirmed
handover-state-declined = they said no
handover-state-done = done

sheet-no-number = Nobody stated a number.
sheet-one-number = A number was stated for one option only, so there is nothing to hold it against.
sheet-other-denominator = The numbers are of { $a } people and of { $b } people. Ask for both of the same number of people; nothing is converted here.
sheet-other-horizon = The numbers are for different times: { $a } and { $b }. Ask for both within the same time; nothing is converted here.
sheet-numbers-aside = { $count ->
    [one] One number is of another time or of another number of people: it stands in the list, and is not held against the others.
   *[other] { $count } numbers are of another time or of another number of people: they stand in the list, and are not held against the others.
}
sheet-too-many-icons = The numbers are of { $denominator } people: too many to draw. They stand in the table.
sheet-no-icons-for-amounts = This is an amount, not a chance.
sheet-other-people = The numbers may be of other people: { $people }. Ask which of them are like you.
sheet-other-sources = One is from a study or a guideline, the other is what a doctor thinks: they are not equally well founded.
sheet-may-be-one = “{ $a }” and “{ $b }” may be one option under two names: the doctors agree on every kind of treatment in them. If they are one, clear one of the names and give its numbers to the other.
sheet-counted-twice = “{ $features }” may count the same thing twice. Give points to one of them, or share them between both.
sheet-same-for-stated = It is the same for those options for which a number was stated.
sheet-same-for-all = It is the same for all options.
sheet-not-asked = You were not asked about it yet.
sheet-no-points = You gave it no points.

number-chance = { $value } of { $denominator }
number-amount = { $value } { $unit }
number-within = { $number } within { $horizon }
number-not = { $number } not
number-between = between { $low } and { $high }
number-at-least = at least { $low }; highest: not stated
number-at-most = at most { $high }; lowest: not stated
number-open-end = { $number } (as far as it can go: nobody named this end)
number-apart = As stated, { $pair } are { $difference } apart.
number-apart-overlap = As stated, { $pair } are { $difference } apart; the ranges that were named overlap.
number-apart-open = As stated, { $pair } are { $difference } apart; how far one of them may go was not stated, and it may reach the other.
number-pair = “{ $one }” and “{ $other }”
number-pair-only = the two options
limit-at-least = { $what }: at least { $limit }
limit-at-most = { $what }: at most { $limit }

goal-within = { $goal } lies within: { $what }
goal-before = { $goal } lies { $days ->
    [0] on the day before
    [one] one day before
   *[other] { $days } days before
} the first step.
goal-after = { $goal } lies { $days ->
    [one] one day after
   *[other] { $days } days after
} the last step with a day.
goal-between = { $goal } lies between two steps.
goal-no-days = No step of this option has a day yet.

advice-advised = advises { $what }
advice-considered = thinks of { $what }
advice-alternative = names as another way { $what }
advice-against = advises against { $what }
advice-only-if = { $advice }, only if { $condition }

handover-propose-first = Begin: { $what }
handover-tissue-home = The register says that it is back at its laboratory. Write down who said so.
handover-request-ended = The request has ended: nothing is waited for any more. Write down who said so.
handover-propose-then = Then: { $what }
handover-propose-stop = Cancel it, or ask whether it still holds: { $what }, which the records plan
handover-propose-start = Ask which day treatment starts now, and write it down
handover-propose-test = Test that was advised: { $what }
handover-propose-record = Send the written opinion of { $from } to { $to }
handover-propose-tissue = Return to the laboratory: { $what }
handover-propose-request = Still asked for: { $what }
handover-propose-insurer = Ask the insurer whether each permission holds for the team that goes on

follow-data = { $what }: I understood from you “{ $own }”, another opinion says “{ $other }”. Perhaps one of you knew something the other did not. Had you seen the same, and would it change your advice?
follow-reading = { $what }: I understood from you “{ $own }”, another opinion says “{ $other }”, as far as I know of the same material. Would a third look at it help, and who could do it?
follow-judgement = { $what }: I understood from you “{ $own }”, another opinion says “{ $other }”. What speaks for your way in my case, and how sure is it?
follow-goal = { $what }: I understood from you “{ $own }”, another opinion says “{ $other }”. Which wish of mine did you have in mind?
follow-plan = { $what }: I understood from you “{ $own }”, another opinion says “{ $other }”. That seems to follow from a finding on which you differ. If the other finding holds, would your advice change?
follow-unclear = { $what }: I understood from you “{ $own }”, another opinion says “{ $other }”. What did you base it on?
follow-only-other = { $what }: another opinion says “{ $other }”, and yours does not speak of it. What do you think of it?
follow-only-own = { $what }: I understood from you “{ $own }”, and no other opinion speaks of it. How important is it?
agenda-line = { $what } ({ $kind }): { $sides }
agenda-line-proposed = { $what } (perhaps { $kind }; nobody confirmed that): { $sides }
agenda-line-plain = { $what }: { $sides }

refusal-no-sheet = There is no sheet of options yet. Write it down first.
refusal-numbers-shown = The numbers are shown already.
refusal-sheet-empty = Write down at least one option.
refusal-sheet-too-much = At most { $most } lines of a kind can be kept.
refusal-sheet-twice = “{ $label }” stands there twice. Give each its own name.
refusal-sheet-no-option = “{ $what }” names an option that is not on the sheet.
refusal-sheet-no-feature = The number { $number } belongs to nothing of the sheet. Choose what it is a number of.
refusal-sheet-source = { $feature }: write who stated the number. Nothing without a source stands on the sheet.
refusal-sheet-denominator = { $feature }: write of how many people, for example 100.
refusal-sheet-horizon = { $feature }: write within which time, for example 5 years.
refusal-sheet-amount = { $feature } is an amount: it has no “of how many people”. Leave that empty.
refusal-sheet-number = { $feature }: this number can not be true. The lowest, the number and the highest must come in that order, and not above “of how many”.
refusal-sheet-open = { $feature }: write both the lowest and the highest, or neither. What nobody named is not made up.
refusal-line-too-long = In { $line } something is too long. Use { $most } characters at most.
refusal-line-hidden = In { $line } there are characters that cannot be seen and could change what is read. Type it anew instead of pasting it.
refusal-line-empty = In { $line } fill in: { $field }.
refusal-line-day = In { $line } the day can not be meant. Check the year.
refusal-sheet-whole = { $what }: write a whole number without words.
refusal-sheet-weeks = { $what }: a step takes at most { $most } weeks.
refusal-nothing-to-ask = The opinions differ in nothing that may change something, so there is nothing to ask.
refusal-values-empty = Nothing was said yet. Write at least one line or answer one question.
refusal-values-feature = “{ $feature }” is not on the sheet.
refusal-values-points = { $feature }: give 0 to { $most } points.
refusal-values-range = { $feature }: the numbers on the sheet changed while you answered. Look at the range again.
refusal-values-twice = One thing is answered twice.
refusal-certainty-unknown = There is no question “{ $id }”.
refusal-weights-none = There are no points yet. Say first how much each difference matters to you.
refusal-weights-stale = The numbers changed since you gave your points, for: { $features }. Say again how much they matter; until then no total is shown.
refusal-weights-two-options = A picture needs at least two options.
refusal-decision-unknown = There is no such decision.
refusal-decision-to-come = A decision can not be dated in the future.
refusal-decision-revisit = The day to look at it again lies before the decision.
refusal-decision-option = This option is not on the sheet.
refusal-decision-told = This decision was told to somebody and stays. Write down the new one.
refusal-decision-told-twice = { $to } stands there twice.
refusal-decision-twice = This decision stands there already.
refusal-decision-untold = You did not choose to tell { $to } of this decision.
refusal-handover-day = That day lies in the future.
refusal-handover-before = That day is before your decision: a yes from before it was said to another plan. Ask again, and write down that day.
refusal-decision-overtaken = You decided anew since then, so no letter of this decision goes any more. Write to them about the decision that holds.
refusal-telling-opinion = The opinion that is named beside { $to } is not in the case.
letter-opinion-thanks = Thank you for the opinion you gave me, and for the time you took.
refusal-told-day = That day lies in the future, or before the decision.
refusal-told-twice = This stands there already.
refusal-handover-unknown = There is no such line in the hand-over.
refusal-handover-twice = This stands in the hand-over already.
refusal-sheet-good = { $feature }: say whether it is hoped for or feared.
refusal-values-both = { $feature }: give points, or say that you are not sure, not both.
refusal-decision-day = Write the day, for example 14 March 2026.
refusal-decision-tell = Choose what { $to } is told, or clear the name.
refusal-values-no-range = { $feature }: there is nothing to hold it against yet. It can be asked once two options have a number of the same kind.
refusal-opinion-kept-back = The opinion of { $from } is kept from the other doctors for now. Open it first, then write to them.
refusal-certainty-late = The numbers were shown already, so this is no answer from before. Keep it as after.
refusal-numbers-first = Totals come after what matters to the patient. Say that first, or ask to see the numbers.
refusal-form-old = Somebody wrote this anew since you opened the form, perhaps you in another window. What you typed stands here still: compare it with what is kept (open the page once more), then save from there.
refusal-handover-open = Choose what they said: confirmed, no, or done.
refusal-day-can-not-be = This day can not be meant. Check the year.
