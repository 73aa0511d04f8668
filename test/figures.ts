// Figures that suites measure, for whoever prints them: one JSON object a line in the file MGS_FIGURES names.
import { appendFileSync } from 'node:fs'

/** One measured value. `of` tells what was measured, such as `fault F18 workerd`; the rest is free. */
export interface Figure {
  readonly of: string
  readonly [name: string]: string | number | boolean
}

/** Keeps a figure, where somebody asked for them; says it in the test's own output otherwise not at all. */
export const record = (figure: Figure): void => {
  const file = process.env['MGS_FIGURES']
  if (file) appendFileSync(file, `${JSON.stringify(figure)}\n`)
}
