// Takes together again what of a record can still be read, whatever way it was sealed.

import type { Json } from '../../kernel/json.ts'
import type { Layer, Part } from './layout.ts'
import type { KeyReader, LiveKey } from './person-keys.ts'
import { BETWEEN } from './places.ts'

/** Stands where something was that nobody can read any more. */
export const ERASED: Json = Object.freeze({ erased: true })
const ERASED_TEXT = JSON.stringify(ERASED)

export type Opened = {
  readonly body: unknown
  readonly erased: readonly Json[]
  /** Places of what is left of items whose period's key is destroyed. */
  readonly expired: readonly number[]
}

/** The text of the part at this place of its list, under its key. */
export type PartText = (place: number, key: LiveKey) => string

export type Sealing = {
  readonly list: string | null
  readonly count: number
  readonly parts: readonly Part[]
  readonly layers: readonly (Omit<Layer, 'around'> & { readonly around?: boolean })[]
  /** Whether the texts of a layer are items alone, with nothing of what stands around them. */
  readonly isBare: (layer: number) => boolean
  /** Texts of what stays. */
  readonly own: PartText
  /** Those of a layer, under its key. */
  readonly enter: (layer: number, key: LiveKey) => PartText
}

type Opening = {
  readonly items: (string | undefined)[]
  beside: readonly [string, string] | null
  readonly erased: Json[]
}

export const openItems = (sealing: Sealing, keys: KeyReader): Opened => {
  const { list, count, parts, layers } = sealing
  const opened: Opening = {
    items: Array.from<string | undefined>({ length: count }),
    beside: null,
    erased: [],
  }
  const expired: number[] = []
  let around: Opening['beside'] = null
  layers.forEach((layer, index) => {
    const found = keys.find(layer.key)
    if (found.mark !== undefined) {
      for (const { at } of layer.parts) expired.push(...at)
      return
    }
    if (layer.around) opened.beside = null
    openInto(opened, { parts: layer.parts, textOf: sealing.enter(index, found) }, keys, sealing.isBare(index))
    if (layer.around) around = opened.beside
  })
  openInto(opened, { parts, textOf: sealing.own }, keys, false)
  const [before, behind] =
    around ?? opened.beside ?? (list === null ? ['', ''] : [`{${JSON.stringify(list)}:[`, ']}'])
  return {
    body: JSON.parse(before + opened.items.map((item) => item ?? ERASED_TEXT).join(',') + behind),
    erased: opened.erased,
    expired: expired.filter((place) => opened.items[place] !== undefined).toSorted((a, b) => a - b),
  }
}

/** Fills in what is not known yet. A destroyed key is told once: by its part of what stays, which comes last. */
const openInto = (
  opened: Opening,
  { parts, textOf }: { readonly parts: readonly Part[]; readonly textOf: PartText },
  keys: KeyReader,
  bare: boolean,
): void => {
  opened.erased.length = 0
  parts.forEach(({ key, at }, place) => {
    const known = at.length > 0 && at.every((item) => opened.items[item] !== undefined)
    if (known && (bare || opened.beside !== null)) return
    const found = keys.find(key)
    if (found.mark !== undefined) {
      opened.erased.push(found.mark)
      return
    }
    const texts = textOf(place, found).split(BETWEEN)
    const own = bare ? texts : texts.slice(2)
    if (!bare) opened.beside = [texts[0] ?? '', texts[1] ?? '']
    own.forEach((item, index) => (opened.items[at[index] ?? 0] ??= item))
  })
}

/** A record's data, with what was opened in its place. */
export const withOpened = (
  rest: Record<string, unknown>,
  field: string,
  { body, erased, expired }: Opened,
): Record<string, unknown> => ({
  ...rest,
  [field]: body,
  ...(erased.length === 0 ? {} : { erased }),
  ...(expired.length === 0 ? {} : { expired }),
})
