// An address that leads nowhere.

import { pathOf } from '../data/route.ts'
import { Link } from '../parts/link.tsx'
import { useWords } from '../parts/words-context.tsx'

export function NotFoundView() {
  const { t } = useWords()
  return (
    <div className="empty">
      <h1>{t('missing.title')}</h1>
      <p className="empty-detail">{t('missing.detail')}</p>
      <Link className="button" href={pathOf('brief')}>
        {t('missing.home')}
      </Link>
    </div>
  )
}
