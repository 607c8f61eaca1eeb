// Telling people while the log takes nothing: without a record first, since there can be none.

import { isFailure, messageOf } from '../../kernel/failure.ts'
import { HOUR_MS } from '../../kernel/time.ts'
import type { Loop } from '../../loop.ts'
import { CALL_BEGUN, CALL_ENDED, type CallEnded, type WayName } from '../../notice/events.ts'
import type { Person } from '../../notice/index.ts'
import { asideCall, type Letter, type Way } from '../../stages/notifying.ts'
import { troubleLetter, type LetterPorts } from './letter-of.ts'
import { MaybeArrived } from './mail-way.ts'

/** Told again after so long, real ms. */
const TROUBLE_APART_MS = HOUR_MS

type TroublePorts = {
  readonly loop: Loop
  /** What keeps the log from taking anything. */
  readonly troubles: () => readonly { readonly kind: string; readonly detail: string }[]
  readonly report: (error: unknown, where: string) => void
  readonly ways: ReadonlyMap<WayName, Way>
  readonly people: () => readonly Person[]
  readonly letters: LetterPorts
  readonly realNow?: () => number
}

/** The log takes nothing, so this cannot be on record first: the owners are told, and it is written down afterwards. */
export const createTroubleCall = ({
  loop,
  troubles,
  report,
  ways,
  people,
  letters,
  realNow = () => performance.now(),
}: TroublePorts) => {
  let toldAt = Number.NEGATIVE_INFINITY
  let unwritten: {
    readonly userId: string
    readonly way: WayName
    readonly outcome: CallEnded['outcome']
  }[] = []
  const tellOne = async (person: Person, letter: Letter): Promise<void> => {
    for (const name of person.ways) {
      const way = ways.get(name)
      if (way === undefined) continue
      let outcome: CallEnded['outcome'] = 'done'
      await way.tell(letter, person.userId).catch((error: unknown) => {
        outcome = isFailure(error) ? 'failed' : 'unknown'
        report(new MaybeArrived(`${name}: ${messageOf(error)}`), 'notices')
      })
      unwritten.push({ userId: person.userId, way: name, outcome })
    }
  }
  return {
    look: async (): Promise<void> => {
      const [trouble] = troubles()
      if (trouble === undefined) {
        const told = unwritten
        unwritten = []
        const id = `trouble:${loop.ctx.newId()}`
        const events = told.flatMap(({ userId, way, outcome }, index) => {
          const call = asideCall(`${id}:${index}`, userId, way)
          const about = { key: '', at: loop.ctx.now() }
          return [
            { ...about, id: `${id}:${index}`, type: CALL_BEGUN, data: call },
            {
              ...about,
              id: `${id}:${index}:end`,
              type: CALL_ENDED,
              data: { noticeId: call.noticeId, round: 0, userId, way, outcome, detail: '' },
            },
          ]
        })
        if (events.length > 0) await loop.record(events)
        return
      }
      if (realNow() - toldAt < TROUBLE_APART_MS) return
      toldAt = realNow()
      const letter = troubleLetter(letters, `trouble-${loop.ctx.now()}`, trouble.detail)
      const owners = people().filter(({ role }) => role === 'owner' || role === 'engineer')
      await Promise.all(owners.map(async (owner) => tellOne(owner, letter)))
    },
  }
}
