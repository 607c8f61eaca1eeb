// What `windvane send-time` says, in two languages: a heatmap of the week and what is known of it.

import { heatmapOf, type SendTimeAssessment } from '../../model/index.ts'
import { table } from '../output.ts'

type Lang = 'en' | 'ru'

const WORDS = {
  en: {
    days: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
    sends: 'sends',
    people: 'people',
    answers: 'answered',
    random: 'with an hour drawn by chance',
    best: 'best hour of all people',
    own: 'people with a habit of their own',
    key: 'darker: an answer is likelier; · too few sends',
    held: 'On the latest quarter, which nothing was learnt from:',
    all: 'all random hours',
    business: 'at the best hour of all',
    person: "at each person's best hour",
    gain: "each person's best hour against any",
    detectable: 'smallest gain that would be seen',
    verdicts: {
      better: 'Better than a random hour.',
      worse: 'Worse than a random hour: the past does not hold.',
      not_known_yet: 'Not known yet whether the hour matters.',
    },
  },
  ru: {
    days: ['вс', 'пн', 'вт', 'ср', 'чт', 'пт', 'сб'],
    sends: 'отправок',
    people: 'людей',
    answers: 'с ответом',
    random: 'со случайно выбранным часом',
    best: 'лучший час для всех',
    own: 'людей с собственной привычкой',
    key: 'темнее — ответ вероятнее; · слишком мало отправок',
    held: 'На последней четверти, на которой ничего не изучалось:',
    all: 'все случайные часы',
    business: 'в лучший час для всех',
    person: 'в лучший час каждого',
    gain: 'лучший час каждого против любого',
    detectable: 'наименьший выигрыш, который был бы заметен',
    verdicts: {
      better: 'Лучше случайного часа.',
      worse: 'Хуже случайного часа: прошлое не повторяется.',
      not_known_yet: 'Пока не известно, важен ли час.',
    },
  },
} as const

const SHADES = [' ', '░', '▒', '▓', '█'] as const
/** From Monday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0] as const

export const renderSendTime = (found: SendTimeAssessment, lang: Lang): string => {
  const words = WORDS[lang]
  const { heldOut } = found
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const hour = (value: number) => `${String(value).padStart(2, '0')}:00`
  const { gain } = heldOut
  return [
    table([
      [words.sends, found.sends],
      [words.people, found.people],
      [words.answers, percent(found.answered / found.sends)],
      [words.random, found.randomSends],
      [words.best, hour(found.bestHour)],
      [words.own, found.ownHabits],
    ]),
    heatmapText(found, words),
    words.held,
    table(
      (['all', 'business', 'person'] as const).map((key) => [
        words[key],
        percent(heldOut[key].rate),
        `${words.sends}: ${heldOut[key].sends}`,
      ]),
    ),
    ...(gain === null
      ? []
      : [
          `${words.gain}: ${percent(gain.value)} [${percent(gain.low)}, ${percent(gain.high)}]; ${words.detectable} ${percent(heldOut.detectable ?? 0)}`,
        ]),
    words.verdicts[heldOut.verdict],
  ].join('\n\n')
}

const heatmapText = (found: SendTimeAssessment, words: (typeof WORDS)[Lang]): string => {
  const rows = heatmapOf(found.hours, found.weekdays)
  const known = rows.flat().filter((rate) => rate !== null)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const shade = (rate: number | null): string => {
    if (rate === null) return ' ·'
    const step = most === least ? 2 : Math.round(((rate - least) / (most - least)) * (SHADES.length - 1))
    return (SHADES[step] ?? ' ').repeat(2)
  }
  const head = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')).join('')
  return [
    `    ${head}`,
    ...WEEK.map((day) => `${words.days[day].padEnd(4)}${(rows[day] ?? []).map(shade).join('')}`),
    `    ${words.key}`,
  ].join('\n')
}
