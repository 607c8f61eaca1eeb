// Learners of one example at a time: their entries in the suite of all learners.

import { createRng } from '../../kernel/rng.ts'
import { HOUR_MS } from '../../kernel/time.ts'
import type { Dump } from '../../log/dump.ts'
import {
  createAnomalyDetector,
  dumpDetector,
  learnOne,
  predictOne,
  restoreDetector,
  type AnomalyDetector,
  type AnomalyKind,
  type Observation,
} from '../anomaly/detector.ts'
import {
  createDelays,
  delayGroups,
  type Delays,
  dumpDelays,
  noteResult,
  restoreDelays,
  shareCome,
} from '../delay/delays.ts'
import type { Feature } from '../events.ts'
import {
  createOnline,
  dumpOnline,
  learnOnline,
  predictOnline,
  restoreOnline,
  type OnlineModel,
} from '../propensity/online.ts'
import { createSessionKnn, learnSession, scoreSession, type SessionKnn } from '../recommend/session-knn.ts'
import {
  affinityOf,
  createSendTime,
  dumpSendTime,
  learnSend,
  PERSONS_MAX,
  restoreSendTime,
  type SendExample,
  type SendTime,
} from '../send-time/send-time.ts'
import { COUNTS_WIDTH } from '../send-time/counts.ts'
import { learnerConformance } from './learner-conformance.ts'

export const registerStreams = (): void => {
  online()
  for (const kind of ['value', 'count', 'rate'] as const) detector(kind)
  sessions()
  sendTime()
  delays()
}

type Wait = { readonly at: number; readonly delayMs: number; readonly campaignId: string }

const delays = (): void => {
  const of = ({ campaignId }: Pick<Wait, 'campaignId'>) =>
    delayGroups({ campaignId, actionId: 'a', goalEvent: 'g', windowMs: 100 * HOUR_MS })
  learnerConformance<readonly Wait[], Delays>({
    name: 'delay shares',
    dataOf: (seed, many) => {
      const rng = createRng(`delays:${seed}`)
      return Array.from({ length: 200 * many }, (_, i) => ({
        at: i * HOUR_MS,
        delayMs: 100 * HOUR_MS * rng.uniform() ** 2,
        campaignId: `c${rng.below(many > 1 ? 1e9 : 3)}`,
      }))
    },
    learn: (waits) => {
      const model = createDelays()
      for (const wait of waits) noteResult(model, of(wait), wait)
      return model
    },
    answer: (model, waits) =>
      waits.map((wait) => shareCome(model, of(wait), { ageMs: wait.delayMs, now: wait.at + HOUR_MS })),
    reordered: { doesNotApply: 'A result has no features, and they come in the order of time.' },
    changed: { doesNotApply: 'A result has no features that could appear or vanish.' },
    kept: {
      dump: dumpDelays,
      restore: (kept: Dump) => restoreDelays(kept),
      learnOn: (model, waits) => {
        for (const wait of waits) noteResult(model, of(wait), { ...wait, at: wait.at + 300 * HOUR_MS })
      },
    },
    memory: { bytesMax: 2 * 2 ** 20, many: 20 },
    broken: (waits) => [
      ['a delay of NaN', waits.map((wait, i) => (i === 3 ? { ...wait, delayMs: Number.NaN } : wait))],
      ['an infinite time', waits.map((wait, i) => (i === 3 ? { ...wait, at: Infinity } : wait))],
    ],
  })
}

type Person = { readonly features: readonly Feature[]; readonly outcome: 0 | 1 }

const online = (): void =>
  learnerConformance<readonly Person[], OnlineModel>({
    name: 'propensity online',
    covers: ['learnOnline'],
    dataOf: (seed, many) => {
      const rng = createRng(`online:${seed}`)
      return Array.from({ length: 200 * many }, () => {
        const x = rng.normal()
        const city = rng.below(many > 1 ? 1e9 : 5)
        const features: readonly Feature[] = [
          ['x', x],
          [`city=${city}`, 1],
          ['z', rng.normal()],
        ]
        return { features, outcome: rng.uniform() < (x > 0 ? 0.8 : 0.2) ? 1 : 0 }
      })
    },
    learn: (people) => {
      const model = createOnline({ bucketBits: 10 })
      for (const { features, outcome } of people) learnOnline(model, features, outcome)
      return model
    },
    answer: (model, people) => people.map(({ features }) => predictOnline(model, features)),
    reordered: (people) => people.map((one) => ({ ...one, features: one.features.toReversed() })),
    changed: (people) => [
      people.map((one) => ({ ...one, features: [] })),
      people.map((one) => ({ ...one, features: [...one.features, ['new', 3]] })),
    ],
    kept: {
      dump: dumpOnline,
      restore: (kept: Dump) => restoreOnline(kept),
      learnOn: (model, people) => {
        for (const { features, outcome } of people) learnOnline(model, features, outcome)
      },
    },
    memory: { bytesMax: 2 * 8 * (2 ** 10 + 1) + 1_000, many: 20 },
    broken: (people) =>
      [Number.NaN, Infinity, -Infinity].map((bad) => [
        `a feature of ${bad}`,
        people.map((one, i) => (i === 9 ? { ...one, features: [['x', bad]] } : one)),
      ]),
  })

