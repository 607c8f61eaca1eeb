// STOP before anything else is loaded: reads the words of `windvane stop` by itself and makes the file that holds. What
// it does not understand to the letter it leaves to the command, which says what is wrong with it.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** As `--data` of every command. */
export const DATA_DEFAULT = '.windvane'

const OPTIONS = ['data', 'scope', 'reason'] as const
type Option = (typeof OPTIONS)[number]

/** True when STOP is on the disk now. */
export const stopAtOnce = (words: readonly string[], dataDir = DATA_DEFAULT): boolean => {
  const asked = readWords(words)
  if (asked === null) return false
  const { data = dataDir, scope = 'all', reason = 'stopped from the command line' } = asked
  const name = fileOf(scope)
  if (name === null || !existsSync(data)) return false
  try {
    writeFileSync(join(data, name), `${reason}\n`, { flush: true })
    return true
  } catch {
    // The command tries again, and tells why it cannot.
    return false
  }
}

/** Why everything stands still after SIGUSR2. */
export const SIGNAL_REASON = 'stopped by SIGUSR2'

/**
 * From here on SIGUSR2 stops all sending of `start …`, though the server is not there yet: by default the signal would end
 * the process, and whoever starts it again would start the sending, too.
 */
export const stopOnSignal = ([command, ...rest]: readonly string[], dataDir = DATA_DEFAULT): boolean => {
  if (command !== 'start') return false
  const dir = dataIn(rest) ?? dataDir
  process.on('SIGUSR2', () => {
    try {
      mkdirSync(dir, { recursive: true })
      writeFileSync(join(dir, 'STOP'), `${SIGNAL_REASON}\n`, { flush: true })
    } catch {
      // The server holds in memory and says why it cannot write. Before it is there: rather none than one that goes on.
      if (process.listenerCount('SIGUSR2') === 1) process.exit(70)
    }
  })
  return true
}

/** The last `--data` of the words, as the command reads them. */
const dataIn = (words: readonly string[]): string | undefined => {
  const glued = words.findLastIndex((word) => word.startsWith('--data='))
  const apart = words.lastIndexOf('--data')
  if (apart > glued) return words[apart + 1]
  return words[glued]?.slice('--data='.length)
}

type Asked = Partial<Record<Option, string>>

/** The options of a plain `stop …`; null for any other word. */
const readWords = ([command, ...rest]: readonly string[]): Asked | null => {
  if (command !== 'stop') return null
  const asked: Asked = {}
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    if (word === '--json') continue
    const [, name = '', glued] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) ?? []
    const option = OPTIONS.find((one) => one === name)
    const value = glued ?? rest[++at]
    if (option === undefined || value === undefined || (glued === undefined && value.startsWith('-')))
      return null
    asked[option] = value
  }
  return asked
}

/** The name that `stopFileIn` gives the file of this scope; null where it would refuse. */
const fileOf = (scope: string): string | null => {
  if (scope === 'all') return 'STOP'
  if (!/^(?:channel:(?:email|push|sms|messenger|onsite|webhook)|campaign:.+)$/s.test(scope)) return null
  return `STOP-${encodeURIComponent(scope).replace('%3A', '-')}`
}
