// Rules LN1 to LN8: each learner of the slice runs the suite that all of them must pass.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { registerBandits } from './testing/learner-cases-bandit.ts'
import * as model from './index.ts'
import { registerFits } from './testing/learner-cases-fits.ts'
import { registerParts } from './testing/learner-cases-parts.ts'
import { registerPersons } from './testing/learner-cases-persons.ts'
import { registerStreams } from './testing/learner-cases-streams.ts'
import { coveredFunctions, registeredLearners } from './testing/learner-conformance.ts'

registerBandits()
registerStreams()
registerFits()
registerParts()
registerPersons()

/** How functions are called that learn something. */
const LEARNS = /^(learn|fit|train|observe|choose.*Scale|forecastSeries)/
/** The same learners in a thread of their own, and what is only asked or told of learning. */
const LEARNS_BY_OTHERS = /InWorker$|^trainableKeys$|^trainedFact$|^trainingInput$/

describe('learners', () => {
  it('LN8 every folder of learners has registered at least one', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
      .map(({ name }) => name)
    const missing = folders.filter((folder) => !registeredLearners().some((name) => name.startsWith(folder)))
    assert.deepEqual(missing, [])
    assert.ok(registeredLearners().some((name) => name.startsWith('bandit')))
  })

  it('LN8 whatever the slice gives out to learn with has been through the suite', () => {
    const learning = Object.keys(model).filter((name) => LEARNS.test(name) && !LEARNS_BY_OTHERS.test(name))
    assert.ok(learning.length >= 15, `found only ${learning.join(', ')}`)
    assert.deepEqual(
      learning.filter((name) => !coveredFunctions().has(name)),
      [],
    )
    assert.deepEqual(
      [...coveredFunctions()].filter((name) => !(name in model)),
      [],
      'nothing is said to be covered that is not given out',
    )
  })
})
