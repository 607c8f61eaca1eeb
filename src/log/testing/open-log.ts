// Opens the log named on the command line and says what came of it: a second process for tests.

import { isFailure } from '../../kernel/failure.ts'
import { openSqliteLog } from '../sqlite-log.ts'

const [path = ''] = process.argv.slice(2)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
try {
  const log = await openSqliteLog({ path })
  say(`opened ${log.head()}`)
  await log.close()
} catch (thrown) {
  if (!isFailure(thrown)) throw thrown
  say(`${thrown.code} ${thrown.message}`)
}
