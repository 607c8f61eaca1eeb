// The models that ship with the product: which there are, and what they were learnt from (docs/decisions/tone.md).

import type { ToneModels } from './tone.ts'

/** None yet: lists of words speak. */
export const shippedTone = (): ToneModels => ({})
