// Every way we know to talk a server into asking its own network: spellings of addresses, names that resolve to
// them, names that change their mind, hosts that send on to them.

export type PrivateTarget = {
  readonly says: string
  readonly url: string
  /** What the resolver says of each name, the first time, the second time, … */
  readonly resolves?: readonly (readonly string[])[]
  /** Asked at a host that the operator vouches for, which sends on to `url`. */
  readonly redirected?: true
}

/** Spellings of this very machine, with PORT where something listens that must never be reached. */
const LOOPBACK = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.127.127.127',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0x7F.0x0.0x0.0x1',
  '0177.0.0.1',
  '017700000001',
  '0177.0x0.0.1',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '0',
  '0.0.0.0',
  '00000000',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
] as const

const ELSEWHERE = [
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://[::ffff:169.254.169.254]/',
  'http://2852039166/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://192.0.0.192/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
] as const

/** Names as they are made to resolve to private addresses, and what a resolver would say. */
const NAMES: readonly PrivateTarget[] = [
  ['127.0.0.1.nip.io', [['127.0.0.1']]],
  ['7f000001.nip.io', [['127.0.0.1']]],
  ['localtest.me', [['::1', '127.0.0.1']]],
  ['metadata.google.internal', [['169.254.169.254']]],
  ['one-of-two.example', [['93.184.216.34', '10.0.0.1']]],
  ['last-of-three.example', [['93.184.216.34', '2a00:1450:4010:c05::64', '::1']]],
  ['mapped.example', [['::ffff:10.0.0.1']]],
  ['zone.example', [['fe80::1%lo']]],
  ['empty.example', [[]]],
  ['rebinds.example', [['127.0.0.1'], ['93.184.216.34']]],
  ['интранет.example', [['192.168.0.7']]],
].map(([name, resolves]) => ({
  says: `a name: ${String(name)}`,
  url: `http://${String(name)}:PORT/`,
  resolves: resolves as readonly (readonly string[])[],
}))

const DISGUISES: readonly PrivateTarget[] = [
  { says: 'user info before the host', url: 'http://example.com@127.0.0.1:PORT/' },
  { says: 'a password before the host', url: 'http://example.com:80@127.0.0.1:PORT/' },
  { says: 'a backslash for a slash', url: 'http:\\\\127.0.0.1:PORT/' },
  { says: 'no slashes at all', url: 'http:127.0.0.1:PORT/' },
  { says: 'a fragment that looks like a host', url: 'http://127.0.0.1:PORT/#@example.com/' },
  { says: 'line breaks within', url: 'ht\ntp://127.0.\n0.1:PORT/' },
  { says: 'another scheme: file', url: 'file:///etc/passwd' },
  { says: 'another scheme: gopher', url: 'gopher://127.0.0.1:PORT/_x' },
  { says: 'another scheme: data', url: 'data:text/plain,hello' },
  { says: 'a port that is not the web’s', url: 'http://93.184.216.34:25/' },
  { says: 'redirected to loopback', url: 'http://127.0.0.1:PORT/', redirected: true },
  { says: 'redirected to a dword', url: 'http://2130706433:PORT/', redirected: true },
  { says: 'redirected to IPv6', url: 'http://[::1]:PORT6/', redirected: true },
  { says: 'redirected without a scheme', url: '//127.0.0.1:PORT/', redirected: true },
  { says: 'redirected to another scheme', url: 'file:///etc/passwd', redirected: true },
  {
    says: 'redirected to a name that resolves here',
    url: 'http://inner.example:PORT/',
    redirected: true,
    resolves: [['127.0.0.1']],
  },
]

/** All of them, for canaries that listen on 127.0.0.1:`port` and [::1]:`port6`. */
export const privateTargets = (port: number, port6: number): readonly PrivateTarget[] =>
  [
    ...LOOPBACK.map((host): PrivateTarget => ({ says: `an address: ${host}`, url: `http://${host}:PORT/` })),
    ...LOOPBACK.slice(0, 1).map(
      (host): PrivateTarget => ({ says: 'over TLS', url: `https://${host}:PORT/` }),
    ),
    ...ELSEWHERE.map((url): PrivateTarget => ({ says: `an address: ${url}`, url })),
    ...NAMES,
    ...DISGUISES,
  ].map((target) => ({
    ...target,
    url: target.url
      .replaceAll('PORT6', String(port6))
      .replaceAll('PORT', String(/\[(?:::1|0:0:0:0:0:0:0:1|::)\]/.test(target.url) ? port6 : port)),
  }))
