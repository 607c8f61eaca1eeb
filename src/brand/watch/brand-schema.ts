// The plan's section `brand` as people write it, both ways: read with every fault said, written back so that
// reading gives the same.

import type { Static } from 'typebox'
import { createCel, type CelProgram } from '../../kernel/cel.ts'
import { formatDuration, parseDuration } from '../../kernel/duration.ts'
import { isFailure } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { didYouMean, problem, shapeOf, type Problem } from '../../kernel/problem.ts'
import type {
  BrandSpec,
  EntitySpec,
  PlaybookSpec,
  RiskWords,
  ScopeSpec,
  SensitiveDates,
  SourceSpec,
  StepSpec,
} from '../events.ts'
import { brandSchema, DEED_NAMES } from './brand-shape.ts'

type Section = Static<typeof brandSchema>
type GivenScope = Partial<ScopeSpec>
const check = shapeOf(brandSchema)

const EVERY_MS = 10 * 60_000
const EVERY_MS_MIN = 60_000
const CALM_MS = 2 * 3_600_000
const STAND_DOWN_EVERY_MS = 30 * 60_000

export const INCIDENT_FIELDS = {
  kind: 'string',
  severity: 'double',
  entity: 'string',
  topic: 'string',
  mentions: 'double',
  usual: 'double',
  negativeShare: 'double',
  voices: 'double',
} as const

/** Throws the failures of `createCel`. */
export const compileWhen: (source: string) => CelProgram = createCel({
  variables: { incident: INCIDENT_FIELDS },
  known: `Known are incident.${Object.keys(INCIDENT_FIELDS).join(', incident.')}.`,
})

