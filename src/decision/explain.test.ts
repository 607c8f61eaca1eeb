// Explanations in both languages, from the record alone.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asActionId, NOTHING } from '../kernel/ids.ts'
import { decide } from './decide.ts'
import type { DecisionMade, Reason } from './events.ts'
import { explain } from './explain.ts'
import { campaign, input, NOON } from './testing/examples.ts'

const QUIET: Reason = { code: 'quiet_hours', detail: '' }
const CAP: Reason = { code: 'person_cap', detail: '' }

/** A record with scores set by hand. */
const record = (
  changes: Partial<DecisionMade>,
  means: Readonly<Record<string, number>> = {},
): DecisionMade => {
  const made = decide(input(), { now: NOON })
  const candidates = made.candidates.map((candidate) => ({
    ...candidate,
    mean: means[candidate.actionId] ?? 0,
    stderr: 0.01,
    probability: candidate.actionId === changes.actionId ? 0.62 : 0.05,
  }))
  return { ...made, candidates, propensity: 0.62, verdict: 'act', ...changes }
}
const offer = asActionId('hello/10off/18:00')
const text = (made: DecisionMade, locale: 'en' | 'ru') => {
  const { sentence, reasons } = explain(made, locale)
  return [sentence, ...reasons].map((line) => line.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' '))
}

describe('explain', () => {
  it('D11 says what was chosen and why', () => {
    const made = record({ actionId: offer }, { [offer]: 1.234, 'hello/now': 1 })
    assert.deepEqual(text(made, 'en'), [
      'Chose the e-mail “hello”, 10% off, at 18:00, expected to bring 1.23 more than leaving the person alone.',
      'It is expected to bring 1.23, 1.23 more than doing nothing.',
      'The next best, e-mail “hello”, was expected to bring 0.23 less.',
    ])
    assert.deepEqual(text(made, 'ru'), [
      'Выбрано: письмо «hello», скидка 10 %, в 18:00, обещает на 1,23 больше, чем если не беспокоить.',
      'Ожидаемый результат: 1,23, на 1,23 больше, чем без действия.',
      'Следующий по ожиданиям вариант (письмо «hello») обещал на 0,23 меньше.',
    ])
  })

  it('D11 calls a trial a trial', () => {
    const made = record(
      { actionId: asActionId('hello/now'), verdict: 'act' },
      { [offer]: 2, 'hello/now': 0.5 },
    )
    const reason =
      'E-mail “hello”, 10% off, at 18:00 was expected to bring 1.5 more; this one is tried in 62% of such cases, to keep learning.'
    assert.ok(text(made, 'en').includes(reason), text(made, 'en').join('\n'))
    assert.equal(
      text(made, 'en')[0],
      'Chose the e-mail “hello”, to keep learning: it is tried in 62% of such cases.',
    )
    assert.equal(
      text(made, 'ru')[0],
      'Выбрано: письмо «hello», чтобы учиться: так бывает в 62 % таких случаев.',
    )
  })

  it('D11 gives the odds where scores do not tell', () => {
    const even = record({ actionId: offer })
    assert.equal(
      text(even, 'en')[0],
      'Chose the e-mail “hello”, 10% off, at 18:00, with a probability of 62% among 8 options.',
    )
    const alone = record({ actionId: NOTHING, verdict: 'nothing' })
    assert.equal(
      text(alone, 'en')[0],
      'Chose to leave the person alone, with a probability of 62% among 8 options.',
    )
  })

  it('D11 answers why nothing', () => {
    const worse = Object.fromEntries(
      record({})
        .candidates.filter(({ actionId }) => actionId !== NOTHING)
        .map(({ actionId }) => [actionId, -0.04]),
    )
    const drawn = record({ actionId: NOTHING, verdict: 'nothing' }, worse)
    assert.match(
      text(drawn, 'en').join(' '),
      /^Chose to leave the person alone, since no action was expected to bring more\. Even the best allowed action, .*, was expected to bring 0\.04 less than nothing\./,
    )
    const rejected = [
      { actionId: asActionId('a'), reasons: [QUIET, QUIET] },
      { actionId: asActionId('b'), reasons: [CAP, QUIET] },
      { actionId: asActionId('c'), reasons: [QUIET] },
    ]
    const alone = record({ actionId: NOTHING, verdict: 'nothing', rejected })
    const forced = { ...alone, candidates: alone.candidates.slice(0, 1) }
    assert.deepEqual(text(forced, 'en'), [
      'Left the person alone, nothing else was allowed: quiet hours, enough messages already.',
      '3 actions were not allowed: quiet hours, enough messages already.',
    ])
    assert.deepEqual(text(forced, 'ru'), [
      'Человека не беспокоили, ничего другого нельзя было: тихие часы, сообщений уже достаточно.',
      'Нельзя было: 3 действия (тихие часы, сообщений уже достаточно).',
    ])
  })

  it('D11 tells of the control group, shadow and vetoes', () => {
    const heldOut = decide(input({ group: 'holdout' }), { now: NOON })
    assert.deepEqual(text(heldOut, 'en'), ['Left the person alone: they are in the control group.'])
    assert.deepEqual(text(heldOut, 'ru'), ['Человека не беспокоили: он в контрольной группе.'])
    const shadow = decide(
      input({ campaign: campaign({ status: 'shadow', policy: { always: 'hello/now' } }) }),
      { now: NOON },
    )
    assert.equal(text(shadow, 'en')[0], 'Drew e-mail “hello”, but held it back: the campaign only watches.')
    assert.equal(
      text(shadow, 'ru')[0],
      'Выпало: письмо «hello», но не отправлено: кампания только наблюдает.',
    )
    assert.equal(text(shadow, 'en')[1], 'The plan fixes this action.')
  })

  it('D11 counts in the plural forms of each language', () => {
    const said = (count: number, locale: 'en' | 'ru') => {
      const rejected = Array.from({ length: count }, (_, index) => ({
        actionId: asActionId(`a${index}`),
        reasons: [CAP],
      }))
      return (
        text(record({ actionId: offer, rejected }), locale).find((line) => /not allowed|Нельзя/.test(line)) ??
        ''
      )
    }
    assert.match(said(1, 'en'), /^1 action was not/)
    assert.match(said(2, 'en'), /^2 actions were not/)
    for (const [count, noun] of [
      [1, 'действие'],
      [2, 'действия'],
      [5, 'действий'],
      [11, 'действий'],
      [21, 'действие'],
      [22, 'действия'],
    ] as const)
      assert.ok(said(count, 'ru').startsWith(`Нельзя было: ${count} ${noun} (`), said(count, 'ru'))
  })

  it('D11 gives at most three reasons', () => {
    const rejected = [{ actionId: asActionId('a'), reasons: [CAP] }]
    assert.equal(explain(record({ actionId: offer, rejected }, { [offer]: 0.001 }), 'en').reasons.length, 3)
  })
})
