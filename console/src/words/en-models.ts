// English words of models: what is expected of people, and how good that is.

export const enModels = {
  'models.title': 'Models',
  'models.lead':
    'What is expected of each person, learnt from your own log. A model is used only after it has proved better than the plain average on time it had not seen.',
  'models.sample':
    '{people, plural, one {Learns from the past of # person} other {Learns from the past of # people}}, {customers, plural, one {# of them a customer} other {# of them customers}}.',
  'models.next': 'Next training {time}, then every {days, plural, one {# day} other {# days}}.',
  'models.training': 'Training now',
  'models.train': 'Train all now',
  'models.trainOne': 'Train again',

  'model.churn': 'Who is about to leave',
  'model.churn.says': 'Chance that a customer orders nothing for {days, plural, one {# day} other {# days}}.',
  'model.purchase': 'Who is about to buy',
  'model.purchase.says': 'Chance of an order within {days, plural, one {# day} other {# days}}.',
  'model.value': 'What customers are worth',
  'model.value.says':
    'Orders and margin to come within {days, plural, one {# day} other {# days}}, chance of still being a customer, next order.',
  'model.uplift': 'Whom “{campaign}” moves',
  'model.uplift.says': 'What the campaign changes for each person, against leaving them alone.',

  'model.state.in_use': 'in use',
  'model.state.fallback': 'average instead',
  'model.state.not_yet': 'not yet',
  'model.version': 'Version {version}, trained {time}',
  'model.trainings': '{count, plural, one {# training so far} other {# trainings so far}}',

  'model.empty': 'Not enough data yet',
  'model.reason.history': 'Needs {needs, plural, one {# day} other {# days}} of history, has {has}.',
  'model.reason.positives':
    'Needs {needs, plural, one {# case} other {# cases}} of what it predicts, has {has}.',
  'model.reason.negatives':
    'Needs {needs, plural, one {# case} other {# cases}} of the opposite of what it predicts, has {has}.',
  'model.reason.customers': 'Needs {needs, plural, one {# customer} other {# customers}}, has {has}.',
  'model.reason.treated':
    'Needs {needs, plural, one {# person} other {# people}} who got the message, has {has}.',
  'model.reason.untreated':
    'Needs {needs, plural, one {# person} other {# people}} left alone by chance, has {has}.',
  'model.reason.not_better':
    'What was learnt was no better than the plain average on later time, so it is not used ({detail}).',
  'model.reason.not_calibrated':
    'What was learnt was not true to its word on later time, so it is not used ({detail}).',
  'model.reason.failed': 'Training failed: {detail}',
  'model.reason.waiting': 'No training has been tried yet.',
  'model.lastFailed': 'The last training ({time}) gave nothing new. {reason}',
  'model.drifted.calibration_slope':
    'What it had said did not come true: slope {value} ± {error} instead of 1. The plain average stands in since {time}.',
  'model.drifted.psi':
    'People have changed against those it was examined on: PSI {value}, above 0.2. The plain average stands in since {time}.',

  'model.figures': 'On later time it had not seen',
  'model.logLoss': 'Log-loss',
  'model.logLoss.note': 'plain rate {value}; lower is better',
  'model.auc': 'AUC',
  'model.auc.note': '0.5 is chance, 1 perfect',
  'model.slope': 'Calibration slope',
  'model.slope.note': '1 is honest; error {ece}',
  'model.learnt': 'Learnt from',
  'model.learnt.note':
    '{count, plural, one {# row} other {# rows}} later, {positives, plural, one {# case} other {# cases}} in all',
  'model.kind.logistic': 'logistic regression',
  'model.kind.online': 'logistic regression, row by row',
  'model.kind.trees': 'boosted trees',
  'model.kept':
    'Kept: {chosen}. The challenger, {other}, is not better beyond chance (log-loss {gain} ± {error}).',
  'model.promoted': 'Promoted: {chosen}, better than {other} beyond chance (log-loss {gain} ± {error}).',
  'model.reliability': 'Said and come true, by tenths',
  'model.reliability.said': 'Said',
  'model.reliability.came': 'Came',
  'model.reliability.tenth': 'Tenth',
  'model.reliability.summary':
    'Of the tenth with the highest scores {said} was said and {came} came true; of the lowest {saidLow} and {cameLow}.',
  'model.drivers': 'What weighs most',
  'model.drivers.column': 'Known of the person',
  'model.drivers.weight': 'Weight',
  'model.leaks.none': 'No leaks found: nothing it reads was known only afterwards.',
  'model.leaks': 'Left out, since they give the answer away: {columns}.',
  'model.moved': 'Distributions that have moved since: {columns}.',
  'model.checked':
    'Said on {date} and come true since: slope {slope} ± {error} over {rows, plural, one {# person} other {# people}}; scores moved by PSI {psi}.',
  'model.gap.stale': 'Too old: decisions get no score from it, and rules that ask for one hold for nobody.',
  'model.gap.drift':
    'Not true to its word: decisions get no score from it, and rules that ask for one hold for nobody.',
  'model.gap.average':
    'Only an average: decisions get no score from it, and rules that ask for one hold for nobody.',
  'model.gap.not_a_customer': 'Of this person it has no word.',
  'model.usedBy': 'Used by',
  'model.user.decisions': 'all decisions',
  'model.user.campaign': 'campaign {id}',
  'model.user.segment': 'segment {id}',

  'value.customers': 'Customers',
  'value.customers.note': '{count, plural, one {# with repeat orders} other {# with repeat orders}}',
  'value.mean': 'Mean value',
  'value.mean.note': '{orders} orders a year at {value}',
  'value.backtest': 'Held-back time',
  'value.backtest.note':
    '{came, plural, one {# order came} other {# orders came}}; the average says {average}',
  'value.error': 'Error per customer',
  'value.error.note': 'the average’s: {average}; lower is better',
  'valueTiming.bg-nbd': 'BG/NBD with Gamma-Gamma',
  'valueTiming.pareto-nbd': 'Pareto/NBD with Gamma-Gamma',
  'valueTiming.bg-bb': 'BG/BB with Gamma-Gamma: one chance to order a period',
  'valueTiming.cohort-average': 'Average of those who came at the same time',
  'valueReason.few_repeat_buyers': 'Fewer than 200 customers have ordered again.',
  'valueReason.fit_failed': 'The model could not be fitted.',
  'valueReason.asked_for': 'As asked for.',
  'valueReason.backtest_lost': 'The model was no better than the average on held-back time.',

  'uplift.effect': 'Effect per person',
  'uplift.qini': 'Qini',
  'uplift.qini.note': '0 is chance; from {low} to {high}',
  'uplift.range': 'from {low} to {high}',
  'uplift.top': 'Effect in the top {share}',
  'uplift.people': 'People compared',
  'uplift.people.note': '{count, plural, one {# treated} other {# treated}}',
  'uplift.says.individual':
    'Target one by one: the ranking is better than chance, and {share} of people are worth the contact.',
  'uplift.says.all':
    'Write to all: no ranking is surely better than chance, and on average the campaign earns more than it costs.',
  'uplift.says.none.effect': 'Write to nobody: on average the campaign earns less than it costs.',
  'uplift.says.none.unknown': 'Not known yet whether the campaign earns anything.',
  'uplift.tenths': 'Effect by tenths of expected uplift',

  'scores.title': 'What is expected',
  'scores.none': 'Nothing yet: no model has been trained.',
  'scores.churn': 'Risk of leaving',
  'scores.churn.note': 'no order for {days, plural, one {# day} other {# days}}',
  'scores.purchase': 'Chance of buying',
  'scores.purchase.note': 'within {days, plural, one {# day} other {# days}}',
  'scores.alive': 'Still a customer',
  'scores.orders': 'Orders to come',
  'scores.clv': 'Value to come',
  'scores.within': 'within {days, plural, one {# day} other {# days}}',
  'scores.interval': '{low} to {high} with {level} probability',
  'scores.next': 'Next order',
  'scores.next.in': 'in about {days, plural, one {# day} other {# days}}',
  'scores.next.never': 'not in sight',
  'scores.drift': 'An average, since the model is not true to its word now.',
  'scores.average': 'An average of customers who came at the same time.',

  'column.daysSinceFirstSeen': 'Time known',
  'column.daysSinceLastSeen': 'Time since last seen',
  'column.daysSinceLastOrder': 'Time since the last order',
  'column.daysSinceLastCart': 'Time since the last cart',
  'column.daysSinceLastSend': 'Time since the last message',
  'column.orders': 'Orders so far',
  'column.revenue': 'Revenue so far',
  'column.averageOrder': 'Average order',
  'column.events': 'Events so far',
  'column.activity7d': 'Activity of the week',
  'column.views7d': 'Product views of the week',
  'column.carts7d': 'Carts of the week',
  'column.activity60d': 'Activity of two months',
  'column.orders60d': 'Orders of two months',
  'column.sends7d': 'Messages of the week',
  'column.openShare': 'Share of messages opened',
  'column.clickShare': 'Share of messages clicked',
  'column.overdue': 'Overdue against own rhythm',
  'column.missing': '{name}: not known',
} as const
