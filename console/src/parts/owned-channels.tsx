// Mail, push, SMS and messengers as lines with a cost, beside the ads.

import { createFormat } from '../data/format.ts'
import { useSettings } from '../data/queries.ts'
import { DataTable } from './data-table.tsx'
import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { Money } from '../../../src/api/contract.ts'

type Owned = Money['owned']['channels'][number]

export function OwnedChannels({
  owned,
  timeZone,
}: {
  readonly owned: Money['owned']
  readonly timeZone: string
}) {
  const { t, format } = useWords()
  const { lang } = useSettings()
  if (owned.channels.length === 0) return null
  const money = createFormat({ lang, currency: owned.currency, timeZone })
  const number = (id: string, label: string, cell: (row: Owned) => string) => ({
    id,
    label,
    cell,
    numeric: true,
  })
  return (
    <section aria-labelledby="money-owned">
      <header className="section-head">
        <h2 id="money-owned">{t('money.owned')}</h2>
      </header>
      <DataTable
        caption={t('money.owned')}
        rows={owned.channels}
        rowId={({ channel }) => channel}
        columns={[
          {
            id: 'channel',
            label: t('money.owned.channel'),
            cell: ({ channel }) => t(`channel.${channel}` as WordKey),
          },
          number('contactsToday', t('money.owned.contactsToday'), (row) => format.number(row.contactsToday)),
          number('spentToday', t('money.today'), (row) => money.money(row.spentToday)),
          number('contactsMonth', t('money.owned.contactsMonth'), (row) => format.number(row.contactsMonth)),
          number('spentMonth', t('money.month'), (row) => money.money(row.spentMonth)),
        ]}
      />
    </section>
  )
}
