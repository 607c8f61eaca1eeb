// Contract-valid briefs and lifts from a seed, for developing and testing the console without the
// product behind it.

import { CAMPAIGNS, FIXTURE_NOW, HOUR_MS, LONG, createRandom, type FixtureState } from './world.ts'
import type { Brief, Lift, StopRequest, StopState } from '../../src/api/contract.ts'

export function makeLift(campaignId: string, state: FixtureState): Lift {
  const none = { people: 0, complete: 0, mean: 0 }
  const bare = { campaignId, confidence: 0.95, earned: null, smallestDetectable: null, sampleRatioP: null }
  if (state === 'empty')
    return {
      ...bare,
      treated: none,
      holdout: none,
      difference: null,
      low: null,
      high: null,
      verdict: 'not_known_yet',
      history: [],
    }
  const random = createRandom(campaignId.length + 5)
  const scale = campaignId === '' ? 1 : 0.4 + random()
  const history = Array.from({ length: 300 }, (_, index) => {
    const width = (90 * scale) / Math.sqrt(index + 3)
    const difference = 18.4 * scale + (width / 2) * Math.sin(index / 17) + (random() - 0.5) * width * 0.15
    return {
      at: FIXTURE_NOW - (300 - index) * 2 * HOUR_MS,
      difference,
      low: difference - width,
      high: difference + width,
    }
  })
  const last = history[history.length - 1] ?? { difference: 0, low: 0, high: 0 }
  const unsure = state === 'unsure' || campaignId === 'welcome'
  const shift = unsure ? last.difference * 0.9 : 0
  const treated = Math.round(3612 * scale)
  return {
    campaignId,
    treated: { people: treated, complete: Math.round(treated * 0.8), mean: 212.37 * scale },
    holdout: {
      people: Math.round(treated / 9),
      complete: Math.round(treated / 11),
      mean: 212.37 * scale - last.difference + shift,
    },
    difference: last.difference - shift,
    low: last.low - shift,
    high: last.high - shift,
    confidence: 0.95,
    earned: (last.difference - shift) * treated,
    smallestDetectable: 9.7 * scale,
    sampleRatioP: campaignId === 'cart' && state === 'long' ? 0.0002 : 0.41,
    verdict:
      campaignId === 'cart' && state === 'long'
        ? 'sample_ratio_mismatch'
        : unsure
          ? 'not_known_yet'
          : 'ahead',
    history: history.map((point) => ({
      ...point,
      difference: point.difference - shift,
      low: point.low - shift,
      high: point.high - shift,
    })),
  }
}

const STOP_AS_OF = 48_211

export function makeStop(state: FixtureState): StopState {
  const calm = { lines: [], slowly: false, restored: null }
  if (state !== 'stopped' && state !== 'restored')
    return { asOf: STOP_AS_OF, active: false, stops: [], waiting: 0, late: 0, ...calm }
  const isRestored = state === 'restored'
  return {
    asOf: STOP_AS_OF,
    active: true,
    stops: [
      {
        scope: 'all',
        reason: isRestored
          ? 'restored from the backup of 2026-05-14T03:00:00Z'
          : 'Wrong price in the newsletter',
        by: isRestored ? 'local operator' : 'admin',
        at: FIXTURE_NOW - 2 * HOUR_MS,
        offset: STOP_AS_OF - 40,
        mark: '',
        origin: 'log',
      },
    ],
    waiting: 132,
    late: 21,
    lines: [
      { campaignId: 'winback', channel: 'email', waiting: 111, late: 21, since: FIXTURE_NOW - 3 * HOUR_MS },
      { campaignId: 'cart', channel: 'sms', waiting: 21, late: 0, since: FIXTURE_NOW - HOUR_MS / 2 },
    ],
    slowly: true,
    restored: isRestored
      ? {
          at: FIXTURE_NOW - 2 * HOUR_MS,
          backupAt: FIXTURE_NOW - 8 * HOUR_MS,
          epoch: 2,
          erasuresUnknown: true,
        }
      : null,
  }
}

