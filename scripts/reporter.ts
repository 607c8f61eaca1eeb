// What a person wants of a test run: the failures whole, what was skipped and why, the slowest files, the sums.

import { relative } from 'node:path'
import { inspect } from 'node:util'
import type { TestEvent } from 'node:test/reporters'
import { root } from './run.ts'

type Sums = { passed: number; failed: number; skipped: number }
/** Files that are told as the slowest. */
const SLOWEST = 12

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const sums: Sums = { passed: 0, failed: 0, skipped: 0 }
  const skipped: string[] = []
  /** ms of the whole tests of each file. */
  const took = new Map<string, number>()
  for await (const event of source) {
    if ((event.type === 'test:pass' || event.type === 'test:fail') && event.data.nesting === 0) {
      const file = relative(root, event.data.file ?? '')
      took.set(file, (took.get(file) ?? 0) + event.data.details.duration_ms)
    }
    if (event.type === 'test:fail' && !isParentOf(event.data.details.error)) {
      sums.failed++
      const { name, file, line, details } = event.data
      const cause = details.error.cause
      const text =
        cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause ?? details.error.message)
      yield `\nFAILED ${name}\n  ${file ?? ''}:${line ?? ''}\n${text.replaceAll(/^/gm, '  ')}\n`
    } else if (event.type === 'test:pass' && event.data.details.type !== 'suite') {
      if (event.data.skip !== undefined && event.data.skip !== false) {
        sums.skipped++
        skipped.push(
          `${event.data.name}: ${typeof event.data.skip === 'string' ? event.data.skip : 'skipped'}`,
        )
      } else sums.passed++
    } else if (event.type === 'test:stdout' && process.env['WINDVANE_VERBOSE'] === '1')
      yield event.data.message
  }
  for (const line of skipped) yield `skipped ${line}\n`
  const slowest = [...took].toSorted(([, left], [, right]) => right - left).slice(0, SLOWEST)
  if (took.size > SLOWEST)
    yield `\nslowest, s: ${slowest.map(([file, ms]) => `${file} ${(ms / 1_000).toFixed(1)}`).join(', ')}\n`
  yield `\n${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped\n`
}

/** A suite that failed only because a test inside it did: that one is told. */
const isParentOf = (error: Error): boolean => 'failureType' in error && error.failureType === 'subtestsFailed'
