// The reference of the plan file: keys and types from the schemas that check a plan, defaults from what
// a plan without the key means, examples that are checked here before they are printed.

import assert from 'node:assert/strict'
import type { TSchema } from 'typebox'
import { planInForce, parsePlan } from '../src/app/plan.ts'
import { campaignSchema, parseCampaign, renderCampaign } from '../src/decision/index.ts'
import {
  eventTriggerSchema,
  requestTriggerSchema,
  scheduleTriggerSchema,
} from '../src/decision/campaign-schema.ts'
import { emailContentSchema, senderSchema } from '../src/delivery/index.ts'
import { governanceSchema, OPEN_POLICY, renderGovernance } from '../src/governance/index.ts'
import { limitsSchema, parseLimits, renderLimits } from '../src/guardrail/index.ts'
import { DURATION_PATTERN, formatDuration } from '../src/kernel/duration.ts'
import { isRecord } from '../src/kernel/json.ts'
import { shapeOf } from '../src/kernel/problem.ts'
import { createState } from '../src/loop.ts'
import { DEFAULT_MODELS, modelsSchema, renderModels } from '../src/model/index.ts'
import { consentSchema, privacySchema, segmentSchema, toneSchema } from '../src/profile/index.ts'
import { GOVERNANCE_WORDS } from './reference-words-governance.ts'
import { PLAN_WORDS as OTHER_WORDS, type PlanWord } from './reference-words.ts'

const PLAN_WORDS: Readonly<Record<string, PlanWord>> = { ...GOVERNANCE_WORDS, ...OTHER_WORDS }

type Schema = Readonly<Record<string, unknown>>
type Row = {
  readonly path: string
  readonly type: string
  readonly optional: boolean
  readonly schema: Schema | null
}

const HEAD = `# The plan file

One YAML file says everything people decide. \`windvane apply FILE\` puts it in force, all of it or nothing;
\`windvane export\` writes what is in force. A section that is left out stays as it is; a section that is
there replaces the whole section. Unknown keys are refused, with the nearest known one. Durations are
written \`30m\`, \`12h\`, \`7d\`, \`2w\`; expressions are CEL over \`profile\` (and, in a trigger, \`event\`).
A whole plan: [examples/first-plan.yaml](../../examples/first-plan.yaml).

This page is written by \`node scripts/reference.ts\` from the schemas.
`

const TAIL = `## What templates see

\`profile\` (\`id\`, \`timeZone\`, \`locale\`, \`traits\`, \`features\`, \`identifiers\`), \`offer\` (\`id\`, \`discountShare\`,
\`percent\`: 10 for 10 %), \`business\` (\`name\`, \`timeZone\`, \`currency\`, \`locale\`), \`sender\` (\`name\`, \`email\`),
\`links.unsubscribe\`, and in placements \`context\`. A mail must hold \`{{ links.unsubscribe }}\` in its body or
in \`sender.footer\`; one that comes out without it is not sent.

## What expressions see

\`profile.traits.*\`, \`profile.consents\`, \`profile.segments\`, \`profile.locale\`, \`profile.timeZone\` and
\`profile.features.*\`: \`orders\`, \`revenue\`, \`averageOrder\`, \`events\`, \`daysSinceFirstSeen\`, \`daysSinceLastSeen\`,
\`daysSinceLastOrder\`, \`daysSinceLastCart\`, \`daysSinceLastSend\`, \`activity7d\`, \`views7d\`, \`carts7d\`,
\`activity60d\`, \`orders60d\`, \`sends1d\`, \`sends7d\`, \`usualHour\`, \`usualWeekday\`, \`topCategory\`,
\`categories\`, \`channels\`. What a profile lacks (no order yet) makes the expression false.

\`tone.*\`, how the person sounded in what they wrote (the section \`tone\` says where): \`count\` of texts, \`latest\` and \`mean\` (−1
to 1; in the mean a text counts half as much after 30 days), \`sentiment\` (\`negative\`, \`neutral\`, \`positive\`), \`confidence\` and
\`emotion\` (\`anger\`, \`joy\`, …, or empty) of the latest, \`daysSinceLast\`, \`daysSinceNegative\`, \`language\`, \`version\` of the model. Who
wrote nothing has only a \`count\` of 0, and never was negative: to leave out who is angry, make a segment
\`tone.daysSinceNegative < 3\` and ask \`!("upset" in profile.segments)\`, which holds for who never wrote, too.
An example: [customer-tone.yaml](../../examples/customer-tone.yaml).

In the rules of campaigns also \`scores.*\`, what models expect of the person: \`churn\` and \`purchase\` (chances, 0 to 1),
\`value\` (margin within the value horizon), \`alive\`, \`orders\`, \`orderValue\`, \`nextOrderDays\`, and of each model
\`scores.versions.churn\` and \`scores.ageDays.churn\`. A model that does not exist yet, is older than four times
\`train_every\`, is not true to its word or only an average gives no score: a rule that asks for it holds for nobody, nor
does its opposite; \`has(scores.churn)\` asks whether there is one. Such a trigger is skipped as \`no_score\`.
 Rules P22 to P24 in
[the profile's SPEC](../../src/profile/SPEC.md) say the rest.
`

