// Who may sign in, from one's own account to the keys of machines. Shows what the reader may change.

import { useDoor } from '../data/queries.ts'
import { signOut } from '../data/session.ts'
import { AccountSection } from '../parts/account-section.tsx'
import { ConnectAgent } from '../parts/connect-agent.tsx'
import { KeysSection } from '../parts/keys-section.tsx'
import { NoticesSection } from '../parts/notices-section.tsx'
import { PeopleSection } from '../parts/people-section.tsx'
import { Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'

export function SettingsView() {
  const { t } = useWords()
  const door = useDoor()
  const may = (permission: string) => door?.permissions.includes(permission) === true
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.settings')}</h1>
        {door?.principal && (
          <span className="muted">
            {door.principal.role === null
              ? t('account.byKey', { name: door.principal.name })
              : t('account.as', { name: door.principal.name, role: t(`role.${door.principal.role}`) })}
          </span>
        )}
        <button type="button" className="button" onClick={() => signOut('asked')}>
          {t('settings.signOut')}
        </button>
      </header>
      {door === null && <Loading rows={6} />}
      <div className="access">
        {may('account.own') && <AccountSection />}
        {may('account.own') && <NoticesSection />}
        {door !== null && !may('account.own') && <p>{t('account.none')}</p>}
        {may('users.manage') && <PeopleSection />}
        {may('keys.manage') && <KeysSection />}
        {may('keys.manage') && <ConnectAgent />}
        {door !== null && may('account.own') && !may('users.manage') && (
          <p className="muted">{t('people.byOwners')}</p>
        )}
      </div>
    </>
  )
}
