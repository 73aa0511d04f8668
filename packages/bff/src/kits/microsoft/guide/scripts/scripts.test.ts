// Scripts are pasted into terminals of administrators, filled with what somebody typed: nothing typed may become code.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fill, valuesFrom } from '@mail-gateway/contract'
import type { GuideScript } from '@mail-gateway/contract'
import fc from 'fast-check'
import { builtInClouds } from '../../clouds.ts'
import { cloudFacts, graphGuide, smtpGuide } from '../index.ts'

const scripts: (GuideScript & { readonly name: string })[] = [['graph', graphGuide()] as const, ['smtp-office365', smtpGuide()] as const]
  .flatMap(([mode, { steps }]) => steps.flatMap(({ id, scripts = [] }) => scripts.map((script, n) => ({ ...script, name: `${mode} ${id} ${n + 1}` }))))
const ofShell = (shell: GuideScript['shell']) => scripts.filter((script) => script.shell === shell)

const quotes = { powershell: /['\u2018-\u201b]/, sh: /'/ }

interface Quoted { readonly value: string; readonly from: number; readonly to: number }

/**
 * Reads a script as its shell does, as far as quoting goes: the literals in single quotes, and all the rest as one text.
 * PowerShell: five characters open and close, doubled they stand for themselves, `#` starts a comment, a backtick escapes.
 */
const read = (text: string, shell: GuideScript['shell']): { literals: Quoted[]; rest: string } => {
  const literals: Quoted[] = []
  const power = shell === 'powershell'
  let rest = ''
  let at = 0
  const take = () => { const char = text[at++]!; rest += char; return char }
  const single = () => {
    const from = ++at
    let value = ''
    while (at < text.length && !(quotes[shell].test(text[at]!) && !(power && quotes[shell].test(text[at + 1] ?? '')))) {
      if (power && quotes[shell].test(text[at]!)) at += 1
      value += text[at++]
    }
    assert.ok(at < text.length, 'a single quote stays open')
    literals.push({ value, from, to: at })
    at += 1
    rest += '\u0000'
  }
  const double = () => {
    take()
    while (text[at] !== '"') {
      assert.ok(at < text.length, 'a double quote stays open')
      if (text[at] === (power ? '`' : '\\')) { take(); take() } else if (text.startsWith('$(', at)) { take(); take(); code(')') } else take()
    }
    take()
  }
  const code = (end?: string) => {
    while (at < text.length && text[at] !== end) {
      const char = text[at]!
      if (quotes[shell].test(char)) single()
      else if (char === '"') double()
      else if (char === '(') { take(); code(')') }
      else if (power && char === '#' && /\s/.test(text[at - 1] ?? ' ')) while (at < text.length && text[at] !== '\n') take()
      else if (char === (power ? '`' : '\\')) { take(); take() }
      else take()
    }
    if (end) { assert.equal(text[at], end, `no ${end}`); take() }
  }
  code()
  return { literals, rest }
}

test('the reader of quotes reads quotes', () => {
  assert.deepEqual(read("a 'b''c' \"d 'e' $(f 'g')\" # 'h\n'i’’j'", 'powershell').literals.map(({ value }) => value), ["b'c", 'g', 'i’j'])
  assert.deepEqual(read("a 'b'\\''c' \"d 'e' $(f 'g')\"", 'sh').literals.map(({ value }) => value), ['b', 'c', 'g'])
  assert.throws(() => read("a 'b", 'sh'))
})

for (const { name, text, shell } of scripts) {
  test(`req D8: every value of a script stands inside single quotes on its line: ${name}`, () => {
    const { literals } = read(text, shell)
    const places = [...text.matchAll(/\{\{\w+\}\}/g)].map(({ index }) => index)
    assert.ok(places.length > 2)
    for (const place of places) {
      const around = literals.find(({ from, to }) => from <= place && place < to)
      assert.ok(around && !around.value.includes('\n'), text.slice(text.lastIndexOf('\n', place) + 1, text.indexOf('\n', place)))
    }
    assert.equal(text.replace(/\{\{\w+\}\}/g, '').includes('{{'), false)
  })
}

const planted = ['Connect-X -Tenant {{tenantId}}', '$A = "{{tenantId}}"', "$A = '\n{{tenantId}}'", "# it's\n$A = {{tenantId}} # '"]
test('a value outside single quotes would be found', () => {
  for (const text of planted) {
    const place = text.indexOf('{{')
    const around = read(text, 'powershell').literals.find(({ from, to }) => from <= place && place < to)
    assert.ok(!around || around.value.includes('\n'), text)
  }
})

const hostile = ["'; Remove-Item x #", "’; Remove-Item x #", '‘‚‛’\'', '$(id)', '`id`', '"; id; "', "'\\''; id; '", "\\'; id #", '$env:PATH', '{{clientId}}', "x'\u001b[201~\r\nid\n", '!!', "o'neill@acme.example"]
const visible = (value: string) => value.replace(/\p{C}/gu, '')

/** How a script reads with one value everywhere: the code around the literals, and the literals of the values. */
const filledWith = ({ text, shell }: GuideScript, value: string) => {
  const { literals, rest } = read(fill(text, () => value, shell).text, shell)
  // sh writes a quote inside a literal as three pieces; put together again they are one word.
  return { code: shell === 'sh' ? rest.replace(/\u0000(?:\\'\u0000)+/g, '\u0000') : rest, literals: literals.map((literal) => literal.value) }
}

for (const script of scripts) {
  test(`req D8: nothing that is typed becomes code: ${script.name}`, () => {
    const fair = filledWith(script, 'fair')
    const holds = (value: string) => assert.equal(filledWith(script, value).code, fair.code)
    hostile.forEach(holds)
    const pieces = fc.array(fc.constantFrom("'", '’', '‘', '‚', '‛', '"', '`', '$', '(', ')', '#', ';', '\\', '{', '}', '<', 'a', ' ', '\n'), { minLength: 1 })
    fc.assert(fc.property(pieces, (characters) => holds(characters.join(''))), { numRuns: 40 })
  })
}

for (const script of ofShell('powershell')) {
  test(`req D8: PowerShell reads back what was typed: ${script.name}`, () => {
    for (const value of hostile) assert.ok(filledWith(script, value).literals.includes(visible(value)), value)
  })
  test(`one paste, one block, with the first error as its end: ${script.name}`, () => {
    assert.match(script.text, /^& \{\n[^]*\n\}$/)
    assert.match(script.text, /\$ErrorActionPreference = 'Stop'/)
    assert.doesNotMatch(script.text, /@['"]\s*$/m)
    // The commands of Exchange do not follow the preference of the script that calls them.
    const deaf = script.text.split('\n').filter((line) => /\b(New|Add|Remove|Set)-(ServicePrincipal|Mailbox|Recipient|Distribution|Management|CAS)\w*\b/.test(line) && !/-ErrorAction (Stop|SilentlyContinue)/.test(line))
    assert.deepEqual(deaf, [])
  })
}

// Shell scripts run, against a stand-in for the vendor's command that notes every word it was called with.
const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-az-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const log = join(folder, 'calls')
const ids = { app: 'aaaaaaaa-0000-4000-8000-000000000001', service: 'bbbbbbbb-0000-4000-8000-000000000002', api: 'cccccccc-0000-4000-8000-000000000003', role: 'dddddddd-0000-4000-8000-000000000004' }
writeFileSync(join(folder, 'az'), String.raw`#!/bin/sh
{ printf '%s\037' "$@"; printf '\036'; } >> "$CALLS"
case "$*" in
  'cloud set'*|login*|*'permission add'*) ;;
  'ad app list'*) if [ -n "$FOUND" ]; then printf '%b\n' "$FOUND"; fi ;;
  'ad app create'*) echo ${ids.app} ;;
  'ad sp show'*appRoles*) if [ -z "$NO_ROLE" ]; then echo ${ids.role}; fi ;;
  'ad sp show --id 0000000'*) echo ${ids.api} ;;
  'ad sp show'*) if [ -n "$KNOWN" ]; then echo ${ids.service}; else exit 3; fi ;;
  'ad sp create'*) echo ${ids.service} ;;
  'rest --method GET'*) if [ -n "$KNOWN" ]; then echo assigned; fi ;;
  'rest --method POST'*) ;;
  'ad app credential list'*) if [ -n "$KNOWN" ]; then echo key; fi ;;
  'ad app credential reset'*) echo planted-secret ;;
  'account show'*) echo tenant-guid ;;
  *) echo "the stand-in does not know: $*" >&2; exit 9 ;;
esac
`)
chmodSync(join(folder, 'az'), 0o755)

const global = builtInClouds.find(({ id }) => id === 'global')!
const typedIn = { product: 'Acme', tenantId: 'acme.onmicrosoft.com', from: 'noreply@acme.example' }

const run = (script: GuideScript, typed: Readonly<Record<string, string>>, world: Readonly<Record<string, string>> = {}, shell = 'bash') => {
  writeFileSync(log, '')
  const values = valuesFrom((name) => typed[name], cloudFacts(global), graphGuide().samples)
  const { status, stdout, stderr } = spawnSync(shell, ['-c', fill(script.text, values, script.shell).text], {
    cwd: folder, encoding: 'utf8', timeout: 20_000, env: { PATH: `${folder}:/usr/bin:/bin`, CALLS: log, FOUND: '', KNOWN: '', NO_ROLE: '', ...world },
  })
  const calls = readFileSync(log, 'utf8').split('\u001e').filter(Boolean).map((call) => call.split('\u001f').slice(0, -1))
  return { status, stdout, stderr, calls, called: calls.map((words) => words.join(' ')) }
}

for (const script of ofShell('sh')) {
  const role = script.name.startsWith('graph') ? 'Mail.Send' : 'SMTP.SendAsApp'

  test(`the shell takes the script: ${script.name}`, () => {
    for (const shell of ['bash', 'sh']) execFileSync(shell, ['-n', '-c', fill(script.text, () => "it's", 'sh').text])
    assert.doesNotMatch(script.text, /^\s*#|!/m, 'a prompt of zsh takes no comments, one of bash reads an exclamation mark as history')
  })

  for (const shell of ['bash', 'sh']) test(`nothing there yet: registration, permission, consent and secret are made: ${script.name} in ${shell}`, () => {
    const { status, stdout, stderr, called } = run(script, typedIn, {}, shell)
    assert.equal(status, 0, stderr)
    assert.ok(called.includes('ad app create --display-name Acme mail --sign-in-audience AzureADMyOrg --query appId --output tsv'))
    assert.ok(called.some((call) => call.includes(`[?value=='${role}'].id`)))
    assert.ok(called.includes(`ad app permission add --id ${ids.app} --api ${role === 'Mail.Send' ? '00000003-0000-0000-c000-000000000000' : '00000002-0000-0ff1-ce00-000000000000'} --api-permissions ${ids.role}=Role --only-show-errors`))
    const post = called.find((call) => call.startsWith('rest --method POST')) ?? ''
    assert.match(post, new RegExp(`--uri https://graph\\.microsoft\\.com/v1\\.0/servicePrincipals/${ids.service}/appRoleAssignments`))
    assert.deepEqual(JSON.parse(/--body (\{.*\}) --output/.exec(post)![1]!), { principalId: ids.service, resourceId: ids.api, appRoleId: ids.role })
    assert.match(stdout, new RegExp(`Tenant ID: +tenant-guid\nClient ID: +${ids.app}\nClient secret: planted-secret\n`))
  })

  test(`the secret ends within 12 months and is made beside others: ${script.name}`, () => {
    const reset = run(script, typedIn).calls.find((words) => words.includes('reset'))!
    assert.ok(reset.includes('--append'))
    const days = (Date.parse(reset[reset.indexOf('--end-date') + 1]!) - Date.now()) / 86_400_000
    assert.ok(days > 300 && days < 365, String(days))
  })

  test(`an application registered by hand is used, and keeps its secret: ${script.name}`, () => {
    const { status, stdout, called } = run(script, { ...typedIn, clientId: ids.app }, { KNOWN: '1' })
    assert.equal(status, 0)
    assert.deepEqual(called.filter((call) => /create|app list|reset|POST/.test(call)), [])
    assert.match(stdout, /Client secret: the one made before/)
  })

  test(`run twice, nothing is made twice: ${script.name}`, () => {
    const { status, called } = run(script, typedIn, { FOUND: ids.app, KNOWN: '1' })
    assert.equal(status, 0)
    assert.deepEqual(called.filter((call) => /create|reset|POST/.test(call)), [])
  })

  test(`two applications of that name: it stops and asks for the Client ID: ${script.name}`, () => {
    const { status, stderr, called } = run(script, typedIn, { FOUND: `${ids.app}\\n${ids.api}` })
    assert.equal(status, 1)
    assert.match(stderr, /Several registrations are called Acme mail/)
    assert.ok(!called.some((call) => call.includes('permission add')))
  })

  test(`no tenant yet, or no such permission: it stops before it changes anything: ${script.name}`, () => {
    const empty = run(script, { product: 'Acme' })
    assert.deepEqual([empty.status, empty.calls], [1, []])
    assert.match(empty.stderr, /Enter the <Tenant ID> in the form/)
    const without = run(script, typedIn, { NO_ROLE: '1' })
    assert.equal(without.status, 1)
    assert.ok(!without.called.some((call) => /permission add|POST|reset/.test(call)))
  })

  test(`req D8: hostile values arrive as the words they are and run nothing: ${script.name}`, () => {
    const bait = join(folder, 'ran')
    for (const value of [...hostile, `'; touch ${bait} #`, `$(touch ${bait})`, `\`touch ${bait}\``, `'$(touch ${bait})'`]) {
      const { status, stderr, calls } = run(script, { product: value, tenantId: value, clientId: '', from: value })
      assert.equal(status, 0, stderr)
      const create = calls.find((words) => words[2] === 'create')!
      assert.equal(create[create.indexOf('--display-name') + 1], `${visible(value)} mail`)
      const login = calls.find((words) => words[0] === 'login')!
      assert.equal(login[login.indexOf('--tenant') + 1], visible(value))
      const list = calls.find((words) => words[2] === 'list')!
      assert.equal(list[list.indexOf('--filter') + 1], `displayName eq '${`${visible(value)} mail`.replaceAll("'", "''")}'`)
      assert.equal(existsSync(bait), false, value)
    }
  })
}
