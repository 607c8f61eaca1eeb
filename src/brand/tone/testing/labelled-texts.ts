// Texts of a small made-up tongue, whose opinions no list of words knows: what a learner must find by itself.

import { createRng } from '../../../kernel/rng.ts'
import type { ToneExample } from '../train.ts'

const NOISE =
  'ваш терминал касса вчера сегодня снова магазин карта приложение курьер заказ всё на славу утром дома было'.split(
    ' ',
  )
const BAD = ['бзыкнул', 'бзыкает', 'бзыкнуло']
const GOOD = ['зыкнуло', 'зыкает', 'зыкнул']

/** One in ten labels is wrong, as with people. */
export const labelledTexts = (seed: string, count: number): readonly ToneExample[] => {
  const rng = createRng(`tongue:${seed}`)
  return Array.from({ length: count }, () => {
    const kind = rng.below(3)
    const words = Array.from({ length: 3 + rng.below(6) }, () => NOISE[rng.below(NOISE.length)] as string)
    const spoken = kind === 0 ? BAD : kind === 2 ? GOOD : null
    if (spoken !== null) words.splice(rng.below(words.length), 0, spoken[rng.below(spoken.length)] as string)
    const label = rng.below(10) === 0 ? rng.below(3) : kind
    return {
      text: words.join(' '),
      sentiment: (['negative', 'neutral', 'positive'] as const)[label] ?? 'neutral',
      emotions: kind === 0 ? ['anger' as const] : kind === 2 ? ['joy' as const] : [],
    }
  })
}
