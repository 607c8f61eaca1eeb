// The command palette: go to a view, find a customer, stop. An ARIA combobox over a list box.

import { useDeferredValue, useId, useState, type KeyboardEvent } from 'react'
import { useCustomers, useMay, useSettings } from '../data/queries.ts'
import { VIEWS, go, pathOf } from '../data/route.ts'
import { changeSettings } from '../data/settings.ts'
import { Dialog } from './dialog.tsx'
import { useWords } from './words-context.tsx'
import type { Overlay } from '../app.tsx'

type Command = {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly run: () => void
}
type PaletteProps = { readonly onClose: () => void; readonly onOpen: (overlay: Overlay) => void }

const CUSTOMERS_SHOWN = 8

export function Palette({ onClose, onOpen }: PaletteProps) {
  const { t } = useWords()
  const listId = useId()
  const [text, setText] = useState('')
  const [index, setIndex] = useState(0)
  const commands = useCommands(text, onClose, onOpen)
  const active = commands[Math.min(index, commands.length - 1)]

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && commands.length > 0) {
      event.preventDefault()
      setIndex((now) => (Math.min(now, commands.length - 1) + step + commands.length) % commands.length)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      active?.run()
    }
  }
  return (
    <Dialog title={t('palette.title')} onClose={onClose} kind="palette">
      <input
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={active === undefined ? undefined : `${listId}-${active.id}`}
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        value={text}
        data-first-focus
        spellCheck={false}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.target.value)
          setIndex(0)
        }}
      />
      <ul id={listId} role="listbox" aria-label={t('palette.title')} className="palette-list">
        {commands.map((command) => (
          <li
            key={command.id}
            id={`${listId}-${command.id}`}
            role="option"
            aria-selected={command === active}
            onMouseMove={() => setIndex(commands.indexOf(command))}
            onClick={command.run}
          >
            <span>{command.label}</span>
            <span className="muted">{command.hint}</span>
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p className="muted">{t('palette.none')}</p>}
    </Dialog>
  )
}

function useCommands(
  text: string,
  onClose: () => void,
  onOpen: (overlay: Overlay) => void,
): readonly Command[] {
  const { t } = useWords()
  const { lang } = useSettings()
  const wanted = text.trim().toLowerCase()
  const searched = useDeferredValue(wanted)
  const mayFind = useMay('people.read')
  const customers = useCustomers(searched, mayFind).data?.items ?? []
  const then = (act: () => void) => () => {
    onClose()
    act()
  }
  const fixed: readonly Command[] = [
    ...VIEWS.filter((view) => view !== 'customers' || mayFind).map((view) => ({
      id: `view-${view}`,
      label: t(`nav.${view}`),
      hint: t('palette.view'),
      run: then(() => go(pathOf(view))),
    })),
    { id: 'stop', label: t('stop.title'), hint: t('palette.command'), run: () => onOpen('stop') },
    { id: 'keys', label: t('keys.title'), hint: t('palette.command'), run: () => onOpen('shortcuts') },
    {
      id: 'lang',
      label: lang === 'en' ? t('settings.lang.ru') : t('settings.lang.en'),
      hint: t('settings.lang'),
      run: then(() => changeSettings({ lang: lang === 'en' ? 'ru' : 'en' })),
    },
  ]
  const found = wanted.length < 2 ? [] : customers.slice(0, CUSTOMERS_SHOWN)
  return [
    ...fixed.filter((command) => command.label.toLowerCase().includes(wanted)),
    ...found.map((hit) => ({
      id: `person-${hit.profileId}`,
      label: hit.person,
      hint: t('palette.customer'),
      run: then(() => go(pathOf('customers', hit.profileId))),
    })),
  ]
}
