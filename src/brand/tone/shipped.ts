// The models that ship with the product: English sentiment and emotions, Russian emotions (there the lists of words tell the
// sentiment). Made by `scripts/tone-models.ts`; what they were learnt from is told in docs/decisions/tone.md.

import en from './models/en.json' with { type: 'json' }
import ru from './models/ru.json' with { type: 'json' }
import { unpackTone, type PackedTone } from './tone-model.ts'
import type { ToneModels } from './tone.ts'

let unpacked: ToneModels | undefined

/** Unpacked when first asked for, a few megabytes. */
export const shippedTone = (): ToneModels => {
  unpacked ??= { en: unpackTone(en as PackedTone), ru: unpackTone(ru as PackedTone) }
  return unpacked
}
