// The header every view has: what this is, in which mode, what time it is for the product, what needs a
// person, and STOP.

import { useEffect, useState } from 'react'
import { changeSettings, type Theme } from '../data/settings.ts'
import { pathOf } from '../data/route.ts'
import { useSettings } from '../data/queries.ts'
import { MoreIcon, SearchIcon, ThemeIcon, VaneMark } from './icons.tsx'
import { Link } from './link.tsx'
import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'
import type { Overlay } from '../app.tsx'

type HeaderProps = { readonly onOpen: (overlay: Overlay) => void }

export function Header({ onOpen }: HeaderProps) {
  const { t } = useWords()
  const { brief } = useLive()
  const needs = brief?.attention.length ?? 0
  const pending = brief?.pendingApprovals ?? 0
  return (
    <header className="header">
      <Link href={pathOf('brief')} className="brand">
        <VaneMark />
        <span className="brand-name">{t('brand.name')}</span>
      </Link>
      <div className="header-state">
        <Mode />
        <ProductClock />
        {pending > 0 && (
          <Link href={pathOf('approvals')} className="header-needs">
            {t('header.approvals', { count: pending })}
          </Link>
        )}
        {needs > 0 && (
          <Link href={pathOf('brief')} className="header-needs">
            {t('header.needs', { count: needs })}
          </Link>
        )}
      </div>
      <div className="header-tools">
        <button type="button" className="button-quiet header-find" onClick={() => onOpen('palette')}>
          <SearchIcon />
          <span className="visually-hidden">{t('header.find')}</span> <kbd>{t('header.findKeys')}</kbd>
        </button>
        <LangSwitch />
        <ThemeSwitch />
        <button
          type="button"
          className="button-quiet button-icon"
          onClick={() => onOpen('settings')}
          aria-label={t('settings.title')}
        >
          <MoreIcon />
        </button>
      </div>
      <button type="button" className="button-stop" onClick={() => onOpen('stop')} aria-haspopup="dialog">
        {t('stop.button')}
      </button>
    </header>
  )
}

function Mode() {
  const { t } = useWords()
  const { brief, status } = useLive()
  if (brief === undefined) return null
  return (
    <span className={`mode mode-${brief.mode}`}>
      <span className={`pulse pulse-${status.kind}`} aria-hidden="true" />
      {brief.mode === 'demo' ? t('header.demo', { rate: Math.round(brief.clockRate) }) : t('header.live')}
    </span>
  )
}

/** Ticks on between two briefs; stands still while the stream is down, since then nobody knows. */
function ProductClock() {
  const { t, format } = useWords()
  const { brief, briefAt, status } = useLive()
  const [, tick] = useState(0)
  const running = status.kind === 'live'
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => tick((count) => count + 1), 500)
    return () => clearInterval(timer)
  }, [running])
  if (brief === undefined) return null
  const at = brief.now + (running ? (Date.now() - briefAt) * brief.clockRate : 0)
  return (
    <time
      className="product-clock"
      dateTime={new Date(at).toISOString()}
      title={t('header.clock', { zone: brief.business.timeZone })}
    >
      <span className="clock-full">{format.clock(at)}</span>
      <span className="clock-short">{format.clockShort(at)}</span>
    </time>
  )
}

export function LangSwitch() {
  const { t, lang } = useWords()
  return (
    <div className="switch" role="group" aria-label={t('settings.lang')}>
      {(['en', 'ru'] as const).map((code) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={lang === code}
          onClick={() => changeSettings({ lang: code })}
        >
          <span className="visually-hidden">{t(`settings.lang.${code}`)}</span>
          <span aria-hidden="true">{code.toUpperCase()}</span>
        </button>
      ))}
    </div>
  )
}

const THEMES: readonly Theme[] = ['system', 'light', 'dark']

export function ThemeSwitch() {
  const { t } = useWords()
  const { theme } = useSettings()
  return (
    <div className="switch" role="group" aria-label={t('settings.theme')}>
      {THEMES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={theme === name}
          aria-label={t(`settings.theme.${name}`)}
          title={t(`settings.theme.${name}`)}
          onClick={() => changeSettings({ theme: name })}
        >
          <ThemeIcon theme={name} />
        </button>
      ))}
    </div>
  )
}
