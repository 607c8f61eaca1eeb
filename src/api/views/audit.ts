// Acts, newest first: who did what, when, why, and on whose yes. Read back from the log.

import { ACTS, isAct, offsetsBefore, type ActGroup, type ActType } from '../../insight/index.ts'
import { proposalOf } from '../../governance/index.ts'
import type { Said } from '../../kernel/said.ts'
import type { LogEvent } from '../../log/port.ts'
import { Failure } from '../../kernel/failure.ts'
import type { Act, ActsPage } from '../contract-audit.ts'
import { actText } from './act-text.ts'
import { changesIn, titleIn } from './proposal-words.ts'
import { sayIn } from './said-words.ts'
import { stopReasonIn } from './stop-reason-words.ts'
import type { Language, ViewSources } from './sources.ts'

export type ActsQuery = {
  readonly before?: string
  readonly group?: ActGroup
  /** A part of the name or id of whoever did it, in any case; `machine` for acts of nobody. */
  readonly who?: string
  readonly limit: number
  readonly language: Language
}

const PAGE = 200
/** Acts looked at for one page when a filter lets few through. */
const LOOKED_AT_MAX = 5_000

/** A page of acts. Throws Failure `http.invalid`. */
export const viewActs = async (sources: ViewSources, query: ActsQuery): Promise<ActsPage> => {
  const { loop } = sources
  let before = query.before === undefined ? Number.MAX_SAFE_INTEGER : Number(query.before)
  if (!Number.isSafeInteger(before))
    throw new Failure({
      code: 'http.invalid',
      message: '`before` is not the end of a page.',
      hint: 'Pass on what `next` of the page before said.',
    })
  const items: Act[] = []
  for (let looked = 0; looked < LOOKED_AT_MAX; looked += PAGE) {
    const offsets = offsetsBefore(loop.state.acts, before, PAGE)
    if (offsets.length === 0) return { items, next: null }
    for (const event of await loop.log.get(offsets)) {
      before = event.offset
      const act = actOf(sources, event, query.language)
      if (act === null || !fits(act, query)) continue
      items.push(act)
      if (items.length >= query.limit) return { items, next: String(before) }
    }
  }
  return { items, next: String(before) }
}

/** Every act of the log between two moments, oldest first: all of them, not only those that are kept at hand. */
export async function* actsBetween(
  sources: ViewSources,
  { from, to, language }: { readonly from: number; readonly to: number; readonly language: Language },
): AsyncGenerator<Act> {
  for await (const events of sources.loop.log.read())
    for (const event of events) {
      if (event.at < from || event.at > to) continue
      const act = actOf(sources, event, language)
      if (act !== null) yield act
    }
}

const fits = (act: Act, { group, who }: ActsQuery): boolean => {
  if (group !== undefined && act.group !== group) return false
  if (who === undefined || who === '') return true
  if (who === 'machine') return act.who.name === ''
  return `${act.who.name} ${act.who.id}`.toLowerCase().includes(who.toLowerCase())
}

const actOf = (sources: ViewSources, event: LogEvent, language: Language): Act | null => {
  if (!isAct(event)) return null
  const type = event.type as ActType
  const data = event.data as Readonly<Record<string, unknown>>
  const proposalId = textOf(data['proposalId'])
  const proposal = proposalId === '' ? undefined : proposalOf(sources.loop.state.governance, proposalId)
  const carriedOut = type === 'governance.executed.v1' || type === 'governance.promoted.v1'
  return {
    offset: event.offset,
    id: event.id,
    at: event.at,
    type,
    group: ACTS[type],
    who: whoOf(sources, type, data),
    text: actText(
      sources,
      { type, data, title: proposal === undefined ? '' : titleIn(language, proposal) },
      language,
    ),
    reason: reasonOf(type, data, language),
    changes: changesIn(language, {
      kind: textOf(data['kind']) || (proposal?.kind ?? ''),
      changes: changesOf(data['changes']),
    }).map((change) => ({ ...change })),
    // Of a yes itself, who said it stands in `who`.
    approvals:
      proposal === undefined || !(carriedOut || type === 'governance.policy_applied.v1')
        ? []
        : proposal.approvals.map(({ by, at, via, note }) => ({ name: by.name, at, via, note })),
    proposalId: proposalId === '' ? null : proposalId,
  }
}

const reasonOf = (type: ActType, data: Readonly<Record<string, unknown>>, language: Language): string => {
  const words = textOf(data['reason']) || textOf(data['note']) || textOf(data['why'])
  if (type === 'stop.raised.v1') return stopReasonIn(language, words)
  // People's own words are nobody's to read anew.
  return type === 'hold.placed.v1' ? sayIn(language, data['said'] as Said | undefined, words) : words
}

/** `by` is an actor in governance, and a spelt principal elsewhere: `Anna (user u4k)`. */
const whoOf = ({ loop }: ViewSources, type: ActType, data: Readonly<Record<string, unknown>>): Act['who'] => {
  const { by } = data
  if (typeof by === 'object' && by !== null) {
    const { kind, id, name } = by as { kind: string; id: string; name: string }
    return kind === 'machine' ? { name: '', id: '' } : { name, id: kind === 'local' ? '' : `${kind} ${id}` }
  }
  if (typeof by === 'string' && by !== '') {
    const [, name = by, id = ''] = /^(.*) \(((?:user|key) [^()]+)\)$/.exec(by) ?? []
    return { name, id }
  }
  // Who signs in, or fails to, is whom it is about.
  if (type !== 'access.signed_in.v1' && type !== 'access.sign_in_failed.v1') return { name: '', id: '' }
  const id = textOf(data['userId'])
  return id === ''
    ? { name: '?', id: '' }
    : { name: loop.state.access.users.get(id)?.name ?? id, id: `user ${id}` }
}

const changesOf = (changes: unknown): Act['changes'] =>
  Array.isArray(changes)
    ? changes.flatMap((one: unknown) => {
        if (typeof one === 'string') return [{ path: one, is: '', willBe: '' }]
        if (typeof one !== 'object' || one === null) return []
        const { path, is, willBe } = one as Readonly<Record<string, unknown>>
        return [{ path: textOf(path), is: textOf(is), willBe: textOf(willBe) }]
      })
    : []

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
