// The six views: in the header where there is room, at the bottom of the page on a phone.

import { VIEWS, pathOf } from '../data/route.ts'
import { ViewIcon } from './icons.tsx'
import { useLive } from './live-context.tsx'
import { Link, useRoute } from './link.tsx'
import { useWords } from './words-context.tsx'

export function NavBar({ place }: { readonly place: 'top' | 'bottom' }) {
  const { t } = useWords()
  const { view } = useRoute()
  const needs = useLive().brief?.attention.length ?? 0
  return (
    <nav className={`nav nav-${place}`} aria-label={t('nav.label')}>
      {VIEWS.map((name) => (
        <Link key={name} href={pathOf(name)} aria-current={view === name ? 'page' : undefined}>
          {place === 'bottom' && <ViewIcon view={name} />}
          <span>{t(`nav.${name}`)}</span>
          {place === 'bottom' && name === 'brief' && needs > 0 && (
            <>
              <span className="badge" aria-hidden="true">
                {needs}
              </span>
              <span className="visually-hidden">{t('header.needs', { count: needs })}</span>
            </>
          )}
        </Link>
      ))}
    </nav>
  )
}
