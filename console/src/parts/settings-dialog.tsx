// Language, theme, single-key shortcuts and leaving: everything that is about this browser alone.

import { changeSettings } from '../data/settings.ts'
import { signOut } from '../data/session.ts'
import { useSettings } from '../data/queries.ts'
import { Dialog } from './dialog.tsx'
import { LangSwitch, ThemeSwitch } from './header.tsx'
import { useWords } from './words-context.tsx'

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords()
  const { singleKeys } = useSettings()
  return (
    <Dialog title={t('settings.title')} onClose={onClose}>
      <div className="settings-row">
        <span>{t('settings.lang')}</span>
        <LangSwitch />
      </div>
      <div className="settings-row">
        <span>{t('settings.theme')}</span>
        <ThemeSwitch />
      </div>
      <label className="settings-row">
        <span>{t('settings.singleKeys')}</span>
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => changeSettings({ singleKeys: event.target.checked })}
        />
      </label>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={() => signOut('asked')}>
          {t('settings.signOut')}
        </button>
      </div>
    </Dialog>
  )
}
