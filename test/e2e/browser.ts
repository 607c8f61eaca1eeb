// A real browser for tests of the console, and what is asked of every page: no accessibility violation, no error,
// no sideways scrolling. Screenshots go to test-results/console: in a wide run of each page, else of what is wrong.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { build } from 'vite'
import { isWide } from '../../src/kernel/testing/wide.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SHOTS = join(ROOT, 'test-results/console')
const BUILDS = join(ROOT, 'test-results/console-dist')
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8')
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const RUN_AXE = `axe.run(document, { resultTypes: ['violations'] }).then((result) =>
  result.violations.flatMap((rule) => rule.nodes.slice(0, 3).map((node) =>
    [rule.id, node.target.join(' '), node.any[0]?.message ?? ''].join(' '))))`
/** Only a page that never settles is waited for so long. */
const WAIT_MS_MAX = 60_000
export const WIDE = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

export type Look = {
  readonly lang: 'en' | 'ru'
  readonly theme: 'light' | 'dark'
  readonly size: { readonly width: number; readonly height: number }
}
export type Opened = { readonly page: Page; readonly problems: string[] }

/** Why there can be no browser here, for `skip`. */
export const absent = existsSync(CHROMIUM)
  ? false
  : `no Chromium at ${CHROMIUM}: install it or set CHROMIUM_PATH`

export const openBrowser = async (): Promise<Browser> => {
  mkdirSync(SHOTS, { recursive: true })
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS })
}

/** Folder of the console as it is now, built once for all tests that run. */
export async function builtConsole(): Promise<string> {
  const stamp = createHash('sha256')
  const files = readdirSync(join(ROOT, 'console'), { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('dist'))
    .toSorted()
  for (const path of files) {
    const { mtimeMs, size } = statSync(join(ROOT, 'console', path))
    stamp.update(`${path} ${mtimeMs} ${size}\n`)
  }
  const dir = join(BUILDS, stamp.digest('hex').slice(0, 16))
  if (existsSync(dir)) return dir
  const own = `${dir}.${process.pid}`
  await build({ root: join(ROOT, 'console'), logLevel: 'error', build: { outDir: own } })
  try {
    renameSync(own, dir)
  } catch {
    // Another test file was faster: theirs is the same.
    rmSync(own, { recursive: true })
  }
  return dir
}

/** A page at `url`; everything the browser complains about is collected. */
export async function openPage(
  browser: Browser,
  look: Look,
  url: string,
  cookie?: { readonly name: string; readonly value: string },
): Promise<Opened> {
  const options: BrowserContextOptions = {
    viewport: look.size,
    locale: look.lang === 'ru' ? 'ru-RU' : 'en-GB',
    colorScheme: look.theme,
    reducedMotion: 'reduce',
  }
  const context = await browser.newContext(options)
  if (cookie !== undefined)
    await context.addCookies([{ ...cookie, url: new URL(url).origin, httpOnly: true, sameSite: 'Strict' }])
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text())
  })
  await page.goto(url)
  await settled(page)
  return { page, problems }
}

export async function walk(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
  await settled(page)
}

export async function settled(page: Page): Promise<void> {
  await until(page, "document.querySelector('h1') !== null && document.querySelector('.loading') === null")
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}

/** Polled from here, since the page's own content policy forbids evaluating strings inside it. */
export async function until(page: Page, expression: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX
  while (Date.now() < deadline) {
    if ((await page.evaluate(expression)) === true) return
    await page.waitForTimeout(20)
  }
  assert.fail(`never came true: ${expression}`)
}

/** What is wrong: axe's violations and anything wider than the window; with a picture to look at. */
export async function inspect(page: Page, name: string): Promise<string[]> {
  const over = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE)
  const found = await page.evaluate<string[]>(RUN_AXE)
  const wrong = [...(over > 0 ? [`scrolls sideways by ${over} px`] : []), ...found]
  if (isWide || wrong.length > 0)
    await page.screenshot({ path: join(SHOTS, `${name}.png`), animations: 'disabled' })
  return wrong.map((problem) => `${name}: ${problem}`)
}

/** Tabs until the focus is on the control with that name, as a person would. */
export async function focusOn(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await page.evaluate('document.activeElement.textContent')) === name) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`"${name}" cannot be reached with Tab`)
}
