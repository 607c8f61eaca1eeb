// What people tell the bot: a code that connects their account, buttons, reasons. The bot asks for updates itself;
// nothing of it listens on the network. Who is not connected is told how to, and nothing else.

import type { AccessStore, Secrets } from '../../governance/access/index.ts'
import { isFailure, messageOf } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { spellPrincipal } from '../../kernel/principal.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import type { Loop } from '../../loop.ts'
import {
  NOTICE_ACKNOWLEDGED,
  TELEGRAM_BOUND,
  TELEGRAM_UNBOUND,
  type NoticeAcknowledged,
  type TelegramBound,
  type TelegramUnbound,
} from '../../notice/events.ts'
import { userOfTelegram } from '../../notice/index.ts'
import type { Answer } from '../../stages/answering.ts'
import { userPrincipal, type TakeAnswer } from './answers.ts'
import { textIn, type TelegramCall } from './telegram-api.ts'
import { telegramWords } from './telegram-words.ts'

const CODE_MS = 10 * MINUTE_MS
const CODES_MAX = 1_000
const CODE_LENGTH = 20

export type TelegramDeskPorts = {
  readonly loop: Loop
  readonly call: TelegramCall
  readonly store: AccessStore
  readonly secrets: Pick<Secrets, 'newToken' | 'seal' | 'hashToken'>
  readonly accountHash: (account: string) => string
  readonly takeAnswer: TakeAnswer
  readonly realNow: () => number
}

export type TelegramDesk = {
  /** A code that connects whoever sends it to the bot with this user, once, within ten minutes. */
  readonly newCode: (userId: string) => { readonly code: string; readonly until: number }
  readonly unbind: (userId: string, by: string) => Promise<void>
  /** Does what one update asks. Rejects with a Failure when Telegram or the log does not take it. */
  readonly take: (update: unknown) => Promise<void>
}

type Update = Readonly<Record<string, unknown>>

