// Access in a real browser: signing in, a link from an invitation, one's own account, people and keys; each in
// both languages and themes, on a desk and a phone, accessibly.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { FIXTURE_COOKIE, FIXTURE_LINK, FIXTURE_PERSON } from '../../console/testing/generate-access.ts'
import { daily } from '../../src/kernel/testing/wide.ts'
import { absent, focusOn, inspect, PHONE, WIDE, type Look, type Opened } from './browser.ts'
import { consoleStage } from './console-stage.ts'

const [NAME = '', VALUE = ''] = FIXTURE_COOKIE.split('=')
const DESK = { lang: 'en', theme: 'light', size: WIDE } as const

describe('access in a browser', { skip: absent }, () => {
  const { during, openBare } = consoleStage()
  const signedIn = async (look: Look, path: string): Promise<Opened> =>
    openBare(look, path, { name: NAME, value: VALUE })
  const button = async (page: Page, name: string): Promise<void> =>
    page.getByRole('button', { name, exact: true }).first().click()

  it('C20 signs in by keys alone: password, then the code, and says what is wrong', () =>
    during('busy', async () => {
      const { page, problems } = await openBare(DESK, '/impact')
      problems.push(...(await inspect(page, 'sign-in')))
      await page.keyboard.press('Tab')
      await page.keyboard.type(FIXTURE_PERSON.email)
      await page.keyboard.press('Tab')
      await page.keyboard.type('not this one')
      await page.keyboard.press('Enter')
      await page.waitForSelector('[role=alert]:has-text("do not fit together")')
      problems.push(...(await inspect(page, 'sign-in-wrong')))
      await page.fill('input[name=password]', FIXTURE_PERSON.password)
      await page.keyboard.press('Enter')
      await page.waitForSelector('input[name=code]:focus')
      problems.push(...(await inspect(page, 'sign-in-code')))
      await page.keyboard.type(FIXTURE_PERSON.code)
      await page.keyboard.press('Enter')
      // Where they wanted to go from the beginning.
      await page.waitForSelector('.view-impact h1')
      assert.equal(await page.evaluate('sessionStorage.length + document.cookie.length'), 0)
      assert.deepEqual(problems, [])
      await page.context().close()
    }))

  it('C20 offers the company’s sign-in, says when there is no owner yet and when a session is over', () =>
    during('empty', async (server) => {
      const { page, problems } = await openBare({ lang: 'ru', theme: 'dark', size: PHONE }, '/')
      assert.match(await page.innerText('main'), /ещё нет владельца/)
      assert.equal(await page.getAttribute('.sign-in-providers a', 'href'), '/api/session/oidc/company')
      problems.push(...(await inspect(page, 'sign-in-phone')))
      await page.goto(`${server.url}/sign-in?failed=auth.oidc_no_role`)
      await page.waitForSelector('[role=alert]:has-text("роли здесь у вас нет")')
      await page.context().close()
      const second = await signedIn({ lang: 'en', theme: 'dark', size: WIDE }, '/settings')
      await second.page.context().clearCookies()
      await second.page.reload()
      await second.page.waitForSelector('.sign-in')
      assert.deepEqual([...problems, ...second.problems], [])
      await second.page.context().close()
    }))

  it('C21 a link leads the first owner in, and its secret leaves the address', () =>
    during('busy', async (server) => {
      const { page, problems } = await openBare(
        { lang: 'ru', theme: 'light', size: PHONE },
        `/welcome#token=${FIXTURE_LINK}`,
      )
      await page.waitForSelector('input[name=new-password]')
      assert.equal(page.url(), `${server.url}/welcome`)
      problems.push(...(await inspect(page, 'welcome')))
      await page.fill('input[name=name]', 'Анна')
      await page.fill('input[name=email]', FIXTURE_PERSON.email)
      await page.fill('input[name=new-password]', 'short')
      await page.keyboard.press('Enter')
      await page.waitForSelector('[role=alert]:has-text("меньше 12 символов")')
      await page.fill('input[name=new-password]', FIXTURE_PERSON.password)
      await page.keyboard.press('Enter')
      await page.waitForSelector('.view-brief')
      assert.equal(page.url(), `${server.url}/`)
      await page.context().close()
      const used = await openBare(DESK, '/welcome#token=a-link-that-was-used-already')
      await used.page.waitForSelector('[role=alert]:has-text("was used, is too old")')
      problems.push(...(await inspect(used.page, 'welcome-gone')))
      assert.deepEqual([...problems, ...used.problems], [])
      await used.page.context().close()
    }))

  for (const [size, lang, theme] of [
    [WIDE, 'en', 'light'],
    [WIDE, 'ru', 'dark'],
    [PHONE, 'ru', 'light'],
    [PHONE, 'en', 'dark'],
  ] as const) {
    const { end, options } = daily(theme === 'light')
    it(
      `C22 shows account, people and keys at ${size.width} in ${lang}, ${theme}, accessibly${end}`,
      options,
      () =>
        during('busy', async () => {
          const { page, problems } = await signedIn({ lang, theme, size }, '/settings')
          await page.waitForSelector('#keys-title')
          await page.waitForSelector('.access table >> nth=3')
          problems.push(...(await inspect(page, `access-${size.width}-${lang}-${theme}`)))
          await page.evaluate("document.querySelector('#notices-title').scrollIntoView()")
          await page.waitForSelector('.notices-preview li')
          problems.push(...(await inspect(page, `notices-${size.width}-${lang}-${theme}`)))
          await page.evaluate("document.querySelector('#people-title').scrollIntoView()")
          problems.push(...(await inspect(page, `access-people-${size.width}-${lang}-${theme}`)))
          assert.deepEqual(problems, [])
          await page.context().close()
        }),
    )
  }

  for (const state of ['empty', 'error', 'long'] as const) {
    const { end, options } = daily(state === 'long')
    it(`C22 stays whole when ${state}${end}`, options, () =>
      during(state, async () => {
        for (const size of [WIDE, PHONE]) {
          const { page, problems } = await signedIn({ lang: 'ru', theme: 'dark', size }, '/settings')
          await page.waitForSelector('#keys-title')
          problems.push(...(await inspect(page, `access-${state}-${size.width}`)))
          assert.deepEqual(problems, [])
          await page.context().close()
        }
      }),
    )
  }

  it('C22 chooses how one is told, tries it, and gets a code for Telegram', () =>
    during('busy', async () => {
      const { page, problems } = await signedIn(DESK, '/settings')
      await page.waitForSelector('.notices-form')
      await page.click('button[aria-label="Send a test by Mail"]')
      await page.waitForSelector('text=It arrived: 250')
      await page.click('.notices-form label:has-text("Webhook")')
      await page.click('.notices-form label:has-text("A brief by mail")')
      await page.selectOption('.notices-form label:has-text("What can wait") select', 'telegram')
      const saved = page.waitForRequest((request) => request.method() === 'POST')
      await button(page, 'Save')
      assert.deepEqual((await saved).postDataJSON(), {
        ways: ['telegram', 'mail', 'webhook'],
        quiet: { fromHour: 22, toHour: 8 },
        briefHour: 9,
      })
      await page.waitForSelector('.notices-form [role=status]:has-text("Saved.")')
      await button(page, 'Connect')
      await button(page, 'Make a code')
      await page.waitForSelector('dialog a[href="https://t.me/shop_bot?start=k3vJ-9xQmA2bTzLr0WpE"]')
      problems.push(...(await inspect(page, 'telegram-code')))
      assert.deepEqual(problems, [])
      await page.context().close()
    }))

  it('C22 switches the second factor on with a code, and shows the recovery codes once', () =>
    during('busy', async () => {
      const { page, problems } = await signedIn({ lang: 'en', theme: 'dark', size: PHONE }, '/settings')
      await page.waitForSelector('#account-title')
      await button(page, 'Switch on')
      await page.fill('dialog input', FIXTURE_PERSON.password)
      await page.keyboard.press('Enter')
      await page.waitForSelector('.qr')
      problems.push(...(await inspect(page, 'totp')))
      await page.fill('dialog input', '000000')
      await page.keyboard.press('Enter')
      await page.waitForSelector('dialog [role=alert]')
      await page.fill('dialog input', FIXTURE_PERSON.code)
      await page.keyboard.press('Enter')
      await page.waitForSelector('.recovery-codes')
      problems.push(...(await inspect(page, 'recovery-codes')))
      await button(page, 'I have kept them')
      await page.waitForSelector('text=10 recovery codes left')
      assert.deepEqual(problems, [])
      await page.context().close()
    }))

  it('C23 invites and manages people, makes and revokes keys, by keys alone where it matters', () =>
    during('busy', async (server) => {
      const { page, problems } = await signedIn(DESK, '/settings')
      await page.waitForSelector('#people-title')
      await focusOn(page, 'Invite')
      await page.keyboard.press('Enter')
      await page.keyboard.type('new@company.example')
      problems.push(...(await inspect(page, 'invite')))
      await page.keyboard.press('Enter')
      await page.waitForSelector('.secret-text')
      problems.push(...(await inspect(page, 'link')))
      await page.keyboard.press('Escape')
      await page.waitForSelector('th:has-text("new")')
      await page.click('button[aria-label="Manage Anna Petrova"]')
      await page.click('dialog label:has-text("Marketer")')
      await button(page, 'Save the role')
      await page.waitForSelector('dialog [role=alert]:has-text("only owner")')
      problems.push(...(await inspect(page, 'manage')))
      await page.keyboard.press('Escape')
      await button(page, 'Make a key')
      await page.fill('dialog input', 'till')
      problems.push(...(await inspect(page, 'make-key')))
      await page.keyboard.press('Enter')
      await page.waitForSelector('.secret-text:has-text("wv_ingest_")')
      await page.keyboard.press('Escape')
      await page.click('button[aria-label="Manage shop.example"]')
      problems.push(...(await inspect(page, 'manage-key')))
      assert.ok(await page.isDisabled('.button-stop:has-text("Revoke")'))
      await page.fill('dialog input', 'shop.example')
      await page.click('dialog .button-stop')
      await page.waitForSelector('button[aria-label="Manage shop.example"]', { state: 'detached' })
      assert.deepEqual(
        server.posted.map(({ path }) => path),
        ['/api/users', '/api/users/u1/role', '/api/keys', '/api/keys/k1/revoke'],
      )
      assert.deepEqual(problems, [])
      await page.context().close()
    }))

  it('C20 signs out, and the next person sees nothing of the one before', () =>
    during('busy', async () => {
      const { page } = await signedIn(DESK, '/settings')
      await button(page, 'Sign out')
      await page.waitForSelector('.sign-in')
      assert.equal(await page.locator('[role=alert]').count(), 0)
      assert.equal((await page.context().cookies()).find(({ name }) => name === NAME)?.value ?? '', '')
      await page.context().close()
    }))
})
