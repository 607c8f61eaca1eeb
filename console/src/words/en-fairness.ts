// English words of the fairness report of a campaign.

export const enFairness = {
  'fairness.title': 'Fairness',
  'fairness.about':
    'Whom of which group a campaign treated, held back, gave offers to and heard from. Nothing is decided by it, so a sensitive trait may be named.',
  'fairness.trait': 'Trait to compare by',
  'fairness.show': 'Show',
  'fairness.caption': 'Shares of people by {by}',
  'fairness.decided': 'Decided on',
  'fairness.treated': 'Treated',
  'fairness.heldOut': 'Control group',
  'fairness.withheld': 'Held back',
  'fairness.offers': 'Of treated: offer',
  'fairness.responded': 'Of treated: result',
  'fairness.interval': '{low} to {high}, {people, plural, one {# person} other {# people}}',
  'fairness.differs': 'differs from everybody else beyond chance',
  'fairness.note':
    'Intervals of 95 %. * differs from everybody else beyond chance (5 % over the whole table). A difference is no verdict: look for its cause.',
  'fairness.other':
    '{count, plural, one {# small group is} other {# small groups are}} put together as (other).',
  'fairness.nobody': 'Nobody yet',
  'fairness.nobodyYet': 'The campaign has decided on nobody.',
} as const
