// English words of send time: when people answer, and whether waiting for that hour pays.

export const enSendTime = {
  'sendTime.title': 'When people answer',
  'sendTime.lead':
    'Chance that a message sent at this hour is answered, on the clock of whoever gets it. Learnt from sends whose hour was drawn by chance, so it is not the habit of the sender; each person’s own answers come on top.',
  'sendTime.empty': 'No campaign chooses its hours',
  'sendTime.emptyDetail':
    'Write “send_time: best” in a campaign of the plan, and hours are learnt from its sends.',
  'sendTime.evidence':
    '{sends, plural, one {# send} other {# sends}} at an hour drawn by chance; {people, plural, one {# person} other {# people}} with answers of their own.',
  'sendTime.learning':
    'Still learning: {answers} of {min} answers are in, until then hours are drawn by chance.',
  'sendTime.left':
    '{count, plural, one {# send} other {# sends}} taught nothing: they left in another hour than drawn, or not for certain.',
  'sendTime.noHour': 'Not known yet: no hour has twenty sends drawn by chance.',
  'sendTime.week': 'Chance of an answer by weekday and hour',
  'sendTime.hour': '{when}: {rate}; {sends, plural, one {# send} other {# sends}} at this hour',
  'sendTime.key': 'From {least} (faint) to {most} (strong). A dot: too few sends.',
  'sendTime.verdict.better': 'The chosen hour beats sending at once',
  'sendTime.verdict.worse': 'Sending at once is better',
  'sendTime.verdict.not_known_yet': 'Not known yet whether the chosen hour beats sending at once',
  'sendTime.rates':
    'Answered: {best} at the chosen hour ({bestSends, plural, one {# send} other {# sends}}), {once} at once ({onceSends, plural, one {# send} other {# sends}}).',
  'sendTime.difference': 'Difference in a hundred sends: {value} (from {low} to {high}).',
  'sendTime.tooFew': 'Each way needs a hundred sends first.',
  'sendTime.detectable': 'By now a difference of {value} in a hundred would be seen.',
  'sendTime.noBetter': 'So this campaign sends at once now.',
} as const
