// Each model class runs the suite that all of them must pass.

import { modelConformance } from './testing/conformance.ts'

modelConformance('hashed', { kind: 'hashed', bits: 14 })
modelConformance('hashed with crosses in the baseline', { kind: 'hashed', bits: 12, quadraticShared: true })
modelConformance('dense', { kind: 'dense' })
modelConformance('dense that learns its prior', { kind: 'dense', learnsPrior: true })
