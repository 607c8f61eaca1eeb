// Privacy in a real browser: how long personal data is kept and letting it go, and how a campaign treats groups.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { absent, focusOn, inspect, PHONE, WIDE } from './browser.ts'
import { consoleStage } from './console-stage.ts'

describe('privacy in a browser', { skip: absent }, () => {
  const { during, open } = consoleStage()

  it('C41 lets go what is over after a second look, by keys alone, and says what went', () =>
    during('busy', async (server) => {
      for (const [lang, theme, size, ask, seen, go, what, gone] of [
        [
          'en',
          'light',
          WIDE,
          'Run it now…',
          'I have seen what goes',
          'Let it go',
          /84,211 records of what people did, from before 1 Apr 2025/,
          /Gone for good:\s+84,211 records/,
        ],
        [
          'ru',
          'dark',
          PHONE,
          'Удалить сейчас…',
          'Понимаю',
          'Удалить навсегда',
          /84\s211 записей о действиях людей[\s\S]*21 заказ или возврат/,
          /Удалено навсегда:\s+84\s211 записей/,
        ],
      ] as const) {
        server.setState('busy')
        const { page, problems } = await open({ lang, theme, size }, '/privacy')
        await focusOn(page, ask)
        await page.keyboard.press('Enter')
        await page.waitForSelector('dialog[open]')
        assert.match(await page.innerText('dialog'), what)
        problems.push(...(await inspect(page, `retention-confirm-${lang}`)))
        assert.equal(await page.isDisabled('dialog .button-stop'), true)
        await page.getByLabel(seen).focus()
        await page.keyboard.press('Space')
        await focusOn(page, go)
        await page.keyboard.press('Enter')
        await page.waitForSelector('dialog', { state: 'detached' })
        assert.equal(server.posted.at(-1)?.path, '/api/retention/run')
        assert.match(await page.innerText('.view-privacy [role=status]'), gone)
        await page.waitForSelector(`button:disabled:has-text("${ask}")`)
        problems.push(...(await inspect(page, `retention-done-${lang}`)))
        assert.deepEqual(problems, [])
        await page.context().close()
      }
    }))

  it('compares how a campaign treats groups, on a phone too', () =>
    during('busy', async () => {
      for (const [lang, theme, size, show, said] of [
        ['en', 'light', WIDE, 'Show', /Kazan[\s\S]*58\.9[\s\S]*A difference is no verdict/],
        ['ru', 'dark', PHONE, 'Показать', /Kazan[\s\S]*58,9[\s\S]*ещё не приговор/],
      ] as const) {
        const { page, problems } = await open({ lang, theme, size }, '/campaigns')
        await page.fill('section[aria-labelledby="fairness-title"] input', 'city')
        await page.click(`section[aria-labelledby="fairness-title"] button:has-text("${show}")`)
        await page.waitForSelector('section[aria-labelledby="fairness-title"] table')
        assert.match(await page.innerText('section[aria-labelledby="fairness-title"]'), said)
        assert.deepEqual(await inspect(page, `fairness-${lang}`), [])
        assert.deepEqual(problems, [])
        await page.context().close()
      }
    }))
})
