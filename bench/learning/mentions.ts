// The watch on streams: the VTB crisis of July 2014 and the other days of eight banks (SentiRuEval), brand volumes of
// Twitter's AnomalyDetection, and how many mentions go through in a second. `node bench/learning/mentions.ts [banks|twitter|speed]`

import {
  compileDictionary,
  compileRiskWords,
  createSpikes,
  createWatch,
  foldHeard,
  hearMention,
  judgeSpike,
  readMention,
  shippedTone,
  type SpikeFinding,
} from '../../src/brand/index.ts'
import { readTable } from '../../src/connect/index.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/time.ts'
import { bankDictionary, banksOf, type BankTweet } from './banks.ts'
import { dataFile } from './files.ts'
import { printVerdicts, type Verdict } from './peer.ts'
import { readFileSync } from 'node:fs'

const reading = { dictionary: bankDictionary, models: shippedTone(), riskWords: compileRiskWords() }
/** Alarms of one subject closer than this are one incident. */
const QUIET_MS = 3 * DAY_MS
/** The first tweets on sanctions against VTB; before, two an hour. */
const VTB_ONSET = Date.UTC(2014, 6, 28, 19, 0)

const alarms = (tweets: readonly BankTweet[]): readonly SpikeFinding[] => {
  const watch = createWatch()
  const last = new Map<string, number>()
  const opened: SpikeFinding[] = []
  tweets.forEach(({ at, raw }, i) => {
    const mention = { id: String(i), at, author: '', text: raw }
    const heard = hearMention(watch, mention, readMention(mention, reading))
    for (const subject of heard?.subjects ?? []) {
      const finding = judgeSpike(watch.spikes, subject, at)
      if (finding?.kind !== 'crisis') continue
      if (at - (last.get(subject) ?? -Infinity) > QUIET_MS) opened.push(finding)
      last.set(subject, at)
    }
  })
  return opened
}

const clock = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

const banks = (): readonly Verdict[] => {
  const parts = ['banks_2015_test', 'banks_2015_train'].map(banksOf)
  if (parts.includes(null)) return []
  const tweets = parts.flatMap((part) => part ?? []).toSorted((left, right) => left.at - right.at)
  const opened = alarms(tweets)
  for (const { at, subject, voices, expected, negativeShare, topics } of opened)
    process.stdout.write(
      `  ${clock(at)} ${subject}: ${voices} voices (${expected.toFixed(1)} usual), ${Math.round(100 * negativeShare)} % negative: ${topics.map(({ phrase }) => phrase).join(', ')}\n`,
    )
  const vtb = opened.filter(({ subject }) => subject === 'vtb')
  const late = ((vtb[0]?.at ?? Infinity) - VTB_ONSET) / MINUTE_MS
  const perYear = new Map<string, number>()
  for (const { subject, at } of opened) {
    if (subject === 'vtb') continue
    const key = `${subject} ${new Date(at).getUTCFullYear()}`
    perYear.set(key, (perYear.get(key) ?? 0) + 1)
  }
  const most = Math.max(0, ...perYear.values())
  return [
    {
      what: 'VTB, 28 and 29 July 2014: incidents, minutes after the onset',
      ours: `${vtb.length}, ${Math.round(late)}`,
      known: '1, at most 60',
      peer: '',
      ok: vtb.length === 1 && late >= 0 && late <= 60,
    },
    {
      what: 'other banks: incidents of a bank in a year, at most; in all',
      ours: `${most}, ${opened.length - vtb.length}`,
      known: 'at most 1',
      peer: '',
      ok: most <= 1,
    },
  ]
}

const THINNED = 50

const twitter = (): readonly Verdict[] => {
  const path = dataFile('twitter_anomaly/twitter_raw_data.csv')
  if (path === null) return []
  const rng = createRng('twitter')
  const spikes = createSpikes()
  let owed = 0
  let said = 0
  let loudMinutes = 0
  let crises = 0
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)
  rows.forEach((row, minute) => {
    const [, count = '0'] = row.replaceAll('"', '').split(',')
    const at = minute * MINUTE_MS + 10_000 * DAY_MS
    owed += Number(count) / THINNED
    for (; owed >= 1; owed--)
      foldHeard(spikes, {
        id: String(said),
        at,
        subject: 'brand',
        author: `a${said}`,
        voice: said++,
        isEcho: false,
        isRepost: false,
        score: rng.uniform() < 0.2 ? -0.6 : 0.1,
        risks: rng.uniform() < 0.02 ? [{ kind: 'outage', severity: 1 }] : [],
        text: 'brand',
      })
    const finding = judgeSpike(spikes, 'brand', at)
    if (finding === null) return
    if (finding.kind === 'crisis' || finding.kind === 'attack' || finding.kind === 'slow_burn') crises++
    else loudMinutes++
  })
  const days = rows.length / (24 * 60)
  return [
    {
      what: `Twitter volumes, ${days.toFixed(1)} days: false alarms a day, with tone by chance`,
      ours: (crises / days).toFixed(2),
      known: '0',
      peer: `${((100 * loudMinutes) / rows.length).toFixed(1)} % of minutes loud, silent`,
      ok: crises / days < 1 / 30,
    },
  ]
}

