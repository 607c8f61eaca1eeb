// A tone that was read before, as it stands in an item of the log.

import { isRecord } from '../kernel/json.ts'
import type { ToneReading } from './events.ts'

const SENTIMENTS = ['negative', 'neutral', 'positive'] as const

/** Null where it is none: then the item counts as one that nobody read. */
export const toneReadingIn = (value: unknown): ToneReading | null => {
  if (!isRecord(value)) return null
  const { tone, sentiment, confidence, emotion, language, version } = value
  const found = SENTIMENTS.find((one) => one === sentiment)
  if (found === undefined || !isShare(confidence)) return null
  if (typeof tone !== 'number' || !(Math.abs(tone) <= 1)) return null
  if (language !== 'ru' && language !== 'en') return null
  if (typeof emotion !== 'string' || typeof version !== 'string') return null
  return { tone, sentiment: found, confidence, emotion, language, version }
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
