// What a person wants of a test run: a point for each test, the failures whole, what was skipped and why, the slowest
// files, the sums, and what was left to the wide run.

import { relative } from 'node:path'
import { inspect } from 'node:util'
import type { TestEvent } from 'node:test/reporters'
import { LEFT, WIDE_NAMES } from '../src/kernel/testing/wide.ts'
import { root } from './run.ts'

type Sums = { passed: number; failed: number; skipped: number; left: number }
/** Files that are told as the slowest. */
const SLOWEST = 12
const POINTS_IN_LINE = 100

export async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const sums: Sums = { passed: 0, failed: 0, skipped: 0, left: 0 }
  const skipped: string[] = []
  const leftIn = new Set<string>()
  /** ms of the whole tests of each file. */
  const took = new Map<string, number>()
  for await (const event of source) {
    if ((event.type === 'test:pass' || event.type === 'test:fail') && event.data.nesting === 0) {
      const file = relative(root, event.data.file ?? '')
      took.set(file, (took.get(file) ?? 0) + event.data.details.duration_ms)
    }
    if (event.type === 'test:fail' && !isParentOf(event.data.details.error)) {
      sums.failed++
      yield failureOf(event.data)
    } else if (event.type === 'test:pass' && event.data.details.type !== 'suite') {
      const { name, skip, file } = event.data
      if (skip === LEFT) {
        sums.left++
        leftIn.add(file ?? '')
        if (!WIDE_NAMES.test(name)) {
          sums.failed++
          process.exitCode = 1
          yield `\nFAILED ${name}\n  ${file ?? ''}: its name does not end in "(wide)", so that no run would pick it\n`
        }
      } else if (skip !== undefined && skip !== false) {
        sums.skipped++
        skipped.push(`${name}: ${typeof skip === 'string' ? skip : 'skipped'}`)
      } else {
        sums.passed++
        yield sums.passed % POINTS_IN_LINE === 0 ? '.\n' : '.'
      }
    } else if (event.type === 'test:stdout' && process.env['WINDVANE_VERBOSE'] === '1')
      yield event.data.message
  }
  yield '\n'
  for (const line of skipped) yield `skipped ${line}\n`
  const slowest = [...took].toSorted(([, left], [, right]) => right - left).slice(0, SLOWEST)
  if (took.size > SLOWEST)
    yield `\nslowest, s: ${slowest.map(([file, ms]) => `${file} ${(ms / 1_000).toFixed(1)}`).join(', ')}\n`
  yield `\n${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped\n`
  if (sums.left > 0)
    yield `${sums.left} tests of ${leftIn.size} files were ${LEFT} (only them: npm run test:wide -- --rest)\n`
}

const failureOf = ({ name, file, line, details }: TestFail): string => {
  const cause = details.error.cause
  const text =
    cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause ?? details.error.message)
  return `\nFAILED ${name}\n  ${file ?? ''}:${line ?? ''}\n${text.replaceAll(/^/gm, '  ')}\n`
}

type TestFail = Extract<TestEvent, { type: 'test:fail' }>['data']

/** A suite that failed only because a test inside it did: that one is told. */
const isParentOf = (error: Error): boolean => 'failureType' in error && error.failureType === 'subtestsFailed'
