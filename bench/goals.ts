// The figures that the product means to reach on two cores, each by the row that shows it.

export type Goal = {
  readonly what: string
  /** Name of the row. */
  readonly row: string
  readonly of: 'ours' | 'ratio'
  readonly atLeast?: number
  readonly atMost?: number
}

export const GOALS: readonly Goal[] = [
  {
    what: 'durable ingest over HTTP with the real fold, events/s',
    row: 'ingest over HTTP, batches of 100, durable, folded',
    of: 'ours',
    atLeast: 100_000,
  },
  {
    what: 'decide over HTTP, per second',
    row: 'decide over HTTP, 12 actions, recorded',
    of: 'ours',
    atLeast: 20_000,
  },
  {
    what: 'decide p99 at 1,000/s beside 30,000 events/s, ms',
    row: 'decide over HTTP at 1,000/s, p99',
    of: 'ours',
    atMost: 2,
  },
  {
    what: 'a decision in process, 20 actions × 40 features, µs',
    row: 'the same, per decision',
    of: 'ours',
    atMost: 10,
  },
  { what: 'replay, events/s', row: 'replay, seven stages, batches of 100', of: 'ours', atLeast: 200_000 },
  {
    what: 'a million people back in service, s',
    row: 'a million people back from a snapshot',
    of: 'ours',
    atMost: 5,
  },
  {
    what: 'memory at a million people, MiB',
    row: 'memory of the process, a million people',
    of: 'ours',
    atMost: 512,
  },
  {
    what: 'decide at a million people beside ten thousand, ratio',
    row: 'decide in process, 12 actions, 1,000,000 people',
    of: 'ratio',
    atMost: 1.5,
  },
]
