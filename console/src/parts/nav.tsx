// The six views: in the header where there is room, at the bottom of the page on a phone.

import { VIEWS, pathOf } from '../data/route.ts'
import { ViewIcon } from './icons.tsx'
import { Link, useRoute } from './link.tsx'
import { useWords } from './words-context.tsx'

export function NavBar({ place }: { readonly place: 'top' | 'bottom' }) {
  const { t } = useWords()
  const { view } = useRoute()
  return (
    <nav className={`nav nav-${place}`} aria-label={t('nav.label')}>
      {VIEWS.map((name) => (
        <Link key={name} href={pathOf(name)} aria-current={view === name ? 'page' : undefined}>
          {place === 'bottom' && <ViewIcon view={name} />}
          <span>{t(`nav.${name}`)}</span>
        </Link>
      ))}
    </nav>
  )
}
