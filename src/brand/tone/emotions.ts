// The emotions that are told apart, and English words for them while no model has learnt.

import { stemOf, type Word } from '../mention/words.ts'

export type Emotion = 'joy' | 'sadness' | 'anger' | 'fear' | 'surprise'
export const EMOTIONS: readonly Emotion[] = ['joy', 'sadness', 'anger', 'fear', 'surprise']

const ENGLISH: Readonly<Record<Emotion, string>> = {
  joy: 'happy glad joy love loving loved great awesome amazing wonderful thanks thank delighted excited yay enjoy pleased fantastic excellent lol haha perfect best',
  sadness:
    'sad sorry unhappy disappointed disappointing cry crying miss lost lonely heartbroken depressed regret unfortunately tears upset sadly grief',
  anger:
    'angry furious hate awful worst terrible ridiculous outrageous scam fraud liars rude pathetic disgusting unacceptable pissed annoyed idiots horrible damn stupid shame mad',
  fear: 'afraid scared fear frightened terrified worried worry danger dangerous unsafe panic nervous threat anxious horror',
  surprise:
    'wow surprised surprise unexpected unexpectedly shocked shocking unbelievable suddenly omg astonished whoa incredible',
}

const BY_STEM: ReadonlyMap<string, Emotion> = new Map(
  EMOTIONS.flatMap((emotion) => ENGLISH[emotion].split(' ').map((word) => [stemOf(word), emotion] as const)),
)

/** How many words speak of each emotion. */
export const emotionWordsEn = (words: readonly Word[]): Readonly<Record<Emotion, number>> => {
  const counts = { joy: 0, sadness: 0, anger: 0, fear: 0, surprise: 0 }
  for (const { stem } of words) {
    const emotion = BY_STEM.get(stem)
    if (emotion !== undefined) counts[emotion]++
  }
  return counts
}
