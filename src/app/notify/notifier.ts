// Tells people what they must know, outside the console: by mail, Telegram and webhook, each as they chose. A wheel of
// its own, several times a second; what is slow goes on beside it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LinkSigner } from '../../delivery/index.ts'
import { isFailure } from '../../kernel/failure.ts'
import { isMeant } from '../../notice/index.ts'
import { WAYS, type CallEnded, type WayName } from '../../notice/events.ts'
import type { Loop } from '../../loop.ts'
import type { AddressHash } from '../../stages/recipient.ts'
import { asideCall, makeCall, notifyTurn, type Way } from '../../stages/notifying.ts'
import type { Config } from '../config.ts'
import { within } from '../end-sending.ts'
import type { Keyring } from '../keys.ts'
import type { Governor } from '../../stages/governor.ts'
import { takeAnswer, type TakeAnswer } from './answers.ts'
import { signAnswer, signLink } from './approval-link.ts'
import { knownPeople, type KnownPeople } from './known-people.ts'
import { briefLetter, letterOf, testLetter, type LetterPorts } from './letter-of.ts'
import { createMailWay } from './mail-way.ts'
import { telegramCall, type TelegramCall } from './telegram-api.ts'
import { createTelegramDesk, type TelegramDesk } from './telegram-desk.ts'
import { createTelegramWay, startTelegramPolling } from './telegram-way.ts'
import { telegramWords } from './telegram-words.ts'
import { createTroubleCall } from './trouble-call.ts'
import { createWebhookAnswers, type WebhookAnswer } from './webhook-answers.ts'
import { createWebhookWay } from './webhook-way.ts'

const TURN_MS = 250
const TROUBLE_MS = 1_000
/** Calls under way may take so long when the product ends. */
const CALLS_END_MS = 2_000

export type NotifierOptions = {
  readonly loop: Loop
  readonly config: Config
  readonly keys: Pick<Keyring, 'store' | 'secrets'>
  readonly signer: LinkSigner
  readonly hash: AddressHash
  readonly publicUrl: () => string
  readonly mode: 'live' | 'demo'
  /** Does what was answered; there once everything runs. */
  readonly governor: () => Governor
  /** What keeps the log from taking anything. */
  readonly troubles: () => readonly { readonly kind: string; readonly detail: string }[]
  readonly report: (error: unknown, where: string) => void
}

export type Notifier = {
  readonly people: KnownPeople
  /** Ways that are set up here. */
  readonly ways: () => readonly WayName[]
  /** Keyed hash of an account in Telegram, as the log keeps it. */
  readonly accountHash: (account: string) => string
  /** Takes what the webhook answers. */
  readonly answer: WebhookAnswer
  /** Connects accounts in Telegram; null where no bot is set up. */
  readonly telegram: TelegramDesk | null
  /** Name of the Telegram bot, without `@`; '' while it is not known. */
  readonly bot: () => string
  /** Sends a test by one way now; what came of it. */
  readonly test: (userId: string, way: WayName) => Promise<CallEnded>
  /** Whether somebody is told as a user, with escalation, who is named by this word. */
  readonly isKnown: (word: string) => boolean
  readonly stop: () => Promise<void>
}

