// Attribution on the public path data beside figures recomputed with independent code and the package ChannelAttribution,
// whose Markov model is simulated.

import { attribute, type Method } from '../../src/feedback/index.ts'
import { readTable } from '../../src/connect/index.ts'
import { dataFile, printVerdicts, runPeer, type Verdict } from './peer.ts'

type Known = Partial<Record<Method, readonly number[]>>

const CHANNELS = [
  'alpha',
  'iota',
  'eta',
  'beta',
  'theta',
  'lambda',
  'epsilon',
  'zeta',
  'kappa',
  'gamma',
  'delta',
  'mi',
]
const KNOWN: Known = {
  first: [6308, 4606, 3164, 2831, 1606, 902, 99, 27, 74, 165, 1, 2],
  last: [8447, 3355, 4167, 989, 653, 1207, 531, 107, 230, 92, 5, 2],
  linear: [7574.7185938, 3857.096221, 3539.9511571, 2083.5001446, 1022.8013939, 1035.2575723],
  markov1: [5344.95, 3884.61, 3340.85, 2527.35, 1971.91, 1282.85, 599.57, 381.06, 274.36, 171.15, 4.61, 1.72],
}
/** Recomputed figures of the chain have two digits after the point. */
const withinOf = (method: Method, known: number): number =>
  method === 'markov1' ? Math.max(0.001 * known, 0.005) : 1e-6

const run = async (file: string): Promise<void> => {
  const table = await readTable(file)
  const cells = (name: string) => table.columns.find((column) => column.name === name)?.cells ?? []
  const journeys = cells('path').map((path, index) => ({
    channels: path.split('>').map((channel) => channel.trim()),
    conversions: Number(cells('total_conversions')[index]),
    value: Number(cells('total_conversion_value')[index]),
    nulls: Number(cells('total_null')[index]),
  }))
  const started = performance.now()
  const result = attribute(journeys)
  const ms = performance.now() - started
  const peer = runPeer<Record<string, Partial<Record<Method, number>>>>('attribution-peer.py', [file])
  const verdicts = Object.entries(KNOWN).flatMap(([name, figures]) =>
    figures.map((known, index): Verdict => {
      const method = name as Method
      const channel = CHANNELS[index] ?? ''
      const ours = result.channels.find((one) => one.channel === channel)?.conversions[method] ?? Number.NaN
      const theirs = peer?.[channel]?.[method]
      return {
        what: `${method} ${channel}`,
        ours: ours.toFixed(method === 'linear' ? 7 : 2),
        known: String(known),
        peer: peer === null ? 'not installed' : (theirs?.toFixed(2) ?? '-'),
        ok: Math.abs(ours - known) <= withinOf(method, known),
      }
    }),
  )
  verdicts.push({
    what: 'conversion probability',
    ours: result.baseRate.toFixed(6),
    known: '0.223845',
    peer: '',
    ok: result.baseRate.toFixed(6) === '0.223845',
  })
  printVerdicts(`Attribution of ${journeys.length} paths, all methods in ${ms.toFixed(0)} ms`, verdicts)
}

const file = dataFile('pathdata', 'pathdata.csv.gz')
if (file === null)
  process.stdout.write('The data set pathdata is not beside the project: nothing to reproduce.\n')
else await run(file)
