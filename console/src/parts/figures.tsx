// A row of live figures: small label, large number, one line of explanation.

import type { ReactNode } from 'react'

export type Figure = {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly note?: string
  readonly alarm?: boolean
  readonly href?: ReactNode
}

export function Figures({ label, figures }: { readonly label: string; readonly figures: readonly Figure[] }) {
  return (
    <section aria-label={label}>
      <FigureList figures={figures} />
    </section>
  )
}

/** The same inside a section that has a name already. */
export function FigureList({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="figures">
      {figures.map((figure) => (
        <div key={figure.id} className={figure.alarm ? 'figure figure-alarm' : 'figure'}>
          <dt>{figure.label}</dt>
          <dd>
            <span className="figure-value">{figure.value}</span>
            {figure.note !== undefined && <span className="figure-note">{figure.note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
