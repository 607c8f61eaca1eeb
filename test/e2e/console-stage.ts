// What every browser test of the console stands on: one browser and one built console for a test file, a server of
// fixtures for as long as a test takes.

import { after, before } from 'node:test'
import type { Browser } from 'playwright-core'
import { FIXTURE_KEY, startFixtureServer, type FixtureServer } from '../../console/testing/fixture-server.ts'
import { builtConsole, openBrowser, openPage, type Look, type Opened } from './browser.ts'

export type FixtureState = Parameters<FixtureServer['setState']>[0]

export type ConsoleStage = {
  /** Runs `run` while a server in this state answers. */
  readonly during: (state: FixtureState, run: (server: FixtureServer) => Promise<void>) => Promise<void>
  /** A page of that server, with the key in its address. */
  readonly open: (look: Look, path?: string) => Promise<Opened>
  /** The same without a key; with a cookie when there is one. */
  readonly openBare: (look: Look, path: string, cookie?: Parameters<typeof openPage>[3]) => Promise<Opened>
}

/** To be called in a `describe`: starts the browser before its tests and ends it after them. */
export const consoleStage = ({
  briefEveryMs = 500,
}: {
  readonly briefEveryMs?: number
} = {}): ConsoleStage => {
  let browser: Browser
  let dist: string
  let url = ''
  before(async () => {
    dist = await builtConsole()
    browser = await openBrowser()
  })
  after(() => browser?.close())
  const openBare: ConsoleStage['openBare'] = async (look, path, cookie) =>
    openPage(browser, look, `${url}${path}`, cookie)
  return {
    during: async (state, run) => {
      const server = await startFixtureServer({ state, dist, briefEveryMs })
      url = server.url
      try {
        await run(server)
      } finally {
        await server.close()
      }
    },
    open: async (look, path = '/') => openBare(look, `${path}#key=${FIXTURE_KEY}`),
    openBare,
  }
}
