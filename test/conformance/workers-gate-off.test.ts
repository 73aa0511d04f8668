// The STARTTLS gate is off, as workerd runs on a developer's machine.
import { inWorkerd } from './workers.ts'

inWorkerd('off')
