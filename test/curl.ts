// Stands in for curl where there is none, as far as the tour uses it: -s, -u, -H, -d, -o and an address.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    user: { type: 'string', short: 'u' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
    output: { type: 'string', short: 'o' },
  },
})
const headers = new Headers(
  (values.header ?? []).map((line): [string, string] => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ]),
)
if (values.user !== undefined)
  headers.set('authorization', `Basic ${Buffer.from(values.user).toString('base64')}`)
if (values.data !== undefined && !headers.has('content-type'))
  headers.set('content-type', 'application/x-www-form-urlencoded')
const response = await fetch(positionals[0] ?? '', {
  headers,
  redirect: 'manual',
  ...(values.data === undefined ? {} : { method: 'POST', body: values.data }),
})
const text = await response.text()
if (values.output === undefined) process.stdout.write(text)
else writeFileSync(values.output, text)
