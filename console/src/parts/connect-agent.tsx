// How a program that acts by a language model is connected: the address, and the lines to copy. The key itself is not in
// them, it is shown once when it is made.

import { CopyLine } from './copy-line.tsx'
import { useWords } from './words-context.tsx'

const KEY = 'wv_mcp_…'

export function ConnectAgent() {
  const { t } = useWords()
  const { origin } = globalThis.location
  return (
    <section aria-labelledby="agents-title">
      <header className="section-head">
        <h2 id="agents-title">{t('agents.title')}</h2>
      </header>
      <p className="muted">{t('agents.may')}</p>
      <div className="access-form">
        <CopyLine label={t('agents.url')} text={`${origin}/mcp`} note={t('agents.url.note', { key: KEY })} />
        <CopyLine
          label={t('agents.stdio')}
          text={`WINDVANE_KEY=${KEY} windvane mcp --url ${origin}`}
          note={t('agents.stdio.note')}
        />
        <CopyLine
          label={t('agents.here')}
          text="windvane mcp --data .windvane"
          note={t('agents.here.note')}
        />
      </div>
    </section>
  )
}
