// The command line: `windvane <command>`. Each command stands in a file of its own under commands/.

import { Command, CommanderError } from 'commander'
import { fail } from './output.ts'
import { Failure } from '../kernel/failure.ts'
import { version } from './version.ts'

const program = new Command('windvane')
  .description('Autonomous marketing, self-hosted: one loop from signal to decision to delivery to proof.')
  .version(version)
  .showHelpAfterError('(see windvane --help)')
  .exitOverride()

/** In the order of the help. Each is loaded when it is asked for: STOP must not wait for the rest. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand(),
  demo: async () => (await import('./commands/demo.ts')).demoCommand(),
  import: async () => (await import('./commands/import.ts')).importCommand(),
  apply: async () => (await import('./commands/plan.ts')).applyCommand(),
  export: async () => (await import('./commands/plan.ts')).exportCommand(),
  gate: async () => (await import('./commands/gate.ts')).gateCommand(),
  segments: async () => (await import('./commands/segments.ts')).segmentsCommand(),
  preview: async () => (await import('./commands/preview.ts')).previewCommand(),
  consents: async () => (await import('./commands/consents.ts')).consentsCommand(),
  retention: async () => (await import('./commands/retention.ts')).retentionCommand(),
  fairness: async () => (await import('./commands/fairness.ts')).fairnessCommand(),
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand(),
  clv: async () => (await import('./commands/clv.ts')).clvCommand(),
  attribution: async () => (await import('./commands/attribution.ts')).attributionCommand(),
  churn: async () => (await import('./commands/churn.ts')).churnCommand(),
  bandit: async () => (await import('./commands/bandit.ts')).banditCommand(),
  models: async () => (await import('./commands/models.ts')).modelsCommand(),
  uplift: async () => (await import('./commands/uplift.ts')).upliftCommand(),
  forecast: async () => (await import('./commands/forecast.ts')).forecastCommand(),
  anomalies: async () => (await import('./commands/anomalies.ts')).anomaliesCommand(),
  budget: async () => (await import('./commands/budget.ts')).budgetCommand(),
  tone: async () => (await import('./commands/tone.ts')).toneCommand(),
  mentions: async () => (await import('./commands/mentions.ts')).mentionsCommand(),
  nps: async () => (await import('./commands/nps.ts')).npsCommand(),
  geo: async () => (await import('./commands/geo.ts')).geoCommand(),
  'send-time': async () => (await import('./commands/send-time.ts')).sendTimeCommand(),
  recommend: async () => (await import('./commands/recommend.ts')).recommendCommand(),
  simulate: async () => (await import('./commands/simulate.ts')).simulateCommand(),
  replay: async () => (await import('./commands/replay.ts')).replayCommand(),
  unmerge: async () => (await import('./commands/unmerge.ts')).unmergeCommand(),
  proposals: async () => (await import('./commands/proposals.ts')).proposalsCommand(),
  notify: async () => (await import('./commands/notify.ts')).notifyCommand(),
  policy: async () => (await import('./commands/policy.ts')).policyCommand(),
  autonomy: async () => (await import('./commands/autonomy.ts')).autonomyCommand(),
  drill: async () => (await import('./commands/drill.ts')).drillCommand(),
  stop: async () => (await import('./commands/stop.ts')).stopCommand(),
  resume: async () => (await import('./commands/stop.ts')).resumeCommand(),
  backup: async () => (await import('./commands/backup.ts')).backupCommand(),
  restore: async () => (await import('./commands/backup.ts')).restoreCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
  person: async () => (await import('./commands/person.ts')).personCommand(),
  users: async () => (await import('./commands/users.ts')).usersCommand(),
  keys: async () => (await import('./commands/keys.ts')).keysCommand(),
  mcp: async () => (await import('./commands/mcp.ts')).mcpCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
}

const asked = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? ''
const wanted = Object.hasOwn(COMMANDS, asked) ? [asked] : Object.keys(COMMANDS)
const commands = await Promise.all(wanted.map(async (name) => COMMANDS[name]?.()))

/** `commander.unknownOption` as `cli.unknown_option`, for who reads the answer with a program. */
const asFailure = ({ code, message }: CommanderError): Failure =>
  new Failure({
    code: code.replace(/^commander\./, 'cli.').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    message: message.replace(/^error: /, '').split('\n')[0] ?? message,
    hint: 'See windvane --help, or windvane <command> --help.',
  })

for (const command of commands)
  if (command !== undefined) {
    for (const inner of command.commands) {
      inner.exitOverride()
      for (const innermost of inner.commands) innermost.exitOverride()
    }
    program.addCommand(command.exitOverride())
  }

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
