// Ad lines that a step pauses: each by name, with the word that it holds and where, and whether it is seen paused.

import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { BrandDryRun, BrandIncident } from '../../../src/api/contract.ts'

/** How the record ends that says why a line is not seen paused. */
const REASONS: Readonly<Record<string, WordKey>> = {
  'the platform did not take the pause': 'brand.line.refused',
  'the pause was sent and is not seen yet': 'brand.line.unseen',
  'something else than a pause is in force': 'brand.line.otherwise',
  'no answer yet': 'brand.line.silent',
}

type Line = BrandDryRun['steps'][number]['lines'][number] | BrandIncident['steps'][number]['lines'][number]

export function BrandLines({ lines }: { readonly lines: readonly Line[] }) {
  const { t } = useWords()
  if (lines.length === 0) return null
  const reasonOf = (detail: string): string => {
    const said = Object.keys(REASONS).find((end) => detail.endsWith(end))
    const key = said === undefined ? undefined : REASONS[said]
    return key === undefined ? detail : t(key)
  }
  return (
    <ul className="brand-lines">
      {lines.map((line) => {
        const { lineId, name, word, where, what } = line
        return (
          <li key={lineId}>
            <strong>{name}</strong>
            {where !== '' && (
              <span className="muted"> {t(`brand.line.${where}` as WordKey, { word, what })}</span>
            )}
            {'state' in line && (
              <span className={`brand-line-${line.state}`}> {t(`brand.line.${line.state}` as WordKey)}</span>
            )}
            {'state' in line && line.detail !== '' && <span className="muted"> {reasonOf(line.detail)}</span>}
            {'told' in line && !line.told && (
              <span className="brand-line-unreachable"> {t('brand.line.untold')}</span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
