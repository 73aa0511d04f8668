import { builtInClouds } from '../kits/microsoft/clouds.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import { graph } from './graph/index.ts'
import type { Mode } from './mode.ts'
import { smtpOffice365 } from './smtp-office365/index.ts'
import { smtp } from './smtp/index.ts'

/** Every mode, in the order the form offers them; the clouds are what Microsoft's modes let choose from. */
export const modesFor = (clouds: readonly Cloud[]): readonly Mode[] =>
  [smtp as unknown as Mode, smtpOffice365(clouds) as unknown as Mode, graph(clouds) as unknown as Mode]

/** Every mode over the built-in clouds. Marked, so that a bundle which asks for other clouds does not make them at its start. */
export const modes: readonly Mode[] = /* @__PURE__ */ modesFor(builtInClouds)
