// The texts of consent in force, each wording with its version, for whoever builds the form that asks.

import type { LoopState } from '../../loop.ts'
import { wordingsOf } from '../../profile/index.ts'
import type { ConsentTexts } from '../contract.ts'

export const viewConsentTexts = ({ profile }: Pick<LoopState, 'profile'>): ConsentTexts => ({
  items: profile.consentTexts.flatMap((text) =>
    wordingsOf(text).map(({ version, language, text: words }) => ({
      id: text.id,
      purpose: text.purpose,
      channels: [...text.channels],
      language,
      version,
      text: words,
      demand: text.demand,
    })),
  ),
})