export const createTelegramDesk = (ports: TelegramDeskPorts): TelegramDesk => {
  const { loop, call, store, secrets, accountHash } = ports
  const { state, ctx } = loop
  const codes = createCodes(ports)
  const words = () => telegramWords(state.business.locale)
  const say = async (chat: number, text: string, more: object = {}): Promise<void> => {
    await call('sendMessage', { chat_id: chat, text, ...more })
  }
  const record = async (type: string, data: object): Promise<void> => {
    await loop.record([{ id: ctx.newId(), type, key: '', at: ctx.now(), data }])
  }
  const keep = async (userId: string, telegram: string | undefined): Promise<void> =>
    store.change((stored) => ({
      ...stored,
      users: stored.users.map((user) => {
        const { telegram: _before, ...rest } = user
        return user.id !== userId ? user : telegram === undefined ? rest : { ...rest, telegram }
      }),
    }))
  const bind = async (chat: number, code: string): Promise<void> => {
    const userId = codes.use(code)
    const principal = userPrincipal(loop, userId)
    if (principal === null) return say(chat, words().codeOver)
    await keep(userId, secrets.seal(String(chat)))
    const data: TelegramBound = {
      userId,
      account: accountHash(String(chat)),
      by: spellPrincipal(principal),
    }
    await record(TELEGRAM_BOUND, data)
    await say(chat, words().bound(principal.name))
  }
  /** What came of it, in words for the person who answered. */
  const give = async (
    userId: string,
    proposalId: string,
    version: string,
    answer: Answer,
  ): Promise<string> => {
    try {
      const done = await ports.takeAnswer({ userId, proposalId, version, via: 'telegram', answer })
      if (answer.kind === 'snooze') return words().snoozed
      const { status, approvals, eyes } = done
      return status === 'open' && approvals.length > 0
        ? words().partly(proposalId, approvals.length, eyes)
        : words().now(proposalId, status)
    } catch (error) {
      if (!isFailure(error)) throw error
      return error.code === 'notify.changed' ? words().changed : messageOf(error)
    }
  }
  const mine = async (userId: string, noticeId: string): Promise<string> => {
    const isOpen = [...state.notices.open.values()].some((one) => one.noticeId === noticeId)
    const name = state.access.users.get(userId)?.name ?? userId
    const data: NoticeAcknowledged = { noticeId, userId, name, via: 'telegram' }
    if (isOpen) await record(NOTICE_ACKNOWLEDGED, data)
    return words().taken
  }
  const press = async (userId: string, chat: number, data: string): Promise<string> => {
    const [what, ref = '', seen = '', version = ''] = data.split(':')
    switch (what) {
      case 'a':
        return /^\d{1,15}$/.test(seen)
          ? give(userId, ref, version, { kind: 'approve', note: '', seenUpTo: Number(seen) })
          : words().notUnderstood
      case 's':
        return give(userId, ref, '', { kind: 'snooze', untilMs: ctx.now() + HOUR_MS })
      case 'm':
        return mine(userId, ref)
      case 'r':
        if (!PROPOSAL.test(ref)) return words().notUnderstood
        await say(chat, words().whyNot(ref), { reply_markup: { force_reply: true } })
        return ''
      default:
        return words().notUnderstood
    }
  }
  return {
    newCode: codes.make,
    unbind: async (userId, by) => {
      const data: TelegramUnbound = { userId, by }
      await record(TELEGRAM_UNBOUND, data)
      await keep(userId, undefined)
    },
    take: async (update) => {
      if (!isRecord(update)) return
      const { callback_query: query, message } = update
      if (isRecord(query)) {
        const account = accountOf(query)
        const userId = account === null ? '' : userOfTelegram(state.notices, accountHash(String(account)))
        const said =
          account === null || userId === ''
            ? words().stranger
            : await press(userId, account, textIn(query['data']))
        const text = said.slice(0, ALERT_MAX)
        await call('answerCallbackQuery', { callback_query_id: query['id'], text, show_alert: text !== '' })
        return
      }
      if (!isRecord(message) || !isPrivate(message)) return
      const account = accountOf(message)
      if (account === null) return
      const text = textIn(message['text']).trim()
      const code = /^\/start (\S{1,64})$/.exec(text)?.[1]
      if (code !== undefined) return bind(account, code)
      const userId = userOfTelegram(state.notices, accountHash(String(account)))
      if (userId === '') return say(account, words().stranger)
      const asked = askedIn(message)
      if (asked !== '') await say(account, await give(userId, asked, '', { kind: 'reject', reason: text }))
    },
  }
}

/** Codes that were given out and not used, as hashes; one a person. */
const createCodes = ({ secrets, realNow }: Pick<TelegramDeskPorts, 'secrets' | 'realNow'>) => {
  const codes = new Map<string, { readonly userId: string; readonly until: number }>()
  return {
    make: (userId: string) => {
      const code = secrets.newToken().slice(0, CODE_LENGTH)
      const until = realNow() + CODE_MS
      for (const [key, one] of codes) if (one.userId === userId || realNow() > one.until) codes.delete(key)
      if (codes.size >= CODES_MAX) codes.delete(codes.keys().next().value ?? '')
      codes.set(secrets.hashToken(code), { userId, until })
      return { code, until }
    },
    /** Whose it is; '' when it is none, or not any more. */
    use: (code: string): string => {
      const key = secrets.hashToken(code)
      const found = codes.get(key)
      codes.delete(key)
      return found === undefined || realNow() > found.until ? '' : found.userId
    },
  }
}

/** The most that an alert of Telegram shows. */
const ALERT_MAX = 190
const PROPOSAL = /^P\d{1,12}$/

const accountOf = ({ from }: Update): number | null =>
  isRecord(from) && Number.isSafeInteger(from['id']) && from['is_bot'] !== true
    ? (from['id'] as number)
    : null

/** A talk between one person and the bot: nobody else reads or writes in it. */
const isPrivate = ({ chat, from }: Update): boolean =>
  isRecord(chat) && isRecord(from) && chat['type'] === 'private' && chat['id'] === from['id']

/** The proposal that the bot's question was about; '' when it is no reply to one. */
const askedIn = ({ reply_to_message: asked }: Update): string => {
  if (!isRecord(asked) || !isRecord(asked['from']) || asked['from']['is_bot'] !== true) return ''
  return /\((P\d{1,12})\)$/.exec(textIn(asked['text']))?.[1] ?? ''
}
