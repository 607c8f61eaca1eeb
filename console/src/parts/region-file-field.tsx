// A file of what regions sold, chosen and read in the browser.

import { useState } from 'react'
import { readRegionFile, type RegionFile, type RegionRows } from '../data/region-file.ts'
import { useWords } from './words-context.tsx'

export function RegionFileField({
  label,
  onRows,
}: {
  readonly label: string
  readonly onRows: (rows: RegionRows | null) => void
}) {
  const { t } = useWords()
  const [read, setRead] = useState<RegionFile | null>(null)
  const choose = async (file: File | undefined): Promise<void> => {
    const found = file === undefined ? null : readRegionFile(await file.text())
    setRead(found)
    onRows(found?.kind === 'read' ? found.rows : null)
  }
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="file"
        accept=".csv,text/csv,text/plain"
        onChange={(event) => void choose(event.target.files?.[0])}
      />
      <small className="muted" role="status">
        {read === null
          ? t('money.geo.file.hint')
          : read.kind === 'read'
            ? t('money.geo.file.read.done', { regions: read.regions, skipped: read.skipped })
            : t(`money.geo.file.lacks.${read.lacks}`)}
      </small>
    </label>
  )
}