/** The same when somebody stops this scope, which may be stopped already: then both reasons stand. */
export const raiseStop = (stop: StopState, { scope, reason }: StopRequest, at: number): StopState => {
  const before = stop.stops.find((known) => known.scope === scope)
  const asOf = stop.asOf + 1
  const raised = {
    scope,
    reason: before === undefined ? reason : `${before.reason}; ${reason}`,
    by: before?.by ?? 'admin',
    at: before?.at ?? at,
    offset: asOf,
    mark: '',
    origin: 'log',
  }
  const stops = [...stop.stops.filter((known) => known !== before), raised]
  return { asOf, active: true, stops, waiting: 21, late: 1, lines: [], slowly: false, restored: null }
}

export function makeBrief(state: FixtureState, now: number, stop: StopState): Brief {
  const random = createRandom(11)
  const empty = state === 'empty'
  const n = (value: number) => (empty ? 0 : Math.round(state === 'long' ? value * 1000 : value))
  const hours = Array.from({ length: 48 }, (_, index) => {
    const at = FIXTURE_NOW - (FIXTURE_NOW % HOUR_MS) - (47 - index) * HOUR_MS
    const day = 0.25 + Math.max(0, Math.sin(((index + 2) / 24) * 2 * Math.PI - 1.6))
    const decisions = n(day * 60 * (0.7 + random() * 0.6))
    const acted = Math.round(decisions * 0.45)
    return {
      at,
      events: n(day * 900 * (0.8 + random() * 0.4)),
      decisions,
      acted,
      sent: Math.round(acted * 0.96),
      conversions: Math.round(acted * 0.09 * random() * 2),
    }
  })
  return {
    now,
    business: {
      name: state === 'long' ? LONG : 'Северный чай',
      currency: 'RUB',
      timeZone: 'Europe/Moscow',
      locale: 'ru-RU',
    },
    mode: 'demo',
    clockRate: 8640,
    stop,
    counts: {
      people: n(4013),
      eventsTotal: n(213_482),
      eventsPerMinute: empty ? 0 : 1420.5,
      decisionsTotal: n(18_021),
      decisionsToday: n(1121),
      actedToday: n(511),
      nothingToday: n(479),
      withheldToday: n(131),
      sentTotal: n(8231),
      sentToday: n(498),
      failedToday: n(state === 'long' ? 3 : 0),
      unknown: n(2),
      queued: stop.waiting,
      opened: n(3302),
      clicked: n(921),
      conversions: n(701),
      unsubscribed: n(41),
      complained: n(1),
    },
    lift: makeLift('', state),
    truth: empty ? null : { difference: 16.9 },
    pendingApprovals: empty ? 0 : 3,
    campaigns: empty ? [] : CAMPAIGNS.map((campaign, index) => makeCampaign(campaign, index, n)),
    attention: makeAttention(state, stop),
    hourly: empty ? [] : hours,
  }
}

function makeCampaign(
  campaign: (typeof CAMPAIGNS)[number],
  index: number,
  n: (value: number) => number,
): Brief['campaigns'][number] {
  const shares = [0.46, 0.27, 0.18, 0.09]
  return {
    campaignId: campaign.id,
    name: campaign.name,
    status: index === 2 ? 'shadow' : 'live',
    decisions: n(8000 / (index + 1)),
    acted: n(3700 / (index + 1)),
    nothing: n(3300 / (index + 1)),
    conversions: n(330 / (index + 1)),
    reward: n(61_000 / (index + 1)),
    spent: n(1821.4),
    budget: index === 0 ? 20_000 : null,
    actions: campaign.actions.map((actionId, at) => ({
      actionId,
      share: shares[at] ?? 0.05,
      meanReward: actionId === 'nothing' ? 0 : 31.2 - at * 11.7,
    })),
  }
}

function makeAttention(state: FixtureState, stop: StopState): Brief['attention'] {
  if (state === 'empty') return [{ kind: 'no_campaigns', severity: 'notice', count: 1, detail: '' }]
  const items: Brief['attention'] = stop.active
    ? [{ kind: 'stopped', severity: 'risk', count: 1, detail: '' }]
    : []
  if (state === 'unsure') return items
  items.push({ kind: 'unknown_sends', severity: 'notice', count: 2, detail: '' })
  if (state !== 'long') return items
  return [
    ...items,
    ...(
      [
        'sample_ratio',
        'complaints',
        'invalid_events',
        'delivery_failing',
        'disk_full',
        'actions_shifted',
        'actions_collapsed',
      ] as const
    ).map((kind) => ({ kind, severity: 'risk' as const, count: 21, detail: LONG })),
  ]
}
