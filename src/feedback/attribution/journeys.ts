// The paths that contacts have made, as attribution reads them: by channel or by campaign, all touches or clicks only.

import type { Contacts } from './contacts.ts'
import type { Touchpoint } from './arrivals.ts'
import type { Journey } from './paths.ts'

export type JourneyWish = {
  readonly by: 'channel' | 'campaign'
  /** `clicks`: what was only sent or shown does not count as having been there. */
  readonly touches: 'all' | 'clicks'
}

export type Journeys = {
  readonly journeys: readonly Journey[]
  /** Orders without a touch before them, those left so by the wish included; and what they left. */
  readonly alone: { readonly orders: number; readonly value: number }
  /** Campaigns of each channel. */
  readonly campaigns: ReadonlyMap<string, ReadonlySet<string>>
}

/** Touches that follow each other at one channel are one step. People still on their way count as not converted yet. */
export const journeysOf = (state: Contacts, { by, touches }: JourneyWish): Journeys => {
  const names = state.labels.map((label) =>
    touches === 'clicks' && label.kind === 'shown' ? null : nameOf(label, by),
  )
  const found = new Map<string, { channels: string[]; conversions: number; value: number; nulls: number }>()
  const alone = { ...state.alone }
  const add = (labels: readonly number[], conversions: number, value: number, nulls: number): void => {
    const channels = labels
      .map((label) => names[label] ?? null)
      .filter((name) => name !== null)
      .filter((name, step, all) => step === 0 || all[step - 1] !== name)
    if (channels.length === 0) {
      alone.orders += conversions
      alone.value += value
      return
    }
    const key = channels.join('\n')
    const one = found.get(key) ?? { channels, conversions: 0, value: 0, nulls: 0 }
    one.conversions += conversions
    one.value += value
    one.nulls += nulls
    found.set(key, one)
  }
  for (const [path, { conversions, value, nulls }] of state.paths)
    add(path.split(',').map(Number), conversions, value, nulls)
  for (const open of state.people.values())
    add(
      open.map(({ label }) => label),
      0,
      0,
      1,
    )
  const campaigns = new Map<string, Set<string>>()
  for (const label of state.labels) {
    const own = campaigns.get(label.channel) ?? new Set()
    campaigns.set(label.channel, own.add(label.campaign))
  }
  return { journeys: [...found.values()], alone, campaigns }
}

/** A campaign by its id; a visit by its channel and what it names. */
const nameOf = ({ channel, campaign, kind }: Touchpoint, by: JourneyWish['by']): string => {
  if (by === 'channel') return channel
  return kind === 'came' ? `${channel}: ${campaign}` : campaign
}
