// The model that ships with the product, English; in Russian lists of words speak. Made by `scripts/tone-models.ts`; what they were learnt from is told in
// docs/decisions/tone.md.

import en from './models/en.json' with { type: 'json' }
import { unpackTone, type PackedTone } from './tone-model.ts'
import type { ToneModels } from './tone.ts'

let unpacked: ToneModels | undefined

/** Unpacked when first asked for, a few megabytes. */
export const shippedTone = (): ToneModels => {
  unpacked ??= { en: unpackTone(en as PackedTone) }
  return unpacked
}
