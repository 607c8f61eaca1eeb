#!/usr/bin/env node
// The command line: `windvane <command>`. Each command stands in a file of its own under commands/.

import { Command, CommanderError } from 'commander'
import { applyCommand, exportCommand } from './commands/plan.ts'
import { attributionCommand } from './commands/attribution.ts'
import { clvCommand } from './commands/clv.ts'
import { churnCommand } from './commands/churn.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { anomaliesCommand } from './commands/anomalies.ts'
import { forecastCommand } from './commands/forecast.ts'
import { importCommand } from './commands/import.ts'
import { replayCommand } from './commands/replay.ts'
import { simulateCommand } from './commands/simulate.ts'
import { startCommand } from './commands/start.ts'
import { resumeCommand, stopCommand } from './commands/stop.ts'
import { previewCommand } from './commands/preview.ts'
import { upliftCommand } from './commands/uplift.ts'
import { unmergeCommand } from './commands/unmerge.ts'
import { fail } from './output.ts'
import { Failure } from '../kernel/failure.ts'
import { version } from './version.ts'

const program = new Command('windvane')
  .description('Autonomous marketing, self-hosted: one loop from signal to decision to delivery to proof.')
  .version(version)
  .showHelpAfterError('(see windvane --help)')
  .exitOverride()

const commands = [
  startCommand(),
  demoCommand(),
  importCommand(),
  applyCommand(),
  exportCommand(),
  previewCommand(),
  evaluateCommand(),
  clvCommand(),
  attributionCommand(),
  churnCommand(),
  upliftCommand(),
  forecastCommand(),
  anomaliesCommand(),
  simulateCommand(),
  replayCommand(),
  unmergeCommand(),
  stopCommand(),
  resumeCommand(),
  doctorCommand(),
]
/** `commander.unknownOption` as `cli.unknown_option`, for who reads the answer with a program. */
const asFailure = ({ code, message }: CommanderError): Failure =>
  new Failure({
    code: code.replace(/^commander\./, 'cli.').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    message: message.replace(/^error: /, '').split('\n')[0] ?? message,
    hint: 'See windvane --help, or windvane <command> --help.',
  })

for (const command of commands) program.addCommand(command.exitOverride())

try {
  await program.parseAsync(process.argv)
} catch (error) {
  // Commander has said what was wrong with the words; help and version end here too.
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0
  else if (error instanceof CommanderError) {
    if (process.argv.includes('--json')) fail(asFailure(error), { json: true })
    process.exitCode = error.exitCode
  } else fail(error, { json: process.argv.includes('--json') })
}
