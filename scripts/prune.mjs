// Removes from `dist` of the current package what was built from sources that are gone; the compiler leaves it lying.
import { existsSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const built = /(\.d\.ts|\.js|\.json)$/
const sourcesOf = (file) => ['.ts', '.json'].map((end) => join('src', file.replace(built, end)))

for (const file of existsSync('dist') ? globSync('**/*', { cwd: 'dist' }) : []) {
  if (built.test(file) && !sourcesOf(file).some((source) => existsSync(source))) rmSync(join('dist', file))
}
