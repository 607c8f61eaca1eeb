// The views: in a column beside the page where there is room, at the bottom of the page on a phone, where
// the less used ones stand in a dialog.

import { useState } from 'react'
import { PHONE_VIEWS, VIEW_GROUPS, pathOf, type View } from '../data/route.ts'
import { useMay } from '../data/queries.ts'
import { Dialog } from './dialog.tsx'
import { MoreIcon, ViewIcon } from './icons.tsx'
import { useLive } from './live-context.tsx'
import { Link, useRoute } from './link.tsx'
import { useWords } from './words-context.tsx'

/** All views in their groups, with what waits for a person beside the name. */
export function SideNav() {
  const { t } = useWords()
  return (
    <nav className="nav nav-side" aria-label={t('nav.label')}>
      <Groups />
    </nav>
  )
}

export function BottomNav() {
  const { t } = useWords()
  const { view } = useRoute()
  const [open, setOpen] = useState(false)
  const maySeePeople = useMay('people.read')
  const elsewhere = view !== 'unknown' && !PHONE_VIEWS.includes(view)
  return (
    <nav className="nav nav-bottom" aria-label={t('nav.label')}>
      {PHONE_VIEWS.filter((name) => name !== 'customers' || maySeePeople).map((name) => (
        <Link key={name} href={pathOf(name)} aria-current={view === name ? 'page' : undefined}>
          <ViewIcon view={name} />
          <span>{t(`nav.${name}`)}</span>
          <Waiting view={name} />
        </Link>
      ))}
      <button
        type="button"
        aria-haspopup="dialog"
        className={elsewhere ? 'nav-elsewhere' : undefined}
        onClick={() => setOpen(true)}
      >
        <MoreIcon />
        <span>{t('nav.more')}</span>
      </button>
      {open && (
        <Dialog title={t('nav.label')} onClose={() => setOpen(false)}>
          <div className="nav nav-all">
            <Groups onFollow={() => setOpen(false)} />
          </div>
        </Dialog>
      )}
    </nav>
  )
}

function Groups({ onFollow }: { readonly onFollow?: () => void }) {
  const { t } = useWords()
  const { view } = useRoute()
  const maySeePeople = useMay('people.read')
  return VIEW_GROUPS.filter(({ group }) => group !== 'people' || maySeePeople).map(({ group, views }) => (
    <div key={group} className="nav-group">
      <p className="nav-group-name">{t(`nav.group.${group}`)}</p>
      {views.map((name) => (
        <Link
          key={name}
          href={pathOf(name)}
          aria-current={view === name ? 'page' : undefined}
          onClick={onFollow}
        >
          <ViewIcon view={name} />
          <span>{t(`nav.${name}`)}</span>
          <Waiting view={name} />
        </Link>
      ))}
    </div>
  ))
}

/** How much in a view waits for a person. */
function Waiting({ view }: { readonly view: View }) {
  const { t } = useWords()
  const { brief } = useLive()
  const count =
    view === 'brief'
      ? (brief?.attention.length ?? 0)
      : view === 'approvals'
        ? (brief?.pendingApprovals ?? 0)
        : 0
  if (count === 0) return null
  return (
    <>
      <span className="badge" aria-hidden="true">
        {count}
      </span>
      <span className="visually-hidden">
        {view === 'approvals' ? t('header.approvals', { count }) : t('header.needs', { count })}
      </span>
    </>
  )
}
