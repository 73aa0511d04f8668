import { isLiteral, readCloudsText } from '../config/clouds.ts'
import type { Reading } from '../config/options.ts'
import { builtInClouds } from '../kits/microsoft/clouds.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import { readNamed } from './file.ts'

/** The clouds `MAIL_GATEWAY_CLOUDS` asks for: a JSON list itself, or the path of one; empty means the built-in ones. */
export const readCloudsVariable = (text: string | undefined): Reading<readonly Cloud[]> => {
  const wanted = text?.trim()
  if (!wanted) return { value: builtInClouds }
  return isLiteral(wanted) ? readCloudsText(wanted) : readCloudsFile(wanted)
}

const readCloudsFile = (path: string): Reading<readonly Cloud[]> => {
  const reading = readNamed(path)
  return 'problem' in reading ? reading : readCloudsText(reading.value)
}
