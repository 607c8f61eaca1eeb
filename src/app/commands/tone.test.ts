// Rule BT7: the commands on a plain file: table, JSON, errors that say what to do.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { WIDE } from '../../kernel/testing/wide.ts'
import { labelledTexts } from '../../brand/tone/testing/labelled-texts.ts'

const folder = mkdtempSync(join(tmpdir(), 'windvane-tone-'))
after(() => {
  rmSync(folder, { recursive: true, force: true })
})
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const windvane = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

const labelled = file(
  'labelled.csv',
  `text,label\n${labelledTexts('cli', 260)
    .map(({ text, sentiment }) => `${text},${sentiment}`)
    .join('\n')}\n`,
)

describe('windvane tone', () => {
  it('BT7 trains a model of a file and judges another with it (wide)', WIDE, () => {
    const model = join(folder, 'model.json')
    const trained = windvane('tone', 'train', labelled, '--language', 'ru', '--out', model, '--json')
    assert.equal(trained.status, 0, trained.stderr)
    assert.equal((JSON.parse(trained.stdout) as { isBetter: boolean }).isBetter, true)
    const asked = file('asked.csv', 'текст;кто\nснова бзыкнул ваш терминал;a\nзыкнуло на славу;b\n')
    const out = join(folder, 'out.csv')
    const judged = windvane('tone', asked, '--model', model, '--out', out, '--json')
    assert.equal(judged.status, 0, judged.stderr)
    const said = JSON.parse(judged.stdout) as { sentiment: Record<string, number>; by: string[] }
    assert.deepEqual([said.sentiment, said.by], [{ negative: 1, neutral: 0, positive: 1 }, ['model ru-260']])
    assert.match(
      readFileSync(out, 'utf8'),
      /^text,sentiment,score[^\n]*\nснова бзыкнул ваш терминал,negative,-/,
    )
    const table = windvane('tone', asked, '--lang', 'ru')
    assert.match(table.stdout, /нейтрально +2 +100.0 %/)
  })

  it('BT7 says what to do about a wrong column, label or model', () => {
    const errors = [
      [['tone', labelled, '--text', 'nothing'], /no column "nothing"[^]*text, label/],
      [['tone', labelled, '--model', labelled], /is no tone model[^]*windvane tone train/],
      [
        ['tone', 'train', labelled, '--language', 'ru', '--out', join(folder, 'x'), '--label', 'text'],
        /Line 2 .* is not a sentiment/,
      ],
      [['mentions', labelled, '--brand', 'Сбер'], /no column that is known as date[^]*--date/],
    ] as const
    for (const [words, message] of errors) {
      const { status, stderr } = windvane(...words)
      assert.equal(status, 1, words.join(' '))
      assert.match(stderr, message)
    }
  })

  it('BT7 replays mentions and finds the crisis in them', () => {
    const rows = ['date,author,text']
    for (let hour = 0; hour < 24 * 8; hour++)
      rows.push(
        `2025-03-${String(1 + Math.floor(hour / 24)).padStart(2, '0')} ${String(hour % 24).padStart(2, '0')}:10,a${hour},зашёл в Сбер по делу ${hour}`,
      )
    for (let i = 0; i < 20; i++)
      rows.push(
        `2025-03-08 15:${String(10 + 2 * i).padStart(2, '0')},b${i},мошенники в Сбере ${['украли', 'списали', 'увели', 'сняли'][i % 4]} деньги у клиента номер ${i * 37} город ${i * 11}`,
      )
    const path = file('mentions.csv', `${rows.join('\n')}\n`)
    const { status, stdout, stderr } = windvane('mentions', path, '--brand', 'Сбербанк, Сбер', '--json')
    assert.equal(status, 0, stderr)
    const found = JSON.parse(stdout) as { named: number; findings: { kind: string; at: string }[] }
    assert.equal(found.named, 24 * 8 + 20)
    assert.equal(found.findings[0]?.kind, 'crisis')
    assert.match(found.findings[0]?.at ?? '', /^2025-03-08T15:/)
    assert.match(
      windvane('mentions', path, '--brand', 'Сбербанк, Сбер', '--lang', 'ru').stdout,
      /КРИЗИС, риск \d+/,
    )
  })
})

describe('windvane nps', () => {
  it('BT7 adds answers up in all and by month, with an interval, and says which it left out', () => {
    const answers = file(
      'nps.csv',
      'Дата,Оценка\n2026-04-03,10\n2026-04-05,9\n2026-04-09,0\n2026-05-01,7\n2026-05-03,\n2026-05-04,10\n',
    )
    const { status, stdout, stderr } = windvane('nps', answers)
    assert.equal(status, 0, stderr)
    assert.match(stdout, /all +\+40 +−30 … \+80 +5 +3 +1 +1/)
    assert.match(stdout, /2026-05 +\+50/)
    assert.match(stderr, /1 of 6 rows of \S+ left out: line 6 has nothing in "Оценка"/)
    assert.match(windvane('nps', answers, '--lang', 'ru').stdout, /всего/)
    const wrong = windvane('nps', file('plain.csv', 'date,nps\n2026-04-03,good\n'))
    assert.equal(wrong.status, 1)
    assert.match(wrong.stderr, /Line 2 of \S+ has "good" in "nps", which is not an answer from 0 to 10/)
  })
})
