// The STARTTLS gate is on, as production is described.
import { inWorkerd } from './workers.ts'

inWorkerd('on')