export const createNotifier = (options: NotifierOptions): Notifier => {
  const { loop, config, keys, signer, hash, publicUrl, report } = options
  const { state, ctx } = loop
  const ways = new Map<WayName, Way>()
  const accountHash = (account: string): string => hash('messenger', `telegram:${account}`)
  const people = knownPeople({
    state,
    store: keys.store,
    unseal: keys.secrets.unseal,
    accountHash,
    ways: () => new Set(ways.keys()),
  })
  const letters: LetterPorts = {
    state,
    now: ctx.now,
    publicUrl,
    linkTo: (proposal) => `${publicUrl()}/a/${signLink(signer, proposal)}`,
  }
  const answer = takeAnswer(loop, options.governor)
  const bot = telegramCall(config.notify)
  const made = [
    createMailWay(config, { addressOf: people.addressOf, now: ctx.now }),
    createWebhookWay(config, (about) => signAnswer(signer, about)),
    bot === null || config.environment === 'test'
      ? null
      : createTelegramWay({
          call: bot,
          chatOf: people.chatOf,
          words: () => telegramWords(state.business.locale),
        }),
  ]
  for (const way of made) if (way !== null) ways.set(way.name, way)
  const calls = new Set<Promise<void>>()
  const beside = (call: Promise<void>): void => {
    const kept = call.catch((error: unknown) => report(error, 'notices')).finally(() => calls.delete(kept))
    calls.add(kept)
  }
  const ports = {
    loop,
    people: people.list,
    ways,
    letterOf: (notice: Parameters<typeof letterOf>[1], call: Parameters<typeof letterOf>[2]) =>
      letterOf(letters, notice, call),
    briefOf: (day: number) => briefLetter(letters, day),
    beside,
  }
  const troubled = createTroubleCall({ ...options, ways, people: people.list, letters })
  const isFenced = (): boolean => state.guardrail.pauses.restored !== null && state.guardrail.stops.has('all')
  const isSilent = (): boolean => options.mode !== 'live' || isFenced()
  const telegram = startTelegram({ ...options, bot, accountHash, takeAnswer: answer, isSilent })
  const wheel = startWheel({
    turn: async () => {
      if (ways.size === 0 || isSilent()) return
      await troubled.look()
      await notifyTurn(ports)
    },
    report,
  })
  return {
    people,
    ways: () => WAYS.filter((way) => ways.has(way)),
    accountHash,
    answer: createWebhookAnswers({
      loop,
      signer,
      secret: config.notify.webhookSecret,
      takeAnswer: answer,
      realNow: Date.now,
    }),
    telegram: telegram.desk,
    bot: telegram.name,
    test: async (userId, way) => {
      const id = `test:${ctx.newId()}`
      const begun = await makeCall(ports, asideCall(id, userId, way), () => testLetter(letters, id))
      return begun === null
        ? { ...asideCall(id, userId, way), outcome: 'unknown', detail: '' }
        : await begun.ended
    },
    isKnown: (word) => people.list().some((person) => person.ways.length > 0 && isMeant(person, word)),
    stop: async () => {
      await telegram.stop()
      await wheel.stop()
      const ended = Promise.all(calls)
      await within(ended, CALLS_END_MS)
      // Whoever does not answer in time is cut off: what came of the call is unknown, and on record.
      for (const way of ways.values()) await way.close()
      await within(ended, CALLS_END_MS)
    },
  }
}

/** The bot's ears; nothing where no bot is set up. */
const startTelegram = ({
  bot,
  loop,
  keys: { store, secrets },
  accountHash,
  takeAnswer: take,
  isSilent,
  report,
}: Pick<NotifierOptions, 'loop' | 'keys' | 'report'> & {
  readonly bot: TelegramCall | null
  readonly accountHash: (account: string) => string
  readonly takeAnswer: TakeAnswer
  readonly isSilent: () => boolean
}): {
  readonly desk: TelegramDesk | null
  readonly name: () => string
  readonly stop: () => Promise<void>
} => {
  if (bot === null) return { desk: null, name: () => '', stop: async () => undefined }
  let name = ''
  const desk = createTelegramDesk({
    loop,
    call: bot,
    store,
    secrets,
    accountHash,
    takeAnswer: take,
    realNow: Date.now,
  })
  const { stop } = startTelegramPolling({
    call: bot,
    take: desk.take,
    isPaused: isSilent,
    onBot: (known) => {
      name = known
    },
    report,
  })
  return { desk, name: () => name, stop }
}

const startWheel = ({
  turn,
  report,
}: {
  readonly turn: () => Promise<void>
  readonly report: NotifierOptions['report']
}) => {
  const stopping = new AbortController()
  const pause = async (ms: number): Promise<void> => {
    // Cut short by `stop`.
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
  const run = async (): Promise<void> => {
    let isTroubled = false
    while (!stopping.signal.aborted) {
      try {
        await turn()
        isTroubled = false
        await pause(TURN_MS)
      } catch (error) {
        // The log takes nothing: told once, tried again. A bug of ours ends the process, and says so.
        if (!isFailure(error)) throw error
        if (!isTroubled) report(error, 'notices')
        isTroubled = true
        await pause(TROUBLE_MS)
      }
    }
  }
  const done = run().catch((error: unknown) => {
    report(error, 'notices')
    process.exitCode = 70
    process.kill(process.pid, 'SIGTERM')
  })
  return {
    stop: async () => {
      stopping.abort()
      await done
    },
  }
}
