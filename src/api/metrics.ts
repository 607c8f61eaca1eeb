// Figures for Prometheus, in its text format: counts since the first start and gauges of now.

import { outboxSize } from '../delivery/index.ts'
import { countProfiles } from '../profile/index.ts'
import { signalHealth } from '../signal/index.ts'
import type { ViewSources } from './views/sources.ts'
import { viewStop } from './views/stop.ts'

type Metric = readonly [name: string, kind: 'counter' | 'gauge', help: string, value: number]

export const metricsText = (sources: ViewSources): string => {
  const { loop } = sources
  const { totals } = loop.state.tally
  const { queued, open } = outboxSize(loop.state.delivery)
  const metrics: readonly Metric[] = [
    ['windvane_events_total', 'counter', 'Signals taken in, duplicates left out.', totals.events],
    ['windvane_decisions_total', 'counter', 'Decisions made.', totals.decisions],
    ['windvane_sent_total', 'counter', 'Messages accepted by their receiver.', totals.sent],
    ['windvane_failed_total', 'counter', 'Messages certainly not accepted.', totals.failed],
    ['windvane_unknown_total', 'counter', 'Messages that may or may not have arrived.', totals.unknown],
    ['windvane_complaints_total', 'counter', 'Complaints.', totals.complained],
    ['windvane_unsubscribed_total', 'counter', 'Unsubscriptions.', totals.unsubscribed],
    ['windvane_outbox_queued', 'gauge', 'Messages waiting for their hour.', queued],
    ['windvane_outbox_under_way', 'gauge', 'Attempts without a result.', open],
    ['windvane_people', 'gauge', 'Profiles.', countProfiles(loop.state.profile)],
    ['windvane_log_head', 'gauge', 'Offset of the last durable event.', loop.log.head()],
    ['windvane_log_folded', 'gauge', 'Offset of the last folded event.', loop.state.offset],
    [
      'windvane_id_window_bytes',
      'gauge',
      'Memory of the window of message ids seen.',
      signalHealth(loop.state.signal).idBytes,
    ],
    ['windvane_stopped', 'gauge', '1 while something is stopped.', viewStop(sources).active ? 1 : 0],
  ]
  return metrics
    .map(([name, kind, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name} ${value}\n`)
    .join('')
}