/** Reads the section; null with its problems noted. */
export const readBrand = (section: unknown, problems: Problem[]): BrandSpec | null => {
  const found = check(section, 'brand')
  problems.push(...found)
  if (found.length > 0 || !isRecord(section)) return null
  const given = section as Section
  const before = problems.length
  const brand: BrandSpec = {
    entities: (given.entities ?? []).map(entityOf),
    sources: (given.sources ?? []).map((one, index) => sourceOf(one, `brand.sources[${index}]`, problems)),
    riskWords: (given.risk_words ?? []).map(
      ({ severity, words }): RiskWords => ({ severity: severity as RiskWords['severity'], words }),
    ),
    dates: (given.dates ?? []).map(
      (one): SensitiveDates => ({
        id: one.id,
        name: one.name,
        from: one.from,
        to: one.to ?? one.from,
        scope: scopeOf(one.in as GivenScope | undefined),
      }),
    ),
    playbooks: (given.playbooks ?? []).map((one, index) =>
      playbookOf(one, `brand.playbooks[${index}]`, problems),
    ),
    webhook: given.webhook ?? '',
  }
  for (const [name, ids] of [
    ['entities', brand.entities],
    ['sources', brand.sources],
    ['dates', brand.dates],
    ['playbooks', brand.playbooks],
  ] as const)
    for (const [index, { id }] of ids.entries())
      if (ids.findIndex((one) => one.id === id) < index)
        problems.push(problem(`brand.${name}`, `\`${id}\` is there twice`, 'Give each an id of its own.'))
  for (const [index, { about }] of brand.sources.entries())
    if (about !== undefined && !brand.entities.some(({ id }) => id === about))
      problems.push(
        problem(
          `brand.sources[${index}].about`,
          `nobody watches \`${about}\``,
          didYouMean(
            about,
            brand.entities.map(({ id }) => id),
          ),
        ),
      )
  if (brand.webhook !== '' && !/^https?:\/\//.test(brand.webhook))
    problems.push(problem('brand.webhook', `${brand.webhook} is no address`, 'Write https://…'))
  return problems.length === before ? brand : null
}

type GivenEntity = NonNullable<Section['entities']>[number]
const entityOf = ({
  id,
  kind,
  name,
  names,
  near,
  never,
  as_written: isCaseStrict,
}: GivenEntity): EntitySpec => ({
  id,
  kind: kind ?? 'brand',
  name: name ?? names[0] ?? id,
  names,
  near: near ?? [],
  never: never ?? [],
  isCaseStrict: isCaseStrict ?? false,
})

type GivenSource = NonNullable<Section['sources']>[number]
const sourceOf = (one: GivenSource, path: string, problems: Problem[]): SourceSpec => {
  const everyMs = durationOf(one.every, EVERY_MS)
  if (everyMs < EVERY_MS_MIN)
    problems.push(problem(`${path}.every`, 'is too often for somebody else’s server', 'At least 1m.'))
  if (one.kind !== 'push' && one.from === undefined)
    problems.push(problem(`${path}.from`, 'is missing', 'An address, a channel or a search.'))
  const { mapping } = one
  const says = mapping?.['text'] ?? mapping?.['score']
  if ((one.kind === 'json' || mapping !== undefined) && (says === undefined || mapping?.['id'] === undefined))
    problems.push(
      problem(
        `${path}.mapping`,
        'says not where id and text or score are',
        '`{items: data.list, id: id, text: body}`',
      ),
    )
  for (const name of Object.keys(mapping ?? {}))
    if (!MAPPED.includes(name))
      problems.push(problem(`${path}.mapping`, `\`${name}\` is no field`, `One of: ${MAPPED.join(', ')}.`))
  if (mapping?.['score'] !== undefined && one.score === undefined)
    problems.push(problem(`${path}.score`, 'says not which scale', 'stars, nps or ten.'))
  return {
    id: one.id,
    kind: one.kind,
    from: one.from ?? '',
    everyMs,
    mapping: one.mapping ?? null,
    ...(one.about === undefined ? {} : { about: one.about }),
    ...(one.score === undefined ? {} : { score: one.score }),
    ...(one.tickets === true ? { isTickets: true } : {}),
  }
}

/** What a mapping may say where to find. */
const MAPPED = [
  'items',
  'only',
  'id',
  'text',
  'at',
  'author',
  'url',
  'score',
  'about',
  'userId',
  'anonymousId',
  'email',
  'phone',
]

type GivenPlaybook = NonNullable<Section['playbooks']>[number]
const playbookOf = (one: GivenPlaybook, path: string, problems: Problem[]): PlaybookSpec => {
  const when = one.when ?? ''
  if (when !== '') {
    try {
      compileWhen(when)
    } catch (error) {
      if (!isFailure(error)) throw error
      problems.push(problem(`${path}.when`, error.message, error.hint ?? ''))
    }
  }
  return {
    id: one.id,
    name: one.name ?? one.id,
    when,
    steps: one.steps.flatMap((step, index) => stepOf(step, `${path}.steps[${index}]`, problems)),
    standDown: {
      calmMs: durationOf(one.stand_down?.calm, CALM_MS),
      everyMs: durationOf(one.stand_down?.every, STAND_DOWN_EVERY_MS),
      ask: one.stand_down?.ask ?? false,
    },
  }
}

const stepOf = (step: Record<string, unknown>, path: string, problems: Problem[]): readonly StepSpec[] => {
  const deeds = DEED_NAMES.filter((name) => step[name] !== undefined)
  const [deed] = deeds
  if (deed === undefined || deeds.length > 1) {
    problems.push(
      problem(
        path,
        deeds.length === 0 ? 'does nothing' : `does ${deeds.join(' and ')} at once`,
        `One step, one of: ${DEED_NAMES.join(', ')}.`,
      ),
    )
    return []
  }
  const about = {
    afterMs: durationOf(step['after'] as string | undefined, 0),
    unlessOwned: step['unless_owned'] === true,
  }
  return [
    { ...about, ...deedOf(deed, step[deed], scopeOf(step['in'] as GivenScope | undefined)) } as StepSpec,
  ]
}

const deedOf = (name: (typeof DEED_NAMES)[number], value: unknown, scope: ScopeSpec): object => {
  switch (name) {
    case 'pause':
    case 'freeze_offers':
      return { kind: name, scope: scopeOf(value as GivenScope) }
    case 'tone':
      return { kind: name, tone: value, scope }
    case 'hold_words':
    case 'cut_spend_beside':
      return { kind: name, words: value }
    case 'cut_spend':
      return { kind: name, lines: value }
    case 'roll_back':
      return { kind: name }
    case 'answer':
    case 'statement':
      return { kind: name, texts: value }
    case 'notify':
      return { kind: name, to: value }
  }
}

const scopeOf = (given: GivenScope | undefined): ScopeSpec => ({
  channels: given?.channels ?? [],
  campaigns: given?.campaigns ?? [],
  markets: given?.markets ?? [],
  products: given?.products ?? [],
})

const durationOf = (text: string | undefined, fallback: number): number =>
  text === undefined ? fallback : (parseDuration(text) ?? fallback)

/** What {@link readBrand} reads back as the same. */
export const renderBrand = (brand: BrandSpec): Record<string, unknown> => ({
  entities: brand.entities.map(({ id, kind, name, names, near, never, isCaseStrict }) => ({
    id,
    kind,
    name,
    names,
    ...(near.length === 0 ? {} : { near }),
    ...(never.length === 0 ? {} : { never }),
    ...(isCaseStrict ? { as_written: true } : {}),
  })),
  sources: brand.sources.map(({ id, kind, from, everyMs, mapping, about, score, isTickets }) => ({
    id,
    kind,
    ...(about === undefined ? {} : { about }),
    ...(score === undefined ? {} : { score }),
    ...(isTickets === true ? { tickets: true } : {}),
    ...(from === '' ? {} : { from }),
    every: formatDuration(everyMs),
    ...(mapping === null ? {} : { mapping }),
  })),
  risk_words: brand.riskWords,
  dates: brand.dates.map(({ id, name, from, to, scope }) => ({ id, name, from, to, in: shortScope(scope) })),
  playbooks: brand.playbooks.map(({ id, name, when, steps, standDown }) => ({
    id,
    name,
    ...(when === '' ? {} : { when }),
    steps: steps.map(renderStep),
    stand_down: {
      calm: formatDuration(standDown.calmMs),
      every: formatDuration(standDown.everyMs),
      ask: standDown.ask,
    },
  })),
  ...(brand.webhook === '' ? {} : { webhook: brand.webhook }),
})

const renderStep = (step: StepSpec): Record<string, unknown> => ({
  ...renderDeed(step),
  ...(step.afterMs === 0 ? {} : { after: formatDuration(step.afterMs) }),
  ...(step.unlessOwned ? { unless_owned: true } : {}),
})

const renderDeed = (step: StepSpec): Record<string, unknown> => {
  switch (step.kind) {
    case 'pause':
    case 'freeze_offers':
      return { [step.kind]: shortScope(step.scope) }
    case 'tone':
      return { tone: step.tone, in: shortScope(step.scope) }
    case 'hold_words':
    case 'cut_spend_beside':
      return { [step.kind]: step.words }
    case 'cut_spend':
      return { cut_spend: step.lines }
    case 'roll_back':
      return { roll_back: true }
    case 'answer':
    case 'statement':
      return { [step.kind]: step.texts }
    case 'notify':
      return { notify: step.to }
  }
}

const shortScope = (scope: ScopeSpec): Partial<ScopeSpec> =>
  Object.fromEntries(Object.entries(scope).filter(([, values]) => values.length > 0))
