// Small seeded files for each model that has a command, with what the command finds in them, and what spoils them.

import type { Command } from 'commander'
import { createRng, type Rng } from '../../../kernel/rng.ts'
import { anomaliesCommand } from '../anomalies.ts'
import { attributionCommand } from '../attribution.ts'
import { banditCommand } from '../bandit.ts'
import { budgetCommand } from '../budget.ts'
import { churnCommand } from '../churn.ts'
import { clvCommand } from '../clv.ts'
import { evaluateCommand } from '../evaluate.ts'
import { forecastCommand } from '../forecast.ts'
import { geoCommand } from '../geo.ts'
import { mentionsCommand } from '../mentions.ts'
import { npsCommand } from '../nps.ts'
import { recommendCommand } from '../recommend.ts'
import { sendTimeCommand } from '../send-time.ts'
import { toneCommand } from '../tone.ts'
import { upliftCommand } from '../uplift.ts'

export type PlainFile = {
  readonly name: string
  readonly command: () => Command
  /** Files of the folder of commands that it reads its table in. */
  readonly sources: readonly string[]
  readonly words: (path: string, options: readonly string[]) => readonly string[]
  readonly options?: readonly string[]
  /** The header, then rows without quotes. */
  readonly lines: readonly string[]
  /** The option that names each column. */
  readonly named: Readonly<Record<string, string>>
  /** Of those: what it can do without. */
  readonly optional?: readonly string[]
  /** Fields of its JSON (of the first, where it is a list). */
  readonly fields: readonly string[]
  /** Cells that its columns cannot hold. */
  readonly spoilt: Readonly<Record<string, readonly string[]>>
}

const NO_NUMBERS = ['twelve', 'NaN', 'Infinity']
const NO_DATES = ['soon', '2026-13-45']
const NO_OUTCOMES = ['perhaps', 'NaN', '']

const filed = (path: string, options: readonly string[]): readonly string[] => [path, ...options]
const dayOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)

const linesOf = (head: string, rows: number, rowOf: (row: number, rng: Rng) => string): readonly string[] => {
  const rng = createRng(head)
  return [head, ...Array.from({ length: rows }, (_, row) => rowOf(row, rng))]
}

/** From November 1969 on: series may be older than any event. */
const series = (command: () => Command, name: string, fields: readonly string[]): PlainFile => ({
  name,
  command,
  sources: ['series-file.ts', `${name}.ts`],
  words: filed,
  lines: linesOf(
    'date,value,remark',
    70,
    (row, rng) => `${dayOf(row - 20_500)},${(100 + 20 * Math.sin(row) + rng.normal()).toFixed(2)},r${row}`,
  ),
  named: { date: '--date', value: '--value' },
  fields,
  spoilt: { date: NO_DATES, value: NO_NUMBERS },
})

const budget = (name: string, words: PlainFile['words'], fields: readonly string[]): PlainFile => ({
  name: `budget ${name}`,
  command: budgetCommand,
  sources: ['budget-file.ts'],
  words: (path, options) => [name, ...words(path, options)],
  options: ['--currency', 'EUR'],
  lines: linesOf('date,line,spend,value', 80, (row, rng) => {
    const spend = 50 + 50 * rng.uniform()
    return `${dayOf(row >> 1)},${row % 2 === 0 ? 'mail' : 'search'},${spend.toFixed(2)},${(4 * Math.sqrt(spend) * 5).toFixed(2)}`
  }),
  named: { date: '--date', line: '--line', spend: '--spend', value: '--value' },
  fields,
  spoilt: { date: NO_DATES, spend: [...NO_NUMBERS, '-3'], value: NO_NUMBERS },
})