/** About as many of both languages. */
const REPEATS = { Russian: 3, English: 1 } as const

type Said = { readonly id: string; readonly at: number; readonly author: string; readonly text: string }

/** Russian tweets on banks, read by lists of words. */
const russian = (): readonly Said[] | null =>
  banksOf('banks_2015_train')?.map(({ at, raw }, i) => ({ id: `${i}`, at, author: `a${i}`, text: raw })) ??
  null

/** English tweets on airlines, read by the model that ships. */
const english = async (): Promise<readonly Said[] | null> => {
  const path = dataFile('airline_tweets/Tweets.csv.gz')
  if (path === null) return null
  const { columns } = await readTable(path)
  const cells = (name: string) => columns.find((column) => column.name === name)?.cells ?? []
  const times = cells('tweet_created')
  return cells('text')
    .map((text, i) => ({ id: `${i}`, at: Date.parse(`${times[i]} UTC`), author: `a${i}`, text }))
    .toSorted((left, right) => left.at - right.at)
}

const AIRLINES = [
  'United',
  'US Airways',
  'USAirways',
  'American Air',
  'Southwest Air',
  'JetBlue',
  'Virgin America',
]
const airlines = compileDictionary(
  AIRLINES.map((name) => ({
    id: name,
    kind: 'brand' as const,
    names: [name, name.replaceAll(' ', '')],
  })),
)

/** Each tweet a few times, each time another one. */
const repeated = (tweets: readonly Said[], times: number): readonly Said[] =>
  Array.from({ length: times }, (_, r) =>
    tweets.map(({ id, at, author, text }) => ({
      id: `${r}:${id}`,
      at: at + r * 20 * DAY_MS,
      author,
      text: `${text} ${r}`,
    })),
  ).flat()

const speed = async (): Promise<readonly Verdict[]> => {
  const verdicts: Verdict[] = []
  for (const [language, tweets, dictionary] of [
    ['Russian', russian(), bankDictionary],
    ['English', await english(), airlines],
  ] as const) {
    if (tweets === null) continue
    const stream = repeated(tweets, REPEATS[language])
    const timed = (run: () => void): number => {
      const before = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(before)
      return stream.length / ((user + system) / 1e6)
    }
    let named = 0
    const ours = () => {
      const watch = createWatch()
      const judged = new Map<string, number>()
      named = 0
      for (const mention of stream) {
        const heard = hearMention(watch, mention, readMention(mention, { ...reading, dictionary }))
        if (heard !== null) named++
        for (const subject of heard?.subjects ?? []) {
          if (mention.at - (judged.get(subject) ?? 0) < MINUTE_MS) continue
          judged.set(subject, mention.at)
          judgeSpike(watch.spikes, subject, mention.at)
        }
      }
    }
    ours()
    const [fast, plain] = [timed(ours), timed(() => baseline(stream))]
    const share = Math.round((100 * named) / stream.length)
    verdicts.push({
      what: `${language} mentions a second on one core, ${share} % name somebody: names, tone, echoes, spikes`,
      ours: Math.round(fast).toLocaleString('en'),
      known: 'at least 5,000',
      peer: `${Math.round(plain).toLocaleString('en')} (a regular expression, a list of words, counts by hour)`,
      ok: fast >= 5_000,
    })
  }
  return verdicts
}

/** What a script of an afternoon does. */
const baseline = (stream: readonly { readonly at: number; readonly text: string }[]): number => {
  const names =
    /сбер|втб|альфа|газпромбанк|банк москвы|райффайзен|россельхоз|уралсиб|united|usairways|americanair|southwestair|jetblue|virginamerica/gi
  const bad = new Set(
    'плохо ужас обман сбой проблема хамство санкции воры мошенники worst bad delayed cancelled lost rude never hours'.split(
      ' ',
    ),
  )
  const counts = new Map<string, number>()
  for (const { at, text } of stream) {
    const words = text.toLowerCase().split(/[^\p{L}]+/u)
    const score = words.filter((word) => bad.has(word)).length
    for (const [name] of text.matchAll(names)) {
      const key = `${name.toLowerCase()} ${Math.floor(at / HOUR_MS)} ${score > 0}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return counts.size
}

const parts = { banks, twitter, speed }
const asked = process.argv.slice(2)
const verdicts: Verdict[] = []
for (const [name, part] of Object.entries(parts))
  if (asked.length === 0 || asked.includes(name)) verdicts.push(...(await part()))
printVerdicts('Mentions', verdicts)
