// What the reference says of each key of a plan, with an example. Types and defaults come from the code.

import { EPSILON, GAMMA_EXPONENT, GAMMA_SCALE, POSTERIOR_SCALE } from '../src/model/policy.ts'

export type PlanWord = {
  readonly says: string
  readonly example?: unknown
  /** Where the schema alone cannot tell. */
  readonly type?: string
  readonly default?: string
}

const CHANNEL_WORDS = '`email`, `onsite`, `webhook`, `push`, `sms`, `messenger`'

export const PLAN_WORDS: Readonly<Record<string, PlanWord>> = {
  'business.name': { says: 'What the business is called.', type: 'text', example: 'Lighthouse Books' },
  'business.time_zone': {
    says: 'IANA zone; also of people whose zone is unknown.',
    type: 'text',
    example: 'Europe/Berlin',
  },
  'business.currency': {
    says: 'Three capital letters. All money of one installation is in it.',
    type: 'text',
    example: 'EUR',
  },
  'business.locale': { says: 'Language of people whose language is unknown.', type: 'text', example: 'de' },
  'business.margin_share': {
    says: 'Share of revenue that is margin, for orders that name no margin.',
    type: 'number 0 to 1',
    example: 0.4,
  },

  'holdout.share': {
    says: 'Share of people who are left alone for good.',
    type: 'number 0 to 0.5',
    example: 0.1,
  },
  'holdout.salt': {
    says: 'Draws the groups. Changing it draws them anew and starts the measurement again.',
    type: 'text',
    example: 'spring',
  },
  'holdout.horizon': {
    says: 'How long after the first decision a person’s results count.',
    type: 'duration',
    example: '60d',
  },
  'models.churn_after': {
    says: 'A customer who orders nothing for this long is gone: what the model of churn predicts.',
    example: '90d',
  },
  'models.purchase_within': { says: 'Within this time an order counts as the next one.', example: '30d' },
  'models.value_horizon': { says: 'How far ahead a customer’s value is reckoned.', example: '180d' },
  'models.train_every': {
    says: 'How often models are trained: whole days. A model that does not exist yet is tried each day.',
    example: '1d',
  },
  'models.train_at': { says: 'The hour of the business at which they are.', example: '04:00' },
  'models.value_opportunities': {
    says: 'Orders are chances that come one by one (terms, donation drives), one in each such period: value by BG/BB. Left out, orders come at any time.',
    example: 'month',
  },
  'models.champion': {
    says: 'Whom the boosted trees have to beat: `logistic` regression fitted to all rows at once, or `online`, learnt from one row after the other, the newest last.',
    default: 'logistic',
    example: 'online',
  },
  'models.target_by_uplift': {
    says: 'Whether campaigns go only to whom their control groups show it is worth it, where that is sure.',
    default: 'true',
    example: true,
  },
  'holdout.exempt_campaigns': {
    says: 'Campaigns that reach everybody: receipts, security mail.',
    type: 'list of text',
    default: '[]',
    example: ['receipts'],
  },

  'limits.caps': {
    says: 'Most messages one person gets. An empty list: no cap.',
    example: [{ channel: 'email', max: 3, per: '7d' }],
  },
  'limits.caps[].channel': {
    says: 'Left out: all channels together, placements not counted.',
    example: 'email',
  },
  'limits.caps[].max': { says: 'Messages.', example: 3 },
  'limits.caps[].per': { says: 'Looking back this far, at most 90d.', example: '7d' },
  'limits.quiet_hours': {
    says: 'Hours on the recipient’s clock in which no message leaves, or `none`.',
    example: '22:00-08:00',
  },
  'limits.discounts': {
    says: 'Most offers with a discount one person gets, or `unlimited`.',
    type: 'map or `unlimited`',
    example: { max: 1, per: '30d' },
  },
  'limits.discounts.max': { says: 'Offers.', example: 1 },
  'limits.discounts.per': { says: 'Looking back this far, at most 90d.', example: '30d' },
  'limits.lateness': { says: 'A message later than this after its hour is not sent.', example: '2h' },
  'limits.purposes': {
    says: 'Consent purpose by channel; `none` asks for none. A channel not named asks for `marketing`.',
    default: '{}',
    example: { email: 'newsletter' },
  },
  'limits.assume_consent': {
    says: 'Channels where silence counts as a yes. A withdrawal is a no everywhere.',
    default: '[]',
    example: ['push'],
  },

  'sender.name': { says: 'Who mail is from.', example: 'Lighthouse Books' },
  'sender.email': { says: 'The address it is from.', example: 'hello@lighthouse.example' },
  'sender.footer': {
    says: 'Put under each mail: postal address, `{{ links.unsubscribe }}`. Liquid and HTML.',
    example: 'Harbour Street 1',
  },

  'tone.events': {
    says: 'Events whose text the customer wrote: read once, when they come, for how the person sounds. An empty list reads none. Words of your own agents do not belong here.',
    example: [{ event: 'Ticket Created', text: 'body' }],
  },
  'tone.events[].event': { says: 'Name of a track event.', example: 'Ticket Created' },
  'tone.events[].text': { says: 'The property that holds the words.', default: 'text', example: 'body' },

  'consents[].id': {
    says: 'Small letters, digits, `-`. Begins the version of each wording: `news.en.1f0c3a9b`.',
    example: 'news',
  },
  'consents[].purpose': {
    says: 'What is agreed to; `limits.purposes` says which one a channel needs.',
    example: 'marketing',
  },
  'consents[].channels': { says: 'For which channels it asks.', default: 'all', example: ['email'] },
  'consents[].wording': {
    says: 'The words by language. Each has a version made of purpose, channels and words (`windvane consents`): whoever asks records it as `textVersion`.',
    example: { en: 'Write to me about news and offers. I can take this back at any time.' },
  },
  'consents[].demand': {
    says: 'Only who agreed to one of its wordings, or to what `accepts` names, is written to for its purpose and channels.',
    default: 'false',
    example: true,
  },
  'consents[].accepts': {
    says: 'Versions of other texts that count as well; `unknown` for consents that name none.',
    default: 'none',
    example: ['news.en.1f0c3a9b', 'unknown'],
  },

  'privacy.retention': {
    says: 'By class, in whole months, UTC: the key of a month is destroyed when all of it is older. At least 4 months, at most 20 years. A first run comes a day after this is changed. Decisions and messages name people by number and go with them.',
    default: 'all is kept',
    example: { behaviour: '13 months', orders: '3 years', contact: 'kept' },
  },
  'privacy.retention.contact': {
    says: 'Whoever sent nothing for so long, and answered no message, is erased. Their addresses are free again unless they had taken a consent back.',
    default: '`kept`',
    example: '3 years',
  },
  'privacy.retention.behaviour': {
    says: 'Pages, screens, events, and what devices told beside them. Who it was stays.',
    default: '`kept`',
    example: '13 months',
  },
  'privacy.retention.orders': { says: 'Orders and refunds.', default: '`kept`', example: '3 years' },
  'privacy.retention.mentions': {
    says: 'What the public says of the business: words, authors, addresses of posts. What is older is not taken in.',
    default: '`kept`',
    example: '1 year',
  },

  'segments[].id': {
    says: 'Small letters, digits, `-`, `_`. Expressions say `"lapsed" in profile.segments`.',
    example: 'lapsed',
  },
  'segments[].name': { says: 'For people.', example: 'Lapsed buyers' },
  'segments[].when': {
    says: 'Who is in it. May not refer to other segments.',
    example: 'profile.features.daysSinceLastOrder > 90',
  },

  'creatives.<id>.channel': { says: 'What it is for.', type: CHANNEL_WORDS, example: 'email' },
  'creatives.<id>.approved_by': {
    says: 'Who stands for these very words. Without it nothing of it is sent.',
    default: '""',
    example: 'anna@lighthouse.example',
  },
  'creatives.<id>.tone': {
    says: 'A moment its words are for, such as `empathetic`: sent only while that tone is asked for.',
    default: 'every day',
    example: 'empathetic',
  },
  'creatives.<id>.<language>.subject': {
    says: 'Of a mail. Liquid. For other channels a language holds any map of fields, Liquid in its strings.',
    example: 'Your cart is still here',
  },
  'creatives.<id>.<language>.body': { says: 'MJML or HTML, Liquid inside.', example: '<mjml>…</mjml>' },
  'creatives.<id>.<language>.text': {
    says: 'Plain text.',
    default: 'made from the body',
    example: 'Your cart is still here.',
  },

  'campaigns[].id': { says: 'Small letters, digits, `-`, `_`, `.`; at most 60.', example: 'win-back' },
  'campaigns[].name': { says: 'For people.', default: 'the id', example: 'Win back lapsed buyers' },
  'campaigns[].status': { says: '`shadow` decides and records, and sends nothing.', example: 'shadow' },
  'campaigns[].goal': {
    says: 'What counts.',
    example: { event: 'Order Completed', value: 'margin', window: '30d' },
  },
  'campaigns[].goal.event': { says: 'Track event that counts.', example: 'Order Completed' },
  'campaigns[].goal.value': { says: 'What one is worth: its margin, its revenue, or 1.', example: 'margin' },
  'campaigns[].goal.window': { says: 'How long after the decision it counts, at most 180d.', example: '30d' },
  'campaigns[].goal.delays': {
    says: 'When decisions teach: `wait` until the window is over, or before it by how long results are known to take (`learnt`).',
    default: 'wait',
    example: 'learnt',
  },
  'campaigns[].trigger': {
    says: 'When people come up: one of the three below.',
    example: { event: 'Cart Abandoned', delay: '1h' },
  },
  'campaigns[].trigger.event': {
    says: 'At this event of a person (`$page`, `$identify` for the other kinds).',
    example: 'Cart Abandoned',
  },
  'campaigns[].trigger.where': {
    says: 'Only when this holds of `event` and `profile`.',
    default: 'always',
    example: 'event.properties.value > 20.0',
  },
  'campaigns[].trigger.delay': { says: 'So long after the event, at most 90d.', default: '0', example: '1h' },
  'campaigns[].trigger.reentry': { says: 'A person enters at most once in this time.', example: '7d' },
  'campaigns[].trigger.schedule': {
    says: 'Once a day of the business, for everybody in the audience.',
    example: { at: '10:00', weekdays: ['tue', 'thu'] },
  },
  'campaigns[].trigger.schedule.at': { says: 'Whole local hour of the business.', example: '10:00' },
  'campaigns[].trigger.schedule.weekdays': {
    says: 'Only on these days.',
    default: 'every day',
    example: ['tue', 'thu'],
  },
  'campaigns[].trigger.placement': { says: 'When `POST /v1/decide` asks for this place.', example: 'home' },
  'campaigns[].audience': {
    says: 'Who, asked at the moment of deciding.',
    default: 'everybody',
    example: 'profile.features.orders >= 2',
  },
  'campaigns[].actions': {
    says: 'What may be done: creatives × offers × moments, and always `nothing`. At most 64 in all.',
    example: [{ creative: 'cart-mail', channel: 'email', offers: ['none', '10%'] }],
  },
  'campaigns[].actions[].creative': {
    says: 'One creative; or',
    default: 'one of the two',
    example: 'cart-mail',
  },
  'campaigns[].actions[].creatives': {
    says: 'several.',
    default: 'one of the two',
    example: ['sea-stories', 'new-this-week'],
  },
  'campaigns[].actions[].channel': { says: 'The channel of these creatives.', example: 'email' },
  'campaigns[].actions[].offer': {
    says: 'One offer; or',
    type: '`none`, percentage or map',
    default: 'none',
    example: '10%',
  },
  'campaigns[].actions[].offer.id': { says: 'Name of an offer.', example: 'vip' },
  'campaigns[].actions[].offer.discount': {
    says: 'Share of the order given away; a cost, and counted against the cap.',
    type: 'percentage or number below 1',
    example: '10%',
  },
  'campaigns[].actions[].offers': {
    says: 'several.',
    type: 'list of offers',
    default: '[none]',
    example: ['none', '10%', { id: 'vip', discount: '15%' }],
  },
  'campaigns[].actions[].offers[].id': { says: 'Name of an offer.', example: 'vip' },
  'campaigns[].actions[].offers[].discount': {
    says: 'As above.',
    type: 'percentage or number below 1',
    example: 0.15,
  },
  'campaigns[].actions[].moments': {
    says: '`now`, `best` (the hour chosen for the recipient), or a whole hour on the recipient’s clock.',
    default: '[now], with `send_time` [best]',
    example: ['now', 'best', '18:00'],
  },
  'campaigns[].actions[].cost': {
    says: 'Of one contact, in whole currency units.',
    default: '0',
    example: 0.002,
  },
  'campaigns[].model': {
    says: 'A model of its own, learnt from when it is applied; the one that all campaigns share when left out. In a campaign that runs it waits at the gate.',
    type: 'map',
    default: 'shared',
    example: { kind: 'dense', half_life: '30d' },
  },
  'campaigns[].model.kind': { says: '`hashed` or `dense`.', default: 'hashed', example: 'dense' },
  'campaigns[].model.prior': {
    says: 'Whether a dense model learns from the rewards how far each feature may sway (learnt), or takes it as given.',
    default: 'given',
    example: 'learnt',
  },
  'campaigns[].model.half_life': {
    says: 'What was learnt this long ago counts half.',
    default: '60d',
    example: '30d',
  },
  'campaigns[].policy': {
    says: 'How scores become probabilities. Another one in a campaign that runs waits at the gate: see `windvane gate`.',
    type: 'a kind, or a map',
    example: { kind: 'thompson', floor: 0.05 },
  },
  'campaigns[].policy.kind': {
    says: 'See [decision 0008](../decisions/0008-learner-and-policies.md).',
    example: 'thompson',
  },
  'campaigns[].policy.floor': {
    says: 'Least probability, shared out evenly over the actions that are open.',
    example: 0.05,
  },
  'campaigns[].policy.scale': {
    says: 'For `thompson` and `optimism`: multiplies the standard errors.',
    default: String(POSTERIOR_SCALE),
    example: 0.5,
  },
  'campaigns[].policy.gamma': {
    says: 'For `squarecb`: more explores less.',
    default: String(GAMMA_SCALE),
    example: 10,
  },
  'campaigns[].policy.exponent': {
    says: 'For `squarecb`: how fast exploring narrows with examples.',
    default: String(GAMMA_EXPONENT),
    example: 0.5,
  },
  'campaigns[].policy.epsilon': {
    says: 'For `epsilon_greedy`: share drawn evenly.',
    default: String(EPSILON),
    example: 0.1,
  },
  'campaigns[].policy.always': {
    says: 'In place of `kind`: this action whenever it is open.',
    default: '',
    example: 'cart-mail/now',
  },
  'campaigns[].send_time': {
    says: 'The hour is chosen for each recipient and learnt from what comes back; actions that name no moment leave then.',
    type: '`best`, or a map',
    default: 'at once',
    example: { within: '24h', explore: '20%', at_once: '10%', answer: 'click' },
  },
  'campaigns[].send_time.within': {
    says: 'A message leaves this long after its decision at the latest; less than the goal’s window, 7d at most.',
    default: '24h',
    example: '24h',
  },
  'campaigns[].send_time.explore': {
    says: 'Share whose hour is drawn evenly, to learn from.',
    type: 'percentage or number below 1',
    default: '20%',
    example: '20%',
  },
  'campaigns[].send_time.at_once': {
    says: 'Share that waits for no hour, to compare with.',
    type: 'percentage or number below 1',
    default: '10%',
    example: '10%',
  },
  'campaigns[].send_time.answer': {
    says: 'What counts as an answer within a day: `open`, `click`, or `goal`; each counts what stands after it, too.',
    default: 'click',
    example: 'click',
  },
  'campaigns[].family': { says: 'A new campaign starts from what its family showed.', example: 'win-back' },
  'campaigns[].traits': { says: 'Traits that the model may see.', default: '[]', example: ['tier'] },
  'campaigns[].service': {
    says: 'No promotion, such as an order confirmation: it goes on while promotions are held.',
    default: 'false',
    example: true,
  },
  'campaigns[].budget': {
    says: 'Over the campaign’s life, contacts and discounts together, in whole currency units.',
    default: 'no limit',
    example: 500,
  },
}
