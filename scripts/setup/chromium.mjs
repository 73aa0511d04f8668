// Finds a Chromium that really starts, or installs one, and keeps its path where the tests read it.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { during, Missing, run, say } from '../progress.mjs'

/** The npm-packed Chromium that was tried with these tests; Linux on x64 and arm64 only. */
const packed = '@sparticuz/chromium@153.0.0'

export const chromiumFlags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge']

const fixedPlaces = {
  darwin: ['', process.env.HOME ?? ''].flatMap((home) => [
    `${home}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
    `${home}/Applications/Chromium.app/Contents/MacOS/Chromium`,
    `${home}/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge`,
  ]),
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) => process.env[name] ? [
    `${process.env[name]}\\Google\\Chrome\\Application\\chrome.exe`,
    `${process.env[name]}\\Chromium\\Application\\chrome.exe`,
    `${process.env[name]}\\Microsoft\\Edge\\Application\\msedge.exe`,
  ] : []),
}

const installed = () => [
  ...(fixedPlaces[process.platform] ?? []),
  ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
].filter((file) => existsSync(file))

/** A browser counts when it opens its debugging port: some distributions ship a stand-in that only prints advice. */
const starts = (file, profile) => new Promise((resolve) => {
  const child = spawn(file, [...chromiumFlags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  const timer = setTimeout(() => end(false), 40_000)
  const end = (works) => {
    clearTimeout(timer)
    child.kill('SIGKILL')
    resolve({ works, said })
  }
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
    if (said.includes('DevTools listening')) end(true)
  })
  child.on('error', (error) => { said += error.message; end(false) })
  child.on('exit', () => end(false))
})

const lastLine = (text) => text.trim().split('\n').at(-1) || 'it says nothing'

const firstThatStarts = async (files, profile) => {
  for (const file of new Set(files)) {
    const { works, said } = await starts(file, profile)
    if (works) return file
    say(`setup: ${file} does not start: ${lastLine(said)}`)
  }
  return undefined
}

const fromDebian = async () => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return []
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await during('reading the list of system packages (apt-get update)', () => run('apt-get', ['update'], { env }))
  await during('installing Chromium (apt-get install chromium)', () => run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env }))
  return installed()
}

const fromNpm = async (node, folder) => {
  if (process.platform !== 'linux') return []
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const install = await during(`installing the npm-packed Chromium (${packed})`, () =>
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', packed], { cwd: folder }))
  if (install.code !== 0) return []
  const unpack = "import chromium from '@sparticuz/chromium'\nconsole.log(await chromium.executablePath())"
  writeFileSync(join(folder, 'unpack.mjs'), unpack)
  const { code, output } = await run(node, ['unpack.mjs'], { cwd: folder, env: { ...process.env, TMPDIR: folder } })
  return code === 0 ? [output.trim().split('\n').at(-1)] : []
}

const chosen = (profile) => {
  if (!process.env.CHROME_PATH) return undefined
  return starts(process.env.CHROME_PATH, profile).then(({ works, said }) => {
    if (works) return process.env.CHROME_PATH
    throw new Missing(`CHROME_PATH names ${process.env.CHROME_PATH}, which does not start: ${lastLine(said)}\n`
      + '  Set it to a Chromium or Chrome, or unset it to have one found.')
  })
}

/** Writes the path of a working Chromium to node_modules/.cache/chromium-path. */
export const findChromium = async (root, node) => {
  const cache = join(root, 'node_modules', '.cache')
  const note = join(cache, 'chromium-path')
  const known = existsSync(note) ? readFileSync(note, 'utf8').trim() : ''
  if (known && existsSync(known) && (process.env.CHROME_PATH ?? known) === known) return
  mkdirSync(cache, { recursive: true })
  const profile = join(cache, 'chromium-profile')
  const file = await chosen(profile)
    ?? await firstThatStarts(installed(), profile)
    ?? await firstThatStarts(await fromDebian(), profile)
    ?? await firstThatStarts(await fromNpm(node, join(cache, 'chromium')), profile)
  if (!file) {
    throw new Missing('No Chromium was found and none could be installed; the browser tests need one.\n'
      + '  Install Chromium or Chrome (Debian, Ubuntu: apt-get install chromium) and run the same command again,\n'
      + '  or name one:  CHROME_PATH=/path/to/chrome npm test')
  }
  writeFileSync(note, `${file}\n`)
  say(`setup: browser tests use ${file}`)
}
