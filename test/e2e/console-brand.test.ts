// The brand radar in a real browser: a calm day, a rising one, an open incident, a drill, empty and long; in both
// languages and themes, on a desk and a phone, accessibly.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { daily } from '../../src/kernel/testing/wide.ts'
import { absent, focusOn, inspect, PHONE, WIDE } from './browser.ts'
import { consoleStage } from './console-stage.ts'

describe('the brand radar in a browser', { skip: absent }, () => {
  const { during, open } = consoleStage()

  for (const [state, lang, theme, size, isDaily] of [
    ['busy', 'en', 'light', WIDE, true],
    ['busy', 'ru', 'dark', PHONE],
    ['rising', 'ru', 'light', WIDE],
    ['rising', 'en', 'dark', PHONE],
    ['unsure', 'en', 'dark', WIDE],
    ['unsure', 'ru', 'light', PHONE, true],
    ['unsure', 'ru', 'light', WIDE],
    ['stopped', 'ru', 'dark', PHONE],
    ['stopped', 'en', 'light', WIDE],
    ['empty', 'ru', 'dark', WIDE],
    ['long', 'en', 'light', PHONE],
    ['error', 'ru', 'light', WIDE],
  ] as const) {
    const { end, options } = daily(isDaily === true)
    it(`C30 shows ${state}, ${lang}, ${theme}, ${size.width} px wide${end}`, options, () =>
      during(state, async () => {
        const { page, problems } = await open({ lang, theme, size }, '/brand')
        problems.push(...(await inspect(page, `brand-${state}-${lang}-${theme}-${size.width}`)))
        if (state === 'unsure') assert.equal(await page.locator('.brand-incident').count(), 1)
        if (state === 'busy' && lang === 'en')
          assert.match(
            await page.innerText('main'),
            /Calm[^]*61 mentions and 22 echoes; nobody was called because of them/,
          )
        assert.deepEqual(problems, [])
        await page.context().close()
      }),
    )
  }

  it('C32 leads from a spike to what was said, by its phrase, and back; a mute says what it teaches', () =>
    during('unsure', async (server) => {
      const { page, problems } = await open({ lang: 'ru', theme: 'dark', size: PHONE }, '/brand')
      await page.getByRole('button', { name: 'чайник сгорел', exact: true }).click()
      const heading = page.getByRole('heading', { name: 'Упоминания: Lighthouse, «чайник сгорел»' })
      await heading.waitFor()
      assert.equal(await page.evaluate('document.activeElement.id'), 'brand-mentions')
      await page.waitForSelector('.brand-mention')
      problems.push(...(await inspect(page, 'brand-about')))
      await page.getByRole('button', { name: 'Показать последние обо всех' }).click()
      await page.getByRole('heading', { name: 'Последние упоминания' }).waitFor()
      await page.getByText('Всё, что сказано').click()
      await page.waitForSelector('.brand-incident .brand-mention')
      assert.match(await page.innerText('.brand-incident'), /нужно 6 голосов; каждый отказ поднимает порог/)
      await page.getByText('Ход событий').click()
      assert.match(await page.innerText('.brand-timeline'), /Публичное заявление|Ответить/)
      problems.push(...(await inspect(page, 'brand-incident-opened')))
      await page.getByRole('button', { name: 'Неделю не звать меня по этому поводу' }).click()
      await page.waitForTimeout(100)
      assert.deepEqual(server.posted.at(-1), { path: '/api/brand/mute', body: { entity: 'e0', days: 7 } })
      assert.deepEqual(problems, [])
      await page.context().close()
    }))

  it('C31 answers an incident by keys alone, asks what a playbook would do, and corrects a tone', () =>
    during('unsure', async (server) => {
      const { page, problems } = await open({ lang: 'en', theme: 'light', size: WIDE }, '/brand')
      await focusOn(page, 'Take over')
      await page.keyboard.press('Enter')
      await page.waitForTimeout(100)
      assert.deepEqual(server.posted.at(-1), {
        path: '/api/brand/incidents/act',
        body: { incidentId: 'I3', act: 'own' },
      })
      await focusOn(page, 'What would it do now? Storm of anger')
      await page.keyboard.press('Enter')
      await page.waitForSelector('.brand-step:has-text("waits for a person")')
      await page.waitForSelector('.brand-lines:has-text("its platform has told nothing of it yet")')
      problems.push(...(await inspect(page, 'brand-dry-run')))
      await page.getByRole('button', { name: 'negative', exact: true }).first().click()
      await page.waitForTimeout(100)
      assert.deepEqual(server.posted.at(-1), {
        path: '/api/brand/correct',
        body: { key: 'news 0', entity: 'e0', tone: -1 },
      })
      assert.deepEqual(problems, [])
      await page.context().close()
    }))
})
