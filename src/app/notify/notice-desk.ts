// What the API and commands ask of notices: lists in words, preferences, tests, links.

import type { NoticeDesk } from '../../api/notice-routes.ts'
import type { NoticesView, NoticeView } from '../../api/contract-notices.ts'
import type { LinkSigner } from '../../delivery/index.ts'
import { DEFAULT_CALLS, proposalOf } from '../../governance/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { spellPrincipal } from '../../kernel/principal.ts'
import type { Loop } from '../../loop.ts'
import {
  NOTICE_ACKNOWLEDGED,
  PREFERENCES_SET,
  WAYS,
  type NoticeAcknowledged,
  type PreferencesSet,
  type WayName,
} from '../../notice/events.ts'
import { isMeant, preferencesOf, previewCalls, type Call, type Notice } from '../../notice/index.ts'
import { readLink } from './approval-link.ts'
import { oneLine } from './letter-of.ts'
import { wordsFor } from './letter-words.ts'
import type { Notifier } from './notifier.ts'

const CLOSED_SHOWN = 50

export type NoticeDeskPorts = {
  readonly loop: Loop
  readonly signer: LinkSigner
  readonly notifier: Pick<Notifier, 'people' | 'ways' | 'test' | 'bot' | 'telegram' | 'answer'>
}

export const createNoticeDesk = ({ loop, signer, notifier }: NoticeDeskPorts): NoticeDesk => {
  const { state, ctx } = loop
  const say = async (type: string, data: object): Promise<void> => {
    await loop.record([{ id: ctx.newId(), type, key: '', at: ctx.now(), data }])
  }
  return {
    view: () => viewNotices(loop, notifier),
    own: (userId) => {
      const role = state.access.users.get(userId)?.role ?? ''
      const { ways, quiet, briefHour } = preferencesOf(state.notices, userId, role)
      const set = notifier.ways()
      const reaches = (way: WayName): boolean =>
        way === 'webhook' ||
        (way === 'mail' ? notifier.people.addressOf(userId) : notifier.people.chatOf(userId)) !== ''
      return {
        ways: [...ways],
        quiet,
        briefHour,
        timeZone: state.business.timeZone,
        known: WAYS.map((way) => ({
          way,
          isSetUp: set.includes(way),
          reaches: set.includes(way) && reaches(way),
        })),
        bot: notifier.bot(),
      }
    },
    choose: async (userId, chosen, by) => {
      const data: PreferencesSet = { ...chosen, userId, by: spellPrincipal(by) }
      await say(PREFERENCES_SET, data)
    },
    acknowledge: async (noticeId, by, via) => {
      const found = [...state.notices.open.values()].some((one) => one.noticeId === noticeId)
      if (!found)
        throw new Failure({
          code: 'notice.unknown',
          message: 'Nobody is called for this any more.',
          hint: 'See windvane notify list.',
        })
      const data: NoticeAcknowledged = { noticeId, userId: by.id, name: by.name, via }
      await say(NOTICE_ACKNOWLEDGED, data)
    },
    test: async (user, way) => {
      const person = notifier.people.list().find((one) => one.userId === user || isMeant(one, user))
      if (person === undefined)
        throw new Failure({
          code: 'notice.no_user',
          message: `There is nobody ${user.slice(0, 80)} here.`,
          hint: 'See windvane users list.',
        })
      if (!notifier.ways().includes(way)) throw noWay(way)
      const { outcome, detail } = await notifier.test(person.userId, way)
      return { outcome, detail }
    },
    telegramCode: (userId) => {
      if (notifier.telegram === null) throw noWay('telegram')
      return { ...notifier.telegram.newCode(userId), bot: notifier.bot() }
    },
    telegramOff: async (userId, by) => notifier.telegram?.unbind(userId, spellPrincipal(by)),
    answer: notifier.answer,
    readLink: (token) =>
      readLink(signer, token, { now: ctx.now(), proposal: (id) => proposalOf(state.governance, id) }),
  }
}

const noWay = (way: WayName): Failure =>
  new Failure({
    code: 'notice.no_way',
    message: `${way} is not set up here.`,
    hint: way === 'mail' ? 'Set `smtp` in windvane.yaml.' : 'Set `notify` in windvane.yaml.',
  })

/** Also where no server runs: then no way is set up. */
export const viewNotices = (
  { state, ctx }: Pick<Loop, 'state' | 'ctx'>,
  notifier: Pick<Notifier, 'people' | 'ways'> | null,
): NoticesView => {
  const { notices, governance, business, access } = state
  const nameOf = (userId: string): string => access.users.get(userId)?.name ?? userId
  const words = wordsFor(business.locale)
  const callOf = ({ userId, way, round, why, status, at, detail }: Call) => ({
    userId,
    name: nameOf(userId),
    way,
    round,
    why,
    status,
    at,
    detail,
  })
  const lineOf = ({
    noticeId,
    kind,
    facts,
    ref,
    isUrgent,
    at,
    calls,
    withheld,
    over,
  }: Notice): NoticeView => ({
    noticeId,
    kind,
    title: oneLine(words.of[kind](facts, ref).title),
    ref,
    isUrgent,
    at,
    calls: calls.map(callOf),
    withheld,
    over,
  })
  const { policy } = governance
  const { hourMax, dayMax } = policy.calls ?? DEFAULT_CALLS
  const around = { now: ctx.now(), people: notifier?.people.list() ?? [], policy, business }
  return {
    now: ctx.now(),
    ways: [...(notifier?.ways() ?? [])],
    open: [...notices.open.values()].toReversed().map(lineOf),
    closed: notices.closed.slice(-CLOSED_SHOWN).toReversed().map(lineOf),
    asides: notices.asides.toReversed().map(({ noticeId, ...call }) => ({ noticeId, call: callOf(call) })),
    dropped: notices.dropped,
    preview: previewCalls(around).map(({ round, afterMs, calls }) => ({
      round,
      afterMs,
      calls: calls.map(({ userId, why, way }) => ({ userId, name: nameOf(userId), why, way })),
    })),
    budget: { perHour: hourMax, perDay: dayMax },
  }
}
