import { builtInClouds } from '../kits/microsoft/clouds.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import type { Mode } from './mode.ts'
import { smtp } from './smtp/index.ts'

/** Every mode, in the order the form offers them; the clouds are what Microsoft's modes let choose from. */
export const modesFor = (_clouds: readonly Cloud[]): readonly Mode[] => [smtp as unknown as Mode]

/** Every mode over the built-in clouds. */
export const modes: readonly Mode[] = modesFor(builtInClouds)
