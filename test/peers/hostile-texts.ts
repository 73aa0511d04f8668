// 200 texts that want to be more than text: markup, terminal controls, turned and hidden characters, floods.

const marks = [
  ...Array.from({ length: 32 }, (_, n) => n).filter((n) => ![0x0a, 0x0d].includes(n)), 0x7f, 0x80, 0x85, 0x9b, 0xad, 0x34f, 0x61c, 0x115f, 0x180e,
  0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069,
  0x206a, 0x206f, 0x3164, 0xfeff, 0xffa0, 0xfff9, 0xfffa, 0xfffb, 0xe0001, 0xe0041, 0xe007f,
].map((code) => String.fromCodePoint(code))

const markup = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '"><iframe src=javascript:alert(1)>', "'-alert(1)-'", '{{constructor.constructor("alert(1)")()}}', '${alert(1)}',
  '<a href="javascript:alert(1)">x</a>', '<style>*{display:none}</style>', '<!--', '-->', ']]>', '</td></tr></table>', '&lt;script&gt;', '&#x3c;script&#x3e;', '%3Cscript%3E', '\\u003cscript\\u003e', 'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>', '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>', '<x onpointerenter=alert(1)>', '<base href=//evil.test>', '<meta http-equiv=refresh content=0;url=//evil.test>',
  '\u001b[31mred\u001b[0m', '\u001b]0;title\u0007', '\u001b]8;;http://evil.test\u0007click\u001b]8;;\u0007', '\u001b[2J\u001b[H', '\u001b[?1049h', '\u009b31m', '\u0008\u0008\u0008overwritten', '\u001bP+q\u001b\\',
  '\u202egnp.exe', '\u2066\u2067nested\u2069\u2069', 'a\u0000b', 'paypal.com\u2044evil', 'e\u0301\u0301\u0301\u0301\u0301', '\u{1f469}\u200d\u{1f4bb}', 'IİıI', '\u{1f1e9}\u{1f1ea}', '𝒽𝓉𝓉𝓅', '\ufe0f\ufe0f\ufe0f',
  '✔ The test email is accepted  Passed', 'Passed after 0.1 s', '{"event":"end","verdict":"passed"}', '__proto__', 'constructor', '%s%s%s%n', '$(id)', '`id`', '; rm -rf', '../../../etc/passwd', '=cmd|calc!A1', 'null', 'undefined', '[object Object]',
]
const long = ['x'.repeat(600), '<b>'.repeat(400), '\u001b[0m'.repeat(200), '\u202e'.repeat(513), '😀'.repeat(400), 'ä'.repeat(5000), ' '.repeat(700) + 'end', '\\u{1b}'.repeat(100), `${'x'.repeat(505)}\u202e`, `${'x'.repeat(511)}😀`]

/** Marks alone, marks inside words, markup around marks: 200 different texts. */
export const payloads: readonly string[] = [...new Set([...markup, ...long, ...marks.map((mark) => `before${mark}after`), ...marks.map((mark, n) => `${mark}${markup[n % markup.length]}${mark}`)])].slice(0, 200)
