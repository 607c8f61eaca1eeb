// English words of what a campaign will bring before it runs.

export const enAhead = {
  'ahead.title': 'What to expect',
  'ahead.campaign': 'Campaign',
  'ahead.of.run': 'The next run',
  'ahead.of.days': 'The next {days} days',
  'ahead.asIfLive':
    'As if it were live, under the limits and segments in force. Intervals hold in 8 of 10 cases.',
  'ahead.messages': 'Messages',
  'ahead.audience':
    '{audience, plural, one {# person} other {# people}} of {known} in the audience; some get nothing by draw, by limits or as control group',
  'ahead.buyers': 'People with a result',
  'ahead.buyers.note': 'those who would have bought anyway are among them',
  'ahead.margin': 'Result, costs taken off',
  'ahead.loss': 'Chance of a loss',
  'ahead.loss.note': 'what comes in does not cover the costs',
  'ahead.unsubscribes': 'Unsubscribe',
  'ahead.complaints': 'Complaints',
  'ahead.risk.note': 'by {count, plural, one {# message} other {# messages}} sent so far',
  'ahead.unknown': 'not known yet',
  'ahead.unknown.results': 'nothing has run here that results could be foretold from',
  'ahead.unknown.risk': 'fewer than 200 messages went out over its channels',
  'ahead.range': '{low} to {high}',
  'ahead.not':
    'It waits for something to happen, and how often that will be is not known yet. Once its event has come for a day, or the campaign has run for three, it can be foretold.',
  'ahead.draft': 'What the campaigns you changed would bring',
  'aheadTimes.audience': 'Everybody of the audience was decided on for trial.',
  'aheadTimes.own_decisions': 'As often as it has decided so far.',
  'aheadTimes.events': 'As often as its event has come so far.',
  'aheadTimes.unknown': 'How often it will be asked is not known.',
  'aheadBasis.own': 'Learnt from its own past.',
  'aheadBasis.other_campaigns': 'It has hardly run: learnt from the other campaigns with the same goal.',
  'aheadBasis.orders':
    'Nothing like it has run: this is what people order anyway. Take it as a yardstick, not as its effect.',
  'aheadBasis.nothing': 'Nothing is known that results could be foretold from.',
} as const
