// Rules LN1 to LN8: each learner of the slice runs the suite that all of them must pass.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { registerBandits } from './testing/learner-cases-bandit.ts'
import { registerFits } from './testing/learner-cases-fits.ts'
import { registerStreams } from './testing/learner-cases-streams.ts'
import { registeredLearners } from './testing/learner-conformance.ts'

registerBandits()
registerStreams()
registerFits()

/** Folders that train the learners of others, which are registered under their own names. */
const WITHOUT_LEARNERS: ReadonlySet<string> = new Set(['persons'])

describe('learners', () => {
  it('LN8 every folder of learners has registered at least one', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
      .map(({ name }) => name)
      .filter((name) => !WITHOUT_LEARNERS.has(name))
    const missing = folders.filter((folder) => !registeredLearners().some((name) => name.startsWith(folder)))
    assert.deepEqual(missing, [])
    assert.ok(registeredLearners().some((name) => name.startsWith('bandit')))
  })
})
