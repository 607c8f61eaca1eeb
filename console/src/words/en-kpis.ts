// English words of the view of figures.

export const enKpis = {
  'kpi.orders': 'Orders',
  'kpi.revenue': 'Revenue',
  'kpi.margin': 'Margin',
  'kpi.visits': 'Page views',
  'kpi.events': 'Events received',
  'kpi.sent': 'Messages sent',
  'kpi.failed': 'Messages failed',
  'kpi.unsubscribed': 'Unsubscribed',
  'kpi.clickRate': 'Click rate',

  'kpis.choose': 'Figure',
  'kpis.figure': 'Figure',
  'kpis.value': 'Was',
  'kpis.expected': 'Expected',
  'kpis.ahead': 'Expected',
  'kpis.usual': 'Usual range',
  'kpis.interval': 'Interval of 80 %',
  'kpis.range': '{low} to {high}',
  'kpis.day': 'Day',
  'kpis.readout': '{time}: {value} ({range})',

  'kpis.hours': '{figure}, hour by hour',
  'kpis.hours.none': 'Appears when the first hours have passed.',
  'kpis.hours.unknown': 'What is usual is not known yet: it is learnt from the hours that pass.',
  'kpis.hours.summary': 'In the hour from {time}: {value}. Usual then: {low} to {high}.',

  'kpis.days': '{figure}, day by day and ahead',
  'kpis.days.none': 'Appears when the first whole days have passed.',
  'kpis.forecast.none': 'A forecast needs 14 whole days.',
  'kpis.forecast.not': 'This figure is not forecast.',
  'kpis.forecast.sum': 'Expected in the next two weeks: {two}, in four: {four}.',
  'kpis.forecast.better': 'In the backtest it erred {share} less than “as a week ago”.',
  'kpis.forecast.naive': 'Nothing did better than “as a week ago” in the backtest, so that is what is shown.',
  'kpis.forecast.short': 'Too few days for a backtest: shown is what was before.',
  'kpis.forecast.held':
    '{inside} of {days, plural, one {# day} other {# days}} gone by lay within the interval of the forecast before them.',

  'kpis.odd': 'Out of the usual',
  'kpis.odd.none': 'Nothing out of the usual',
  'kpis.odd.none.detail': 'Each hour is compared with what is usual at that hour of the week.',
  'kpis.what': 'What',
  'kpis.rare': 'How rare',
  'kpis.rare.value': '1 in {count}',
  'kpis.cause.spike': 'Far from usual',
  'kpis.cause.drift': 'Has been drifting away',
  'kpis.cause.level_shift': 'A new level',
  'kpis.cause.extreme': 'Rare at any hour',
  'kpis.odd.note':
    'At most seven alerts a week, so that each is worth a look. {withheld, plural, =0 {None was held back.} one {# more was held back.} other {# more were held back.}} An alert says that something is unusual, not why.',

  'attention.kpi_anomaly':
    '{count, plural, one {# figure out of the usual} other {# figures out of the usual}} in the last day',
  'attention.kpi_anomaly.do': 'Look at which figure, when, and what was usual then.',
  'attention.actions_shifted':
    '{count, plural, one {# campaign shares} other {# campaigns share}} out actions otherwise than before, and nobody changed it',
  'attention.actions_shifted.do':
    'Look at its latest decisions: an action may not be possible any more, or rewards may come in wrongly.',
  'attention.actions_collapsed':
    '{count, plural, one {# campaign gives} other {# campaigns give}} nearly everybody the same, and nobody changed it',
  'attention.actions_collapsed.do':
    'It may have found what is best; or rewards come in wrongly. Look at its latest decisions.',
} as const
