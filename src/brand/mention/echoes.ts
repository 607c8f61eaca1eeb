// Reposts and near-copies are one voice with many echoes. Keeps the fingerprints of the latest texts in a ring and finds
// those alike by bands of two places: of texts that share .6, 97 in 100 meet in one of 16 bands. Memory is fixed.

import { cross32 } from '../../kernel/hash.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Dump } from '../../log/dump.ts'
import { PLACES, type Fingerprint } from './fingerprint.ts'

export type EchoOptions = {
  /** Texts remembered; the oldest leave. */
  readonly voicesMax: number
  /** A copy after that long is a voice again. */
  readonly windowMs: number
  /** Texts that share at least so much are copies. */
  readonly likenessMin: number
}

export const ECHO_DEFAULTS: EchoOptions = { voicesMax: 8_192, windowMs: 3 * DAY_MS, likenessMin: 0.6 }

export type Echoes = {
  readonly options: EchoOptions
  /** Texts so far: also the number of the next voice. */
  serial: number
  readonly prints: Uint32Array
  readonly lastAt: Float64Array
  readonly counts: Uint32Array
  /** By band and hash, the place of the latest text there plus one. */
  readonly bands: Int32Array
}

/** Which voice a text belongs to. `voice` is its number, the same for all copies; `copies` counts this one too. */
export type Placed = { readonly voice: number; readonly isEcho: boolean; readonly copies: number }

const BANDS = 16
const ROWS = PLACES / BANDS
const BAND_SLOTS = 2 ** 14

export const createEchoes = (options: Partial<EchoOptions> = {}): Echoes => {
  const all = { ...ECHO_DEFAULTS, ...options }
  return {
    options: all,
    serial: 0,
    prints: new Uint32Array(all.voicesMax * PLACES),
    lastAt: new Float64Array(all.voicesMax),
    counts: new Uint32Array(all.voicesMax),
    bands: new Int32Array(BANDS * BAND_SLOTS),
  }
}

/** Takes a text in. Texts must come by time; one out of order by less than the window is placed all the same. */
export const placeEcho = (echoes: Echoes, print: Fingerprint, at: number): Placed => {
  const { options, prints, lastAt, counts, bands } = echoes
  const found = alike(echoes, print, at)
  if (found >= 0) {
    lastAt[found] = Math.max(lastAt[found] as number, at)
    counts[found] = (counts[found] as number) + 1
    return { voice: voiceOf(echoes, found), isEcho: true, copies: counts[found] }
  }
  const place = echoes.serial % options.voicesMax
  echoes.serial++
  prints.set(print, place * PLACES)
  lastAt[place] = at
  counts[place] = 1
  for (let band = 0; band < BANDS; band++) bands[slotOf(print, band)] = place + 1
  return { voice: echoes.serial - 1, isEcho: false, copies: 1 }
}

/** The number of the text that stands there now. */
const voiceOf = ({ serial, options: { voicesMax } }: Echoes, place: number): number =>
  serial - 1 - ((((serial - 1 - place) % voicesMax) + voicesMax) % voicesMax)

const slotOf = (print: Fingerprint, band: number): number =>
  band * BAND_SLOTS +
  (cross32(print[band * ROWS] as number, print[band * ROWS + 1] as number) & (BAND_SLOTS - 1))

const alike = ({ options, prints, lastAt, bands }: Echoes, print: Fingerprint, at: number): number => {
  let best = -1
  let most = Math.ceil(options.likenessMin * PLACES)
  let last = -1
  for (let band = 0; band < BANDS; band++) {
    const place = (bands[slotOf(print, band)] as number) - 1
    if (place < 0 || place === last || at - (lastAt[place] as number) > options.windowMs) continue
    last = place
    let same = 0
    for (let i = 0, p = place * PLACES; i < PLACES; i++, p++) if (prints[p] === print[i]) same++
    if (same < most || (same === most && best >= 0)) continue
    most = same
    best = place
  }
  return best
}

export const dumpEchoes = ({ options, serial, prints, lastAt, counts, bands }: Echoes): Dump => ({
  options,
  serial,
  prints: prints.slice(),
  lastAt: lastAt.slice(),
  counts: counts.slice(),
  bands: bands.slice(),
})

/** Throws Failure `brand.dump_invalid` on a column that is missing or of another size. */
export const restoreEchoes = (dump: Dump): Echoes => {
  const echoes = createEchoes(dump['options'] as EchoOptions)
  for (const name of ['prints', 'lastAt', 'counts', 'bands'] as const) {
    const column = dump[name]
    if (!ArrayBuffer.isView(column) || column.byteLength !== echoes[name].byteLength)
      throw new Failure({
        code: 'brand.dump_invalid',
        message: `the column "${name}" of remembered texts is missing or torn`,
        hint: 'delete the snapshot: the state is folded again from the log',
      })
    echoes[name].set(column)
  }
  echoes.serial = Number(dump['serial'])
  return echoes
}
