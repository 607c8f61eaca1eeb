// Keys: Ctrl/Cmd-K always; single keys unless switched off (WCAG 2.1.4). Letters are taken by their
// place on the keyboard when the layout is not Latin, so that they work while Russian is typed.

import { useEffect, useRef } from 'react'
import { changeSettings, readSettings } from '../data/settings.ts'
import { go, pathOf, type View } from '../data/route.ts'
import { useSettings } from '../data/queries.ts'
import { Dialog } from './dialog.tsx'
import { useWords } from './words-context.tsx'
import type { Overlay } from '../app.tsx'

const VIEW_KEYS: Readonly<Record<string, View>> = {
  b: 'brief',
  a: 'approvals',
  d: 'decisions',
  c: 'customers',
  o: 'models',
  i: 'impact',
  m: 'money',
  p: 'campaigns',
  r: 'guardrails',
  h: 'health',
}
const SEQUENCE_MS_MAX = 1500

export function useShortcuts(open: (overlay: Overlay) => void): void {
  const leader = useRef(0)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const letter = letterOf(event)
      if ((event.ctrlKey || event.metaKey) && !event.altKey && letter === 'k') {
        event.preventDefault()
        if (!dialogIsOpen()) open('palette')
        return
      }
      if (
        !readSettings().singleKeys ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        dialogIsOpen()
      )
        return
      const view = VIEW_KEYS[letter]
      if (view !== undefined && event.timeStamp - leader.current < SEQUENCE_MS_MAX) go(pathOf(view))
      else if (letter === 's') open('stop')
      else if (event.key === '?') open('shortcuts')
      else if (event.key === '/') open('palette')
      else if (letter !== 'g') return
      leader.current = letter === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
      event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [open])
}

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords()
  const { singleKeys } = useSettings()
  const rows: readonly (readonly [string, string])[] = [
    [t('header.findKeys'), t('keys.palette')],
    ['/', t('keys.find')],
    ['s', t('keys.stop')],
    ...Object.entries(VIEW_KEYS).map(([key, view]) => [`g ${key}`, t(`nav.${view}`)] as const),
    ['?', t('keys.help')],
    ['Esc', t('keys.close')],
  ]
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl className="keys">
        {rows.map(([keys, action]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <label className="settings-row">
        <span>{t('settings.singleKeys')}</span>
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => changeSettings({ singleKeys: event.target.checked })}
        />
      </label>
    </Dialog>
  )
}

function letterOf(event: KeyboardEvent): string {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase()
  return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : ''
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}

function dialogIsOpen(): boolean {
  return document.querySelector('dialog[open]') !== null
}
