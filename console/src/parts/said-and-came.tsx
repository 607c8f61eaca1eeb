// What a model had said against what came true, tenth by tenth: a bar for what came, a mark for what was
// said, and the same as a table for those who do not see it.

import { useWords } from './words-context.tsx'

type Bin = { readonly said: number; readonly came: number }
type SaidAndCameProps = {
  readonly title: string
  /** From the lowest scores to the highest. */
  readonly bins: readonly Bin[]
  readonly show: (value: number) => string
}

const WIDTH = 320
const HEIGHT = 120
const TOP = 6

export function SaidAndCame({ title, bins, show }: SaidAndCameProps) {
  const { t } = useWords()
  const first = bins[0]
  const last = bins.at(-1)
  if (first === undefined || last === undefined) return null
  const values = bins.flatMap(({ said, came }) => [said, came])
  const high = Math.max(0, ...values)
  const low = Math.min(0, ...values)
  const y = (value: number) => TOP + ((high - value) / (high - low || 1)) * (HEIGHT - 2 * TOP)
  const step = WIDTH / bins.length
  return (
    <figure className="said">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="said-chart" aria-hidden="true" focusable="false">
        {bins.map(({ said, came }, bin) => (
          <g key={bin}>
            <rect
              className="bar-rest"
              x={bin * step + 4}
              width={step - 8}
              y={Math.min(y(came), y(0))}
              height={Math.abs(y(came) - y(0))}
            />
            <line
              className="said-mark"
              x1={bin * step + 2}
              x2={(bin + 1) * step - 2}
              y1={y(said)}
              y2={y(said)}
            />
          </g>
        ))}
        <line className="axis-zero" x1="0" x2={WIDTH} y1={y(0)} y2={y(0)} />
      </svg>
      <p className="legend" aria-hidden="true">
        <span>
          <i className="key key-said" /> {t('model.reliability.said')}
        </span>
        <span>
          <i className="key key-rest" /> {t('model.reliability.came')}
        </span>
      </p>
      <p className="visually-hidden">
        {t('model.reliability.summary', {
          said: show(last.said),
          came: show(last.came),
          saidLow: show(first.said),
          cameLow: show(first.came),
        })}
      </p>
    </figure>
  )
}