const detector = (kind: AnomalyKind): void => {
  const learnAll = (model: AnomalyDetector, observations: readonly Observation[]) => {
    for (const observation of observations) learnOne(model, observation)
  }
  learnerConformance<readonly Observation[], AnomalyDetector>({
    name: `anomaly detector of a ${kind}`,
    covers: ['learnOne'],
    dataOf: (seed, many) => {
      const rng = createRng(`stream:${seed}`)
      const start = seed === 'keep on' ? 1e6 : 0
      return Array.from({ length: 400 * many }, (_, hour): Observation => {
        const level = 50 + 20 * Math.sin((hour * Math.PI) / 12) + 5 * rng.normal()
        const value = kind === 'value' ? level : Math.max(0, Math.round(level))
        return { at: (start + hour) * HOUR_MS, value, ...(kind === 'rate' ? { trials: 200 } : {}) }
      })
    },
    learn: (observations) => {
      const model = createAnomalyDetector({ kind })
      learnAll(model, observations)
      return model
    },
    answer: (model, observations) =>
      observations
        .slice(-5)
        .map((observation, i) => predictOne(model, { ...observation, at: 1e16, value: 10 * i })),
    reordered: {
      doesNotApply: 'It follows one figure in the order of time and has no features.',
    },
    changed: { doesNotApply: 'It follows one figure in the order of time and has no features.' },
    kept: { dump: dumpDetector, restore: (kept: Dump) => restoreDetector(kept), learnOn: learnAll },
    memory: { bytesMax: 96 * 1_024, many: 12 },
    broken: (observations) =>
      [Number.NaN, Infinity].flatMap((bad) => [
        [`a value of ${bad}`, observations.with(7, { at: 7 * HOUR_MS, value: bad, trials: 200 })] as const,
        [`a time of ${bad}`, observations.with(7, { at: bad, value: 1, trials: 200 })] as const,
      ]),
  })
}

const ITEMS = 40

const sessions = (): void => {
  const learnAll = (model: SessionKnn, all: readonly (readonly number[])[]) => {
    for (const session of all) learnSession(model, session)
  }
  learnerConformance<readonly (readonly number[])[], SessionKnn>({
    name: 'recommend session-kNN',
    covers: ['learnSession'],
    dataOf: (seed, many) => {
      const rng = createRng(`sessions:${seed}`)
      return Array.from({ length: 60 * many }, () =>
        Array.from({ length: 2 + rng.below(6) }, () => rng.below(ITEMS)),
      )
    },
    learn: (all) => {
      const model = createSessionKnn({ sessionsMax: 100 })
      learnAll(model, all)
      return model
    },
    answer: (model, all) =>
      all.slice(0, 10).map((session) => {
        const scores = new Float64Array(ITEMS + 10)
        scoreSession(model, session, scores)
        return scores
      }),
    reordered: { doesNotApply: 'The order in which a session went on is what it learns from.' },
    changed: (all) => [
      all.map(() => []),
      all.map((session) => [...session, ITEMS + 1]),
      all.map(() => [ITEMS + 3]),
    ],
    kept: {
      doesNotApply: 'It is learnt from recent sessions when the process starts, and is not kept.',
    },
    memory: { bytesMax: 64 * 1_024, many: 50 },
    broken: (all) => [
      ['an item of NaN', all.with(3, [1, Number.NaN])],
      ['an infinite item', all.with(3, [Infinity, 2])],
    ],
  })
}

const sendTime = (): void => {
  const learnAll = (model: SendTime, sends: readonly SendExample[]) => {
    for (const send of sends) learnSend(model, send)
  }
  learnerConformance<readonly SendExample[], SendTime>({
    name: 'send-time',
    covers: ['learnSend'],
    dataOf: (seed, many) => {
      const rng = createRng(`sends:${seed}`)
      return Array.from({ length: 900 * many }, (): SendExample => {
        const [hour, weekday] = [8 + rng.below(14), rng.below(7)]
        return {
          person: `p${rng.below(many > 1 ? 1e9 : 30)}`,
          segments: [`s${rng.below(many > 1 ? 1e9 : 3)}`, 'all'],
          hour,
          weekday,
          answered: rng.uniform() < (hour > 17 ? 0.5 : 0.2) ? 1 : 0,
          random: rng.uniform() < 0.8,
        }
      })
    },
    learn: (sends) => {
      const model = createSendTime()
      learnAll(model, sends)
      return model
    },
    answer: (model, sends) =>
      sends.slice(-20).map(({ person, segments }) => {
        const { hours, weekdays, segment, sends: evidence } = affinityOf(model, { person, segments })
        return { hours, weekdays, segment, evidence }
      }),
    reordered: (sends) => sends.map((send) => ({ ...send, segments: send.segments.toReversed() })),
    changed: (sends) => [
      sends.map((send) => ({ ...send, segments: [] })),
      sends.map((send) => ({ ...send, person: 'new', segments: ['new', ...send.segments] })),
    ],
    kept: { dump: dumpSendTime, restore: (kept: Dump) => restoreSendTime(kept), learnOn: learnAll },
    memory: { bytesMax: PERSONS_MAX * (4 * COUNTS_WIDTH + 64), many: 70 },
    broken: (sends) =>
      [Number.NaN, Infinity, -Infinity].map((bad) => [
        `an hour of ${bad}`,
        sends.map((send, i) => (i === 9 ? { ...send, hour: bad } : send)),
      ]),
  })
}