/** The page as Markdown. Throws an assertion when a key has no words, a word no key, or an example does not fit. */
export const planReference = (): string => {
  const used = new Set<string>()
  const sections = [
    ['governance', rowsOf(governanceSchema, 'governance')],
    known('business'),
    known('holdout'),
    ['models', rowsOf(modelsSchema, 'models')],
    ['limits', rowsOf(limitsSchema, 'limits')],
    ['sender', rowsOf(senderSchema, 'sender')],
    ['tone', rowsOf(toneSchema, 'tone')],
    ['consents', rowsOf(consentSchema, 'consents[]')],
    ['privacy', rowsOf(privacySchema, 'privacy')],
    ['segments', rowsOf(segmentSchema, 'segments[]')],
    [
      'creatives',
      [
        row('creatives.<id>.channel', 'text', false),
        row('creatives.<id>.approved_by', 'text', true),
        row('creatives.<id>.tone', 'text', true),
        ...rowsOf(emailContentSchema, 'creatives.<id>.<language>'),
      ],
    ],
    [
      'campaigns',
      rowsOf(campaignSchema, 'campaigns[]').flatMap((one) =>
        one.path === 'campaigns[].trigger'
          ? [
              one,
              ...[eventTriggerSchema, scheduleTriggerSchema, requestTriggerSchema].flatMap((schema) =>
                rowsOf(schema, 'campaigns[].trigger'),
              ),
            ]
          : [one],
      ),
    ],
  ] as const
  const defaults = defaultsInForce()
  const text = sections.map(([name, rows]) => {
    const lines = rows.map((one) => {
      const words = PLAN_WORDS[one.path]
      assert.ok(words !== undefined, `scripts/reference-words.ts says nothing about ${one.path}`)
      used.add(one.path)
      return lineOf(one, words, defaults)
    })
    return [
      `## ${name}`,
      '',
      '| key | type | default | example | what it says |',
      '| --- | --- | --- | --- | --- |',
      ...lines,
      '',
    ].join('\n')
  })
  const left = Object.keys(PLAN_WORDS).filter((path) => !used.has(path))
  assert.deepEqual(left, [], 'scripts/reference-words.ts speaks of keys that are not there')
  return [HEAD, ...text, TAIL].join('\n')
}

const row = (path: string, type: string, optional: boolean): Row => ({ path, type, optional, schema: null })

/** Keys of a section whose schema is private: the plan's own checker lists them when given one it does not know. */
const known = (section: string): readonly [string, readonly Row[]] => {
  const odd = 'qqqqqqqqqqqqqqqqqqqq'
  const { problems } = parsePlan(`${section}: { ${odd}: 1 }`, planInForce(createState()))
  const hint = problems.find(({ message }) => message.includes(odd))?.hint ?? ''
  const missing = new Set(problems.map(({ path }) => path))
  const keys = hint.replace(/^known: /, '').split(', ')
  return [section, keys.map((key) => row(`${section}.${key}`, '', !missing.has(`${section}.${key}`)))]
}

