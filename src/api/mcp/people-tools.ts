// What agents may look at of people: one of those written to (without what names them, unless the key may see people), and
// who did what.

import { Type, type TSchema } from 'typebox'
import { Failure } from '../../kernel/failure.ts'
import { refOf } from '../../profile/index.ts'
import type { Customer } from '../contract.ts'
import { viewActs } from '../views/audit.ts'
import { viewCustomer, viewCustomers } from '../views/customers.ts'
import type { ViewSources } from '../views/sources.ts'
import { LIMIT_DEFAULT, LIST_MAX, limit } from './figure-tools.ts'
import { plain, strangerOf, strangerSchema } from './strangers.ts'
import { closed, moment, tool, type Agent } from './tool.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = Type.String()
const amount = Type.Number()
const at = Type.String({ description: 'ISO 8601, UTC' })
const TIMELINE_MAX = 30

const person = tool({
  name: 'person',
  title: 'One person',
  description:
    'One person by profile id: consents, segments, features, whether they are held out, what was decided for them and when. What names them is left out unless the key may see people; such a key may also look somebody up by e-mail, phone, name or user id.',
  needs: 'decisions.read',
  reads: true,
  input: Type.Object(
    {
      person: Type.String({
        minLength: 1,
        maxLength: 300,
        description: 'profile id, as `decisions` gives it',
      }),
    },
    closed,
  ),
  output: Type.Object({
    profileId: text,
    redacted: Type.Boolean({ description: 'what names or describes them is left out' }),
    label: nullable(strangerSchema),
    identifiers: Type.Array(Type.Object({ kind: text, value: nullable(strangerSchema) })),
    traits: Type.Array(Type.Object({ name: text, value: nullable(strangerSchema) })),
    consents: Type.Array(Type.Object({ channel: text, purpose: text, state: text, at })),
    features: Type.Array(Type.Object({ name: text, value: amount })),
    segments: Type.Array(text),
    group: text,
    timeZone: text,
    timeline: Type.Array(
      Type.Object({ at, kind: text, decisionId: nullable(text), what: nullable(strangerSchema) }),
    ),
  }),
  run: async ({ sources }, input, agent) => {
    const sees = agent.may('people.read')
    return shownPerson(await viewCustomer(sources, idOf(sources, input.person, sees), 'en'), sees)
  },
})

/** Looking somebody up by an address would tell whether they are a customer: for keys that may see people. */
const idOf = (sources: ViewSources, wanted: string, sees: boolean): string => {
  if (!sees || refOf(sources.loop.state.profile, wanted) !== undefined) return wanted
  const { items } = viewCustomers(sources, wanted, 2)
  if (items.length === 1) return items[0]?.profileId ?? wanted
  if (items.length === 0) return wanted
  throw new Failure({
    code: 'person.ambiguous',
    message: 'More than one person fits.',
    hint: 'Ask by e-mail, user id or profile id.',
  })
}

const shownPerson = (one: Customer, sees: boolean) => ({
  profileId: one.profileId,
  redacted: !sees,
  label: sees ? strangerOf(one.person) : null,
  identifiers: one.identifiers
    .slice(0, LIST_MAX)
    .map(({ kind, value }) => ({ kind, value: sees ? strangerOf(value) : null })),
  traits: Object.entries(one.traits)
    .slice(0, LIST_MAX)
    .map(([name, value]) => ({
      name: plain(name, 60),
      value: sees ? strangerOf(typeof value === 'string' ? value : JSON.stringify(value)) : null,
    })),
  consents: one.consents.map(({ channel, purpose, state, at: when }) => ({
    channel,
    purpose: plain(purpose, 60),
    state,
    at: moment(when),
  })),
  features: one.features.flatMap(({ name, value }) =>
    typeof value === 'number' ? [{ name: plain(name, 60), value }] : [],
  ),
  segments: one.segments,
  group: one.group,
  timeZone: plain(one.timeZone, 60),
  timeline: one.timeline.slice(0, TIMELINE_MAX).map((item) => ({
    at: moment(item.at),
    kind: item.kind,
    decisionId: item.decisionId,
    what: sees ? strangerOf(`${item.title} ${item.detail}`) : null,
  })),
})

const audit = tool({
  name: 'audit',
  title: 'Who did what',
  description:
    'Acts on record, newest first: who, what, why, by which proposal. A key that may not read the audit sees its own acts.',
  needs: 'figures.read',
  reads: true,
  input: Type.Object(
    {
      who: Type.Optional(
        Type.String({ maxLength: 100, description: 'part of a name or id; `machine` for acts of nobody' }),
      ),
      before: Type.Optional(Type.String({ maxLength: 30, description: '`next` of the page before' })),
      limit,
    },
    closed,
  ),
  output: Type.Object({
    acts: Type.Array(
      Type.Object({ at, type: text, who: text, what: text, why: text, proposalId: nullable(text) }),
    ),
    next: nullable(text),
  }),
  run: async ({ sources }, { who, before, limit: size = LIMIT_DEFAULT }, agent) => {
    const whose = agent.may('audit.read') ? who : ownId(agent)
    const page = await viewActs(sources, {
      limit: size,
      language: 'en',
      ...(whose === undefined ? {} : { who: whose }),
      ...(before === undefined ? {} : { before }),
    })
    return {
      acts: page.items.map((act) => ({
        at: moment(act.at),
        type: act.type,
        who: plain(`${act.who.name} ${act.who.id}`.trim()),
        what: plain(act.text, 600),
        why: plain(act.reason, 600),
        proposalId: act.proposalId,
      })),
      next: page.next,
    }
  },
})

/** As `who` of an act ends: `mcp:agent key k7`. */
const ownId = ({ actor }: Agent): string => `${actor.name} key ${actor.id}`

export const PEOPLE_TOOLS = [person, audit]
