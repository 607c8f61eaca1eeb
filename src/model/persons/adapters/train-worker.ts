// The thread in which models are trained: one round, one answer.

import { parentPort, workerData } from 'node:worker_threads'
import { trainModels, type TrainingInput } from '../train.ts'

parentPort?.postMessage(trainModels(workerData as TrainingInput))
