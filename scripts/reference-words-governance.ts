// What the reference says of each key of the governance section.

import { ACTION_CLASSES, type ActionClass } from '../src/governance/events.ts'
import type { PlanWord } from './reference-words.ts'

const CLASS_WORDS: Readonly<Record<ActionClass, string>> = {
  message: 'Mail, push, SMS, messenger, webhook.',
  placement: 'What a page shows.',
  offer: 'A discount, whatever carries it.',
  spend: 'Money moved between ad lines.',
  creative: 'Words, pictures and films made by the machine.',
  publish: 'What appears on the site or in public.',
  reply: 'An answer to somebody.',
  pause: 'Stopping something: it lowers risk.',
}
const CLASSES_WORD = 'a class, `plan` or `policy`'

const levels = Object.fromEntries(
  ACTION_CLASSES.flatMap((name) => [
    [`governance.levels.${name}`, { says: CLASS_WORDS[name], example: 3 }],
    [
      `governance.outside_hours.${name}`,
      { says: `Highest level of ${name} outside \`hours\`.`, default: 'as within', example: 2 },
    ],
  ]),
) as Readonly<Record<string, PlanWord>>

const approvers = Object.fromEntries(
  [...ACTION_CLASSES, 'plan', 'policy'].map((name) => [
    `governance.approvers.${name}`,
    { says: `Roles that may approve ${name}.`, default: 'those of `default`', example: ['owner'] },
  ]),
) as Readonly<Record<string, PlanWord>>

const hours = (path: string, what: string): Readonly<Record<string, PlanWord>> => ({
  [`${path}.weekdays`]: {
    says: `Days on which ${what} begin.`,
    type: 'list of weekdays',
    default: 'all days',
    example: ['mon', 'tue'],
  },
  [`${path}.from`]: { says: 'Whole hour on the business’s clock.', example: '09:00' },
  [`${path}.to`]: { says: 'Whole hour; before `from`: on the next day.', example: '18:00' },
})

