import type { Mode } from './mode.ts'
import { smtp } from './smtp/index.ts'

/** Every mode, in the order the form offers them. */
export const modes: readonly Mode[] = [smtp as unknown as Mode]
