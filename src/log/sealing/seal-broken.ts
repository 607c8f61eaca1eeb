// What it is called when a sealed record is not as it was written.

import { Failure } from '../../kernel/failure.ts'

export const sealBroken = (id: string): Failure =>
  new Failure({
    code: 'log.seal_broken',
    message: `The sealed record ${id} is not as it was written, or the keys belong to another log.`,
    hint: 'Verify the log (`windvane audit verify`); restore a backup.',
  })
