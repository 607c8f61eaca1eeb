// What the console is told of STOP: what is stopped, what waits behind it, whether this is a restored system; and
// what it may ask.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const stopSchema = Type.Object({
  /** Last event of the log that this shows: to be told when resuming. */
  asOf: Type.Integer(),
  /** Something is stopped. */
  active: Type.Boolean(),
  stops: Type.Array(
    Type.Object({
      /** `all`, `channel:email`, `campaign:winback`. */
      scope: Type.String(),
      reason: Type.String(),
      by: Type.String(),
      at: Type.Number(),
      /** In the log, of the last time it was raised; 0 for a file. */
      offset: Type.Integer(),
      /** Which file it is; '' for one in the log. */
      mark: Type.String(),
      /** `log`, `file` or `signal`: where it came from. */
      origin: Type.String(),
    }),
  ),
  /** Messages that would leave once resumed. */
  waiting: Type.Integer(),
  /** Of those, how many are too late by the limits and will not be sent. */
  late: Type.Integer(),
  /** What waits, by campaign and channel, the most first; at most 20. */
  lines: Type.Array(
    Type.Object({
      campaignId: Type.String(),
      channel: Type.String(),
      waiting: Type.Integer(),
      late: Type.Integer(),
      /** When the first of them was to leave. */
      since: Type.Number(),
    }),
  ),
  /** After so long a pause that what waits leaves little by little. */
  slowly: Type.Boolean(),
  /** This system was restored from a backup: what waits may have been sent already, and is dropped unless wanted. */
  restored: nullable(
    Type.Object({
      at: Type.Number(),
      backupAt: Type.Number(),
      epoch: Type.Integer(),
      /** Who was erased after the backup may be in it: resuming asks for `erasuresSeen`. */
      erasuresUnknown: Type.Boolean(),
    }),
  ),
})

export const stopRequestSchema = Type.Object(
  {
    scope: Type.String({ examples: ['all', 'channel:email', 'campaign:winback'] }),
    reason: Type.String({ maxLength: 500 }),
  },
  { additionalProperties: false },
)

export const resumeRequestSchema = Type.Object(
  {
    scope: Type.String(),
    /** The number of waiting messages the person has seen; another number now is refused, so that a flood is never released unseen. */ waitingSeen:
      Type.Integer(),
    /** `asOf` of what the person has seen: a STOP raised after it is not lifted. */
    seenUpTo: Type.Integer({ minimum: 0 }),
    /** What came too late while it was stopped: dropped, or put to a person as a proposal. */
    late: Type.Optional(Type.Union([Type.Literal('drop'), Type.Literal('ask')])),
    /** In a restored system: sends what waits although it may have been sent before. */
    sendRestored: Type.Optional(Type.Boolean()),
    /** In a restored system that does not know who was erased after the backup: a person has seen to it. */
    erasuresSeen: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

export type StopState = Static<typeof stopSchema>
export type StopRequest = Static<typeof stopRequestSchema>
export type ResumeRequest = Static<typeof resumeRequestSchema>

export const STOP_ROUTES = {
  stop: { method: 'POST', path: '/api/stop' },
  resume: { method: 'POST', path: '/api/resume' },
  stopState: { method: 'GET', path: '/api/stop' },
} as const