export const GOVERNANCE_WORDS: Readonly<Record<string, PlanWord>> = {
  'governance.levels': {
    says: 'How far each class may go by itself: 0 shadow, 1 suggests, 2 waits for approval, 3 acts and may be taken back, 4 acts.',
    type: 'map of class to 0 to 4',
    example: { spend: 2 },
  },
  ...levels,
  'governance.exceptions': {
    says: 'The first that fits says the level in place of the class.',
    example: [{ class: 'message', campaign: 'winback', level: 2 }],
  },
  'governance.exceptions[].class': { says: 'Only this class.', default: 'every class', example: 'offer' },
  'governance.exceptions[].campaign': {
    says: 'Only this campaign.',
    default: 'every one',
    example: 'winback',
  },
  'governance.exceptions[].market': {
    says: 'Only this language or country; `ru` covers `ru-RU`.',
    type: 'text',
    default: 'every one',
    example: 'ru',
  },
  'governance.exceptions[].above': {
    says: 'Only above this amount: money of a spend, cost of a message, share of a discount.',
    default: 'any',
    example: 0.2,
  },
  'governance.exceptions[].level': { says: 'The level.', example: 2 },
  'governance.rules': {
    says: 'Where a person is a must, in CEL over `action` and `context`. What a rule cannot tell counts as yes.',
    example: [{ id: 'big-raise', when: "action.class == 'spend' && action.increaseShare > 0.2" }],
  },
  'governance.rules[].id': { says: 'Its name.', example: 'big-raise' },
  'governance.rules[].when': {
    says: '`action.class`, `.kind`, `.campaign`, `.channel`, `.market`, `.people`, `.cost`, `.amount`, `.increaseShare`, `.discountShare`, `.reversible`, `.firstOfKind`; `context.hour`, `.weekday`, `.workingHours`.',
    example: 'action.people > 10000',
  },
  'governance.rules[].reason': { says: 'Shown to the person.', default: '', example: 'a jump in spend' },
  'governance.rules[].level': { says: 'Highest level where it holds.', default: '2', example: 2 },
  'governance.rules[].eyes': {
    says: 'How many different people must say yes.',
    type: '1 or 2',
    default: '1',
    example: 2,
  },
  'governance.four_eyes': {
    says: 'What needs two different people. Whoever proposes is the first of them.',
    example: { cost_above: 5000 },
  },
  'governance.four_eyes.cost_above': { says: 'Whole currency units.', default: 'never', example: 5000 },
  'governance.four_eyes.people_above': { says: 'People touched.', default: 'never', example: 100000 },
  'governance.four_eyes.classes': {
    says: 'Always for these classes.',
    type: `list of ${CLASSES_WORD}`,
    example: ['publish'],
  },
  'governance.agents': {
    says: 'What agents (MCP) may answer: batches of messages, placements and raises of ad money of these classes, never what an agent proposed, never a change of plan, policy or level.',
    default: 'nothing: people decide',
    example: { answer: ['message'] },
  },
  'governance.agents.answer': {
    says: 'Classes.',
    type: `list of ${CLASSES_WORD}`,
    example: ['message'],
  },
  'governance.agents.with_person': {
    says: 'An agent’s yes needs that of a person beside it.',
    default: 'true',
    example: true,
  },
  'governance.approvers': {
    says: 'Roles that may approve, by class.',
    example: { spend: ['owner'] },
  },
  'governance.approvers.default': { says: 'For classes that are not named.', example: ['approver', 'owner'] },
  ...approvers,
  'governance.hours': {
    says: 'Working hours of the business.',
    type: '`always`, or a map',
    example: { weekdays: ['mon'], from: '09:00', to: '18:00' },
  },
  ...hours('governance.hours', 'working hours'),
  'governance.outside_hours': {
    says: 'Highest levels outside them.',
    type: 'map of class to 0 to 4',
    example: { message: 2 },
  },
  'governance.on_call': {
    says: 'Who is told first of what waits.',
    example: [{ users: ['anna'], from: '09:00', to: '18:00' }],
  },
  'governance.on_call[].users': { says: 'Ids of users.', example: ['anna'] },
  ...hours('governance.on_call[]', 'these hours'),
  'governance.undo': {
    says: 'How long what was done can be taken back; messages at level 3 wait that long in the outbox.',
    example: '30m',
  },
  'governance.expiry': { says: 'After that a proposal is over, and nothing happens.', example: '8h' },
  'governance.first': { says: 'What is the first of its kind.', example: { campaign: 'ask' } },
  'governance.first.campaign': { says: 'A campaign whose id was never there.', example: 'ask' },
  'governance.first.audience': { says: 'Another audience of a campaign.', example: 'ask' },
  'governance.first.audience_jump': {
    says: 'An audience that grows.',
    type: '`free`, or a map',
    example: { share: 0.5, people: 1000 },
  },
  'governance.first.audience_jump.share': { says: 'By more than this, 0.5 = by half.', example: 0.5 },
  'governance.first.audience_jump.people': { says: 'From so many people on.', default: '1000', example: 500 },
  'governance.earn': {
    says: 'How levels are earned, and lost on a breach.',
    type: '`off`, or a map',
    example: { decisions: 50, unedited: '95%' },
  },
  'governance.earn.decisions': { says: 'So many at least.', default: '50', example: 100 },
  'governance.earn.unedited': { says: 'Share approved as they were.', default: '95%', example: '98%' },
  'governance.earn.stale_data': {
    says: 'Data older than this take a level away.',
    default: 'not looked at',
    example: '6h',
  },
  'governance.ramp': {
    says: 'Shares of the audience that a new campaign reaches, the same people at every stage.',
    type: '`off`, or a map',
    example: { stages: [{ share: '1%', hold: '24h', contacts: 50 }] },
  },
  'governance.ramp.stages': {
    says: 'Growing; after the last one everybody.',
    default: '1 % and 10 %, a day each',
    example: [{ share: '5%', hold: '12h' }],
  },
  'governance.ramp.stages[].share': { says: 'Of the audience.', type: 'percentage or number', example: '5%' },
  'governance.ramp.stages[].hold': { says: 'At least so long.', default: '24h', example: '12h' },
  'governance.ramp.stages[].contacts': {
    says: 'And so many contacts, unless three times the hold has passed.',
    default: '0',
    example: 50,
  },
  'governance.ramp.complaints': {
    says: 'Share of contacts above which it stops; judged with evidence of twenty to one.',
    type: 'percentage or number',
    default: '0.1%',
    example: '0.2%',
  },
  'governance.ramp.unsubscribes': {
    says: 'As above.',
    type: 'percentage or number',
    default: '1%',
    example: '2%',
  },
  'governance.ramp.bounces': {
    says: 'As above.',
    type: 'percentage or number',
    default: '5%',
    example: '3%',
  },
  'governance.ramp.errors': {
    says: 'As above, of failed and unknown ones.',
    type: 'percentage or number',
    default: '10%',
    example: '5%',
  },
  'governance.sensitive': {
    says: 'Traits nothing is decided by: no audience, trigger, segment or bandit feature reads them.',
  },
  'governance.sensitive.traits': {
    says: 'Their names, in any spelling; left out, those that data protection law holds apart.',
    example: ['religion', 'health', 'gender'],
  },
  'governance.sensitive.allowed': {
    says: 'Those that may be decided by nevertheless. One more waits for a person.',
  },
  'governance.sensitive.allowed[].trait': { says: 'Which trait.', example: 'religion' },
  'governance.sensitive.allowed[].campaign': {
    says: 'For this campaign alone; left out, for all and for segments.',
    example: 'holidays',
  },
  'governance.sensitive.allowed[].by': { says: 'Who answers for it.', example: 'Anna Ode' },
  'governance.sensitive.allowed[].reason': { says: 'Why.', example: 'greetings to whom a holiday is one' },
  'governance.resume': {
    says: 'How fast what waited leaves after a STOP is lifted.',
    type: '`at_once`, or a map',
    example: { per_minute: 600 },
  },
  'governance.resume.per_minute': { says: 'Messages a minute.', example: 600 },
  'governance.calls': {
    says: 'When nobody answers the next people are called; and how often one person may be called at most.',
    example: { answer_within: '30m', urgent_within: '10m', per_hour: 6, per_day: 24 },
  },
  'governance.calls.answer_within': {
    says: 'Time for an answer to what waits.',
    example: '30m',
  },
  'governance.calls.urgent_within': {
    says: 'The same where it is urgent.',
    example: '10m',
  },
  'governance.calls.per_hour': {
    says: 'Calls of one person; what is not urgent may take half of them.',
    example: 6,
  },
  'governance.calls.per_day': { says: 'The same a day.', example: 24 },
}
