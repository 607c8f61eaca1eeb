// The part of the contract that is about notices: who was told what, whom it would call, and one's own ways.

import { Type, type Static } from 'typebox'
import { WAYS } from '../notice/events.ts'

const closed = { additionalProperties: false }
const way = Type.Enum([...WAYS])
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const hour = Type.Integer({ minimum: 0, maximum: 23 })

const call = Type.Object({
  userId: Type.String(),
  name: Type.String(),
  way,
  round: Type.Integer(),
  why: Type.String(),
  status: Type.Union([
    Type.Literal('begun'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('unknown'),
  ]),
  at: Type.Number(),
  detail: Type.String(),
})

const noticeSchema = Type.Object({
  noticeId: Type.String(),
  kind: Type.String(),
  /** As it was told, in the language of the business. */
  title: Type.String(),
  ref: Type.String(),
  isUrgent: Type.Boolean(),
  at: Type.Number(),
  calls: Type.Array(call),
  /** Why nobody was called: `budget`, `nobody`; '' otherwise. */
  withheld: Type.String(),
  /** Why nobody is called any more; '' while it is open. */
  over: Type.String(),
})

export const noticesSchema = Type.Object({
  now: Type.Number(),
  /** Ways that are set up here. */
  ways: Type.Array(way),
  /** Newest first. */
  open: Type.Array(noticeSchema),
  closed: Type.Array(noticeSchema),
  /** Tests, briefs, trouble with the log; newest first. */
  asides: Type.Array(Type.Object({ noticeId: Type.String(), call })),
  /** Notices that were not kept, since too many were open. */
  dropped: Type.Integer(),
  /** Whom something urgent would call now, if nobody answered. */
  preview: Type.Array(
    Type.Object({
      round: Type.Integer(),
      afterMs: Type.Number(),
      calls: Type.Array(Type.Object({ userId: Type.String(), name: Type.String(), why: Type.String(), way })),
    }),
  ),
  /** Most calls of one person. */
  budget: Type.Object({ perHour: Type.Integer(), perDay: Type.Integer() }),
})

export const preferencesRequestSchema = Type.Object(
  {
    /** In the order in which they are tried; [] = is not called. */
    ways: Type.Array(way, { maxItems: WAYS.length, uniqueItems: true }),
    /** Hours of the business in which only what is urgent is told. */
    quiet: nullable(Type.Object({ fromHour: hour, toHour: hour }, closed)),
    /** Hour of the daily brief by mail. */
    briefHour: nullable(hour),
  },
  closed,
)

export const ownNoticesSchema = Type.Object({
  ways: Type.Array(way),
  quiet: nullable(Type.Object({ fromHour: hour, toHour: hour })),
  briefHour: nullable(hour),
  timeZone: Type.String(),
  /** What is set up here, and whether it reaches this person. */
  known: Type.Array(Type.Object({ way, isSetUp: Type.Boolean(), reaches: Type.Boolean() })),
  /** Of the bot, without `@`; '' while it is not known. */
  bot: Type.String(),
})

export const telegramCodeSchema = Type.Object({
  /** Sent to the bot as `/start <code>`, once. */
  code: Type.String(),
  bot: Type.String(),
  /** Real ms. */
  until: Type.Number(),
})
export const webhookAnswerSchema = Type.Object({ proposalId: Type.String(), status: Type.String() })

export const ownTestRequestSchema = Type.Object({ way }, closed)
export const noticeTestRequestSchema = Type.Object(
  {
    /** Id, name or address. */
    user: Type.String({ minLength: 1, maxLength: 254 }),
    way,
  },
  closed,
)
export const noticeTestSchema = Type.Object({
  outcome: Type.Union([Type.Literal('done'), Type.Literal('failed'), Type.Literal('unknown')]),
  detail: Type.String(),
})

export type NoticeView = Static<typeof noticeSchema>
export type NoticesView = Static<typeof noticesSchema>
export type OwnNotices = Static<typeof ownNoticesSchema>
export type PreferencesRequest = Static<typeof preferencesRequestSchema>
export type TelegramCode = Static<typeof telegramCodeSchema>
export type NoticeTest = Static<typeof noticeTestSchema>
export type NoticeTestRequest = Static<typeof noticeTestRequestSchema>
export type NoticeWay = NoticesView['ways'][number]

export const NOTICE_ROUTES = {
  notices: { method: 'GET', path: '/api/notices' },
  acknowledge: { method: 'POST', path: '/api/notices/:id/ack' },
  testNotice: { method: 'POST', path: '/api/notices/test' },
  ownNotices: { method: 'GET', path: '/api/account/notices' },
  chooseNotices: { method: 'POST', path: '/api/account/notices' },
  testOwnNotice: { method: 'POST', path: '/api/account/notices/test' },
  telegramCode: { method: 'POST', path: '/api/account/notices/telegram' },
  telegramOff: { method: 'POST', path: '/api/account/notices/telegram/off' },
} as const