export const PLAIN_FILES: readonly PlainFile[] = [
  {
    name: 'clv',
    command: clvCommand,
    sources: ['clv.ts'],
    words: filed,
    lines: linesOf(
      'customer,date,value',
      160,
      (row, rng) => `c${rng.below(40)},${dayOf(row >> 1)},${(5 + 20 * rng.uniform()).toFixed(2)}`,
    ),
    named: { customer: '--customer', date: '--date', value: '--value' },
    optional: ['value'],
    fields: ['unit', 'horizonDays', 'summary', 'model', 'backtest', 'total', 'customers'],
    spoilt: { date: NO_DATES, value: NO_NUMBERS },
  },
  {
    name: 'clv counts',
    command: clvCommand,
    sources: ['clv-counts.ts'],
    words: filed,
    lines: linesOf('frequency,recency,periods,weights', 40, (row, rng) => {
      const recency = rng.below(7)
      return `${recency === 0 ? 0 : 1 + rng.below(recency)},${recency},6,${row + 1}`
    }),
    named: { frequency: '--frequency', recency: '--recency', periods: '--periods', weights: '--people' },
    optional: ['weights'],
    fields: ['unit', 'horizonDays', 'counted', 'summary', 'model', 'total', 'customers'],
    spoilt: { frequency: [...NO_NUMBERS, '-1', '1.5'], periods: NO_NUMBERS, weights: NO_NUMBERS },
  },
  {
    name: 'churn',
    command: churnCommand,
    sources: ['churn.ts'],
    words: filed,
    lines: linesOf('customer_id,plan,visits,churn', 240, (row, rng) => {
      const visits = rng.below(20)
      return `c${row},${'abc'[rng.below(3)]},${visits},${rng.uniform() < (visits < 6 ? 0.7 : 0.2) ? 'yes' : 'no'}`
    }),
    named: { customer_id: '--id', churn: '--target' },
    optional: ['customer_id'],
    fields: ['target', 'rows'],
    spoilt: { churn: NO_OUTCOMES },
  },
  {
    name: 'uplift',
    command: upliftCommand,
    sources: ['uplift.ts'],
    words: filed,
    lines: linesOf('treatment,visit,age', 240, (_row, rng) => {
      const [treated, age] = [rng.below(2), 20 + rng.below(40)]
      return `${treated},${rng.uniform() < 0.2 + (treated === 1 && age > 40 ? 0.3 : 0) ? 1 : 0},${age}`
    }),
    named: { treatment: '--treatment', visit: '--outcome' },
    fields: ['arm', 'control', 'outcome', 'targeting'],
    spoilt: { treatment: [''], visit: NO_OUTCOMES },
  },
  {
    name: 'send-time',
    command: sendTimeCommand,
    sources: ['send-time.ts'],
    words: filed,
    lines: linesOf('person,sent_at,responded', 400, (row, rng) => {
      const hour = 8 + rng.below(14)
      return `p${row % 20},${dayOf(row >> 3)}T${String(hour).padStart(2, '0')}:00:00Z,${rng.uniform() < hour / 30 ? 1 : 0}`
    }),
    named: { person: '--person', sent_at: '--sent-at', responded: '--responded' },
    fields: ['sends', 'bestHour', 'heldOut'],
    spoilt: { sent_at: NO_DATES, responded: NO_OUTCOMES },
  },
  {
    name: 'recommend',
    command: recommendCommand,
    sources: ['recommend.ts'],
    words: filed,
    lines: linesOf(
      'user,item,time',
      300,
      (row, rng) => `u${row % 40},${'ab'[row % 2]}${rng.below(8)},${dayOf(row >> 2)}`,
    ),
    named: { user: '--user-column', item: '--item-column', time: '--time-column' },
    optional: ['time'],
    fields: ['model', 'for', 'history', 'items'],
    spoilt: { time: NO_DATES },
  },
  {
    name: 'evaluate',
    command: evaluateCommand,
    sources: ['evaluate.ts'],
    words: filed,
    lines: linesOf('action,reward,propensity,city', 200, (_row, rng) => {
      const action = 'ab'[rng.below(2)] ?? ''
      return `${action},${rng.uniform() < (action === 'a' ? 0.5 : 0.3) ? 1 : 0},0.5,${rng.below(2) === 0 ? 'Omsk' : 'Tver'}`
    }),
    named: { action: '--action', reward: '--reward', propensity: '--propensity' },
    fields: ['rewardName', 'rows', 'arms', 'constants', 'learnt', 'gain', 'verdict'],
    spoilt: { reward: NO_NUMBERS, propensity: [...NO_NUMBERS, '1.5'] },
  },
  {
    name: 'bandit on a log',
    command: banditCommand,
    sources: ['bandit.ts', 'bandit-tests.ts'],
    words: filed,
    options: ['--policy', 'thompson'],
    lines: linesOf('action,reward,propensity,city', 200, (_row, rng) => {
      const action = 'ab'[rng.below(2)] ?? ''
      return `${action},${rng.uniform() < (action === 'a' ? 0.5 : 0.3) ? 1 : 0},0.5,${rng.below(2) === 0 ? 'Omsk' : 'Tver'}`
    }),
    named: { action: '--action', reward: '--reward', propensity: '--propensity' },
    optional: ['propensity'],
    fields: ['rows', 'propensities', 'verdict', 'learners'],
    spoilt: { action: [''], reward: [...NO_NUMBERS, ''], propensity: [...NO_NUMBERS, '0', '1.5'] },
  },
  {
    name: 'bandit on tests',
    command: banditCommand,
    sources: ['bandit-tests.ts'],
    words: filed,
    lines: linesOf(
      'variant,sends,clicks',
      8,
      (row, rng) => `v${row},${1_000 + rng.below(100)},${20 + rng.below(30)}`,
    ),
    named: { variant: '--arm', sends: '--trials', clicks: '--successes' },
    optional: ['variant', 'sends', 'clicks'],
    fields: ['test', 'names', 'variants', 'outcome', 'prior'],
    spoilt: { sends: [...NO_NUMBERS, '', '10.5'], clicks: [...NO_NUMBERS, '-1', '5000'] },
  },
  series(forecastCommand, 'forecast', ['column', 'step', 'method', 'backtest', 'forecast']),
  series(anomaliesCommand, 'anomalies', ['column', 'values', 'from', 'to', 'alerts', 'withheld']),
  {
    name: 'anomalies of a rate',
    command: anomaliesCommand,
    sources: ['anomalies.ts'],
    words: filed,
    options: ['--kind', 'rate'],
    lines: linesOf('date,clicks,sent', 40, (row, rng) => `${dayOf(row)},${10 + rng.below(5)},200`),
    named: { date: '--date', clicks: '--value', sent: '--trials' },
    fields: ['column', 'alerts'],
    spoilt: { clicks: NO_NUMBERS, sent: [...NO_NUMBERS, '', '0'] },
  },
  {
    name: 'attribution',
    command: attributionCommand,
    sources: ['attribution.ts'],
    words: filed,
    lines: linesOf(
      'path,conversions,revenue,nulls',
      20,
      (row, rng) =>
        `${['mail', 'mail > search', 'search > mail > ads', 'ads'][row % 4]},${rng.below(9)},${rng.below(90)},${rng.below(50)}`,
    ),
    named: { path: '--path', conversions: '--conversions', revenue: '--value', nulls: '--nulls' },
    optional: ['conversions', 'revenue', 'nulls'],
    fields: ['paths', 'totalConversions', 'channels', 'measuredChannels'],
    spoilt: {
      path: ['mail > > ads'],
      conversions: [...NO_NUMBERS, '-1'],
      revenue: NO_NUMBERS,
      nulls: [...NO_NUMBERS, '-1'],
    },
  },
  budget('plan', filed, ['lines', 'currency', 'date', 'stepDays']),
  budget('explain', (path, options) => [path, 'mail', ...options], ['id', 'currency', 'date']),
  {
    name: 'geo, to plan',
    command: geoCommand,
    sources: ['geo.ts'],
    words: filed,
    options: ['--test-days', '10'],
    lines: linesOf(
      'geo,date,sales',
      6 * 60,
      (row, rng) =>
        `g${row % 6},${dayOf(Math.floor(row / 6))},${(100 * (1 + (row % 6)) + 5 * rng.normal()).toFixed(2)}`,
    ),
    named: { geo: '--geo', date: '--date', sales: '--response' },
    fields: ['treated', 'detectable', 'spendNeeded'],
    spoilt: { date: NO_DATES, sales: NO_NUMBERS },
  },
  {
    name: 'geo, to read',
    command: geoCommand,
    sources: ['geo.ts'],
    words: filed,
    options: ['--from', dayOf(40), '--treated', 'g0,g1'],
    lines: linesOf('geo,date,sales,cost', 6 * 60, (row, rng) => {
      const [geo, day] = [row % 6, Math.floor(row / 6)]
      const spent = geo < 2 && day >= 40 ? 50 : 0
      return `g${geo},${dayOf(day)},${(100 * (1 + geo) + spent * 3 + 5 * rng.normal()).toFixed(2)},${spent}`
    }),
    named: { geo: '--geo', date: '--date', sales: '--response', cost: '--cost' },
    optional: ['cost'],
    fields: ['from', 'until', 'alpha', 'dailyEffect'],
    spoilt: { date: NO_DATES, sales: NO_NUMBERS, cost: NO_NUMBERS },
  },
  {
    name: 'tone',
    command: toneCommand,
    sources: ['tone.ts'],
    words: filed,
    options: ['--label', 'label'],
    lines: linesOf('text,label', 12, (row) =>
      row % 2 === 0 ? `a wonderful shop ${row},positive` : `a terrible awful place ${row},negative`,
    ),
    named: { text: '--text', label: '--label' },
    optional: ['label'],
    fields: ['column', 'texts', 'sentiment', 'emotions', 'compared'],
    spoilt: { label: ['great', 'NaN', ''] },
  },
  {
    name: 'nps',
    command: npsCommand,
    sources: ['nps.ts'],
    words: filed,
    lines: linesOf('score,date,remark', 40, (row) => `${row % 11},${dayOf(row)},r${row}`),
    named: { score: '--score', date: '--date' },
    optional: ['date'],
    fields: ['all', 'months', 'leftOut'],
    spoilt: { score: [...NO_NUMBERS, '11', '-1', '7.5'], date: NO_DATES },
  },
  {
    name: 'mentions',
    command: mentionsCommand,
    sources: ['mentions.ts'],
    words: filed,
    options: ['--brand', 'Acme'],
    lines: linesOf(
      'text,date,author',
      60,
      (row) => `Acme opened another shop in town ${row},${dayOf(row >> 2)},a${row}`,
    ),
    named: { text: '--text', date: '--date', author: '--author' },
    optional: ['author'],
    fields: ['rows', 'named', 'from', 'to', 'subjects', 'findings'],
    spoilt: { date: NO_DATES },
  },
]
