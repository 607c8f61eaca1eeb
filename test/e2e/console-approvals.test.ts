// What waits for people, answered in a real browser by keys alone; and a policy tried before it holds.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { absent, inspect, until, WIDE } from './browser.ts'
import { consoleStage } from './console-stage.ts'

describe('approvals in a browser', { skip: absent }, () => {
  const { during, open } = consoleStage({ briefEveryMs: 250 })

  it('C20 answers by keyboard alone within ten seconds, and the way to a view says yes to nothing', () =>
    during('busy', async (server) => {
      const { page, problems } = await open({ lang: 'en', theme: 'light', size: WIDE })
      const begun = performance.now()
      await page.keyboard.press('g')
      await page.keyboard.press('a')
      await page.waitForSelector('.proposal')
      await page.keyboard.press('g')
      await page.keyboard.press('a')
      assert.equal(await page.locator('dialog[open]').count(), 0)
      // Later than the second letter of a way may come.
      await page.waitForTimeout(1_600)
      await page.keyboard.press('j')
      await until(page, "location.pathname === '/approvals/P42'")
      await page.keyboard.press('k')
      await until(page, "location.pathname === '/approvals/P41'")
      await page.keyboard.press('a')
      await page.waitForSelector('dialog[open]')
      await page.keyboard.press('Enter')
      await page.waitForSelector('dialog[open]', { state: 'detached' })
      const took = performance.now() - begun
      assert.deepEqual(server.posted.at(-1), {
        path: '/api/proposals/P41',
        body: { answer: 'approve', text: '', seenUpTo: 213_482 },
      })
      assert.ok(took < 10_000, `${took.toFixed(0)} ms`)
      await page.waitForSelector('.proposal-head:has-text("P42")')
      await page.keyboard.press('r')
      await page.waitForSelector('dialog[open]')
      assert.deepEqual(await inspect(page, 'reject-dialog'), [])
      assert.ok(await page.isDisabled('dialog button[type=submit]'), 'a no says why')
      await page.keyboard.type('too dear')
      await page.keyboard.press('Enter')
      await page.waitForSelector('dialog[open]', { state: 'detached' })
      assert.deepEqual(server.posted.at(-1), {
        path: '/api/proposals/P42',
        body: { answer: 'reject', text: 'too dear' },
      })
      assert.deepEqual(problems, [])
      await page.context().close()
    }))

  it('C20 answers several of one class together, and no other with them', () =>
    during('busy', async () => {
      const { page } = await open({ lang: 'ru', theme: 'dark', size: WIDE }, '/approvals')
      const boxes = page.locator('.proposals input[type=checkbox]')
      await boxes.nth(0).check()
      assert.deepEqual(
        await boxes.evaluateAll((all) => all.map((box) => (box as { disabled?: boolean }).disabled === true)),
        [false, true, true],
      )
      await page.context().close()
    }))

  it('C21 tries a policy on last week before it can be applied, and shows which way each change goes', () =>
    during('busy', async (server) => {
      const { page } = await open({ lang: 'en', theme: 'light', size: WIDE }, '/guardrails')
      const policy = await page.inputValue('.plan-text')
      await page.fill('.plan-text', policy.replace('message: 2', 'mesage: 2'))
      await page.click('text=Try on last week')
      await page.waitForSelector('text=did you mean message?')
      assert.ok(await page.isDisabled('button:has-text("Apply")'))
      await page.fill('.plan-text', policy.replace('message: 2', 'message: 3'))
      await page.click('text=Try on last week')
      await page.waitForSelector('text=It allows more: a person must approve it first.')
      assert.match(await page.innerText('.plan-result'), /0 went, 1,204 could be taken back/)
      assert.deepEqual(await inspect(page, 'policy-tried'), [])
      await page.click('button:has-text("Apply")')
      await page.waitForSelector('text=It waits for approval as P44.')
      await page.click('text=Try STOP now')
      await page.waitForSelector('button:has-text("Try STOP now"):not([disabled])')
      assert.equal(server.posted.at(-1)?.path, '/api/drill')
      await page.context().close()
    }))
})