const rowsOf = (schema: TSchema | Schema, path: string): readonly Row[] => {
  const { properties, required } = schema as {
    readonly properties?: Readonly<Record<string, Schema>>
    readonly required?: readonly string[]
  }
  const rows = Object.entries(properties ?? {}).flatMap(([key, property]): readonly Row[] => {
    const own: Row = {
      path: `${path}.${key}`,
      type: typeOf(property),
      optional: required?.includes(key) !== true,
      schema: property,
    }
    return [own, ...insideOf(property, own.path)]
  })
  return [...new Map(rows.map((one) => [one.path, one])).values()]
}

const insideOf = (schema: Schema, path: string): readonly Row[] => {
  if (isRecord(schema['properties'])) return rowsOf(schema, path)
  if (isRecord(schema['items'])) return insideOf(schema['items'], `${path}[]`)
  if (Array.isArray(schema['anyOf']))
    return schema['anyOf'].flatMap((branch: unknown) => (isRecord(branch) ? insideOf(branch, path) : []))
  return []
}

const typeOf = (schema: Schema): string => {
  const { type, pattern, minimum, maximum, exclusiveMaximum, items, anyOf } = schema
  const words = schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']])
  if (Array.isArray(words)) return words.map((word) => `\`${String(word)}\``).join(', ')
  if (Array.isArray(anyOf))
    return [...new Set(anyOf.map((branch: unknown) => (isRecord(branch) ? typeOf(branch) : '')))].join(' or ')
  if (type === 'array') return `list of ${isRecord(items) ? typeOf(items) : 'anything'}`
  if (type === 'object') return 'map'
  if (type === 'integer' || type === 'number') {
    const top = maximum ?? exclusiveMaximum
    return [
      type === 'integer' ? 'whole number' : 'number',
      ...(minimum === undefined || top === undefined
        ? []
        : [`${JSON.stringify(minimum)} to ${JSON.stringify(top)}`]),
    ].join(' ')
  }
  if (pattern === DURATION_PATTERN) return 'duration'
  return typeof pattern === 'string' && pattern.includes('%') ? 'percentage' : 'text'
}

const lineOf = (
  { path, type, optional, schema }: Row,
  words: PlanWord,
  defaults: Readonly<Record<string, unknown>>,
): string => {
  if (schema !== null && words.example !== undefined) {
    const problems = shapeOf(schema)(words.example)
    assert.deepEqual(problems, [], `the example of ${path} does not fit its schema`)
  }
  const given = defaults[path] ?? words.default
  const shown = optional ? (given === undefined ? '' : code(given)) : 'required'
  return `| \`${path}\` | ${words.type ?? type} | ${shown} | ${words.example === undefined ? '' : code(words.example)} | ${words.says} |`
}

const code = (value: unknown): string =>
  `\`${(typeof value === 'string' ? value : flow(value)).replaceAll('|', '\\|')}\``

/** A value on one line, as YAML takes it. */
const flow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (isRecord(value))
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}: ${flow(inner)}`)
      .join(', ')}}`
  return typeof value === 'string' && /^[\d"'{[]|[:#]/.test(value) && !/^\d+[a-z%]+$/.test(value)
    ? JSON.stringify(value)
    : String(value)
}

/** What each key means when it is left out, by path, found by leaving it out. */
const defaultsInForce = (): Readonly<Record<string, unknown>> => {
  const { business, holdout } = planInForce(createState())
  const limits = parseLimits(undefined)
  const campaign = parseCampaign({
    id: 'x',
    goal: { event: 'Order Completed' },
    trigger: { event: 'Cart Abandoned' },
    actions: [{ creative: 'x', channel: 'email' }],
  })
  assert.ok(limits.ok && campaign.ok)
  const found: Record<string, unknown> = {
    'business.locale': business.locale,
    'business.margin_share': business.marginShare,
    'holdout.salt': holdout.salt,
    'holdout.horizon': formatDuration(holdout.horizonMs),
  }
  const note = (value: unknown, path: string): void => {
    if (isRecord(value)) for (const [key, inner] of Object.entries(value)) note(inner, `${path}.${key}`)
    if (path !== '') found[path] = value
  }
  note(renderGovernance(OPEN_POLICY), 'governance')
  note(renderModels(DEFAULT_MODELS), 'models')
  note(renderLimits(limits.value), 'limits')
  note(renderCampaign(campaign.value), 'campaigns[]')
  delete found['campaigns[].name']
  return found
}
