// Platforms whose lines are of two kinds, campaigns and what lies in them: each kind is asked for by itself, and lines are
// told by the names they were asked by.

import type { AdPlatform, PlatformLine } from '../../delivery/index.ts'

export type LevelLine<Level> = { readonly level: Level; readonly id: string; readonly externalId: string }
type Ask = Omit<Parameters<AdPlatform['read']>[0], 'externalIds'>
/** Lines of one level by their ids there. */
type Told = Omit<PlatformLine, 'externalId'> & { readonly id: string }

/**
 * `123` and `<first>:123` are of the first level, `<name>:123` of the level so called; null for anything else.
 * @example levelOf({ plan: 'ad_plans', group: 'ad_groups' }, 15)('group:7') // { level: 'ad_groups', id: '7', externalId: 'group:7' }
 */
export const levelOf = <Level extends string>(levels: Readonly<Record<string, Level>>, digitsMax: number) => {
  const [first] = Object.values(levels)
  const shape = new RegExp(`^(?:(${Object.keys(levels).join('|')}):)?(\\d{1,${digitsMax}})$`)
  return (externalId: string): LevelLine<Level> | null => {
    const [, name = '', id = ''] = shape.exec(externalId) ?? []
    const level = name === '' ? first : levels[name]
    return id === '' || level === undefined ? null : { level, id, externalId }
  }
}

/** Reads level by level; ids that are none and lines that are not told are left out. */
export const readLevels = async <Level extends string>(
  { externalIds, ...ask }: Parameters<AdPlatform['read']>[0],
  lineOf: (externalId: string) => LevelLine<Level> | null,
  readLevel: (level: Level, ids: readonly string[], ask: Ask) => Promise<readonly Told[]>,
): Promise<readonly PlatformLine[]> => {
  const wanted = Map.groupBy(
    externalIds.map(lineOf).filter((line) => line !== null),
    ({ level }) => level,
  )
  const lines: PlatformLine[] = []
  for (const [level, ofLevel] of wanted) {
    const told = await readLevel(
      level,
      ofLevel.map(({ id }) => id),
      ask,
    )
    for (const { externalId, id } of ofLevel) {
      const found = told.find((line) => line.id === id)
      if (found === undefined) continue
      const { id: _own, ...line } = found
      lines.push({ externalId, ...line })
    }
  }
  return lines
}
