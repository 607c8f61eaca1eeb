// Send time in seeded worlds where people answer at hours of their own: the product's draw and learner run for sixty
// sends a person, then what the chosen hours bring in the weeks that follow is read off the hidden truth, for people
// learnt from and for people held out. Beside it: at once, a random hour, the business's best hour, each person's own
// record without pooling, and the true best. `node bench/learning/send-time.ts [worlds]`
//
// Set before the first run: above the business's best hour with the interval's low end above 0; at least 60 % of the
// way from a random hour to the true best; in worlds without preference no claim in more than 5 % of them.

import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { printVerdicts, type Verdict } from './peer.ts'
import { playSeeds } from './play-seeds.ts'
import { playSeed, type SeedRow, type Settings, type Values } from './send-time-seed.ts'

const SETTINGS: Settings = {
  people: 400,
  heldOut: 150,
  sends: 60,
  ownSends: [0, 12, 24, 48, 96],
  explore: 0.2,
  atOnce: 0.1,
}
const WORLDS = 20
const GAP_TARGET = 0.6

type Work = Settings & { readonly flat: boolean }

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Mean over worlds with its 95 % interval (Student's t for twenty worlds). */
const intervalOf = (values: readonly number[]) => {
  const mean = meanOf(values)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  const half = 2.093 * Math.sqrt(variance / values.length)
  return { mean, low: mean - half, high: mean + half }
}

const points = ({ mean, low, high }: ReturnType<typeof intervalOf>): string =>
  `${(100 * mean).toFixed(2)} [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}]`

const gapOf = (value: keyof Values) => (values: Values) =>
  (values[value] - values.random) / (values.oracle - values.random)

const verdictsOf = (
  title: string,
  all: readonly Values[],
  judged: { readonly over: boolean; readonly gap: boolean },
): readonly Verdict[] => {
  const over = intervalOf(all.map(({ ours, business }) => ours - business))
  const gap = intervalOf(all.map(gapOf('ours')))
  const rate = (key: keyof Values) => (100 * meanOf(all.map((values) => values[key]))).toFixed(2)
  return [
    {
      what: `${title}: answers a hundred sends`,
      ours: rate('ours'),
      known: `at once ${rate('atOnce')}, random ${rate('random')}, business ${rate('business')}, person alone ${rate('person')}`,
      peer: `true best ${rate('oracle')}`,
      ok: null,
    },
    {
      what: `${title}: more than the business's best hour`,
      ours: points(over),
      known: 'low end above 0',
      peer: '',
      ok: judged.over ? over.low > 0 : null,
    },
    {
      what: `${title}: % of the way from random to the true best`,
      ours: points(gap),
      known: `business ${(100 * meanOf(all.map(gapOf('business')))).toFixed(1)}, person alone ${(100 * meanOf(all.map(gapOf('person')))).toFixed(1)}`,
      peer: judged.gap ? `target ${100 * GAP_TARGET}` : '',
      ok: judged.gap ? gap.mean >= GAP_TARGET : null,
    },
  ]
}

const claimVerdicts = (rows: readonly SeedRow[], flat: readonly SeedRow[]): readonly Verdict[] => {
  const claims = (all: readonly SeedRow[], claim: number) => all.filter((row) => row.claim === claim).length
  return [
    {
      what: 'worlds in which "better than at once" is claimed',
      ours: `${claims(rows, 1)} of ${rows.length}, worse in ${claims(rows, -1)}`,
      known: `true difference ${(100 * meanOf(rows.map(({ claimTruth }) => claimTruth))).toFixed(2)} in a hundred`,
      peer: '',
      ok: claims(rows, -1) === 0,
    },
    {
      what: 'worlds without preference: claims of either kind',
      ours: `${claims(flat, 1) + claims(flat, -1)} of ${flat.length}`,
      known: '5 % at most',
      peer: '',
      ok: claims(flat, 1) + claims(flat, -1) <= Math.max(1, 0.05 * flat.length),
    },
    {
      what: 'worlds without preference: sends at which a person outvotes the rest (median)',
      ours: String(flat.map(({ person }) => person).toSorted((a, b) => a - b)[flat.length >> 1]),
      known: `with preferences ${rows.map(({ person }) => person).toSorted((a, b) => a - b)[rows.length >> 1]}`,
      peer: '',
      ok: null,
    },
  ]
}

if (isMainThread) {
  const worlds = Number(process.argv[2] ?? WORLDS)
  const names = Array.from({ length: worlds }, (_, i) => `world ${i}`)
  const url = new URL(import.meta.url)
  const rows = await playSeeds<SeedRow>(url, { ...SETTINGS, flat: false } satisfies Work, names)
  const flat = await playSeeds<SeedRow>(url, { ...SETTINGS, flat: true } satisfies Work, names)
  printVerdicts(
    `Send time: ${worlds} worlds, ${SETTINGS.people} people learnt from, ${SETTINGS.sends} sends each, ${SETTINGS.heldOut} held out`,
    [
      ...verdictsOf(
        'people known',
        rows.map(({ known }) => known),
        { over: true, gap: true },
      ),
      ...SETTINGS.ownSends.flatMap((sends, i) =>
        verdictsOf(
          `held out, ${sends} own sends`,
          rows.map(({ heldOut }) => heldOut[i] as Values),
          { over: sends > 0, gap: false },
        ),
      ),
      ...claimVerdicts(rows, flat),
    ],
  )
} else {
  const settings = workerData as Work
  parentPort?.on('message', (name: string) => {
    parentPort?.postMessage(playSeed(name, settings, settings.flat))
  })
}
