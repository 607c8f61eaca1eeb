// The frame of every chart: heading, a sentence that says what it shows, and the same numbers as a table.

import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { useWords } from './words-context.tsx'

type ChartFrameProps = {
  readonly title: string
  readonly summary: string
  /** Null while there is nothing to show. */
  readonly table: ReactNode | null
  /** Draws for a width in CSS pixels. */
  readonly draw: (width: number) => ReactNode
  readonly legend?: ReactNode
}

export function ChartFrame({ title, summary, table, draw, legend }: ChartFrameProps) {
  const { t } = useWords()
  const [asTable, setAsTable] = useState(false)
  const [ref, width] = useWidth()
  const titleId = useId()
  return (
    <section className="chart-frame" aria-labelledby={titleId}>
      <header className="section-head">
        <h2 id={titleId}>{title}</h2>
        {table !== null && (
          <button
            type="button"
            className="button-text"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t('chart.asChart') : t('chart.asTable')}
          </button>
        )}
      </header>
      <p className="chart-summary">{summary}</p>
      {!asTable && legend}
      <div ref={ref} className="chart-area">
        {asTable && table !== null ? table : width > 0 && draw(width)}
      </div>
    </section>
  )
}

function useWidth(): readonly [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    setWidth(Math.floor(element.clientWidth))
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
