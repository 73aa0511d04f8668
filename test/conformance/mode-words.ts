// Everything a mode can run into, said to it, and what its answer lacks.
import type { Finding } from '@mail-gateway/contract'
import { NotProven } from '../../packages/bff/src/checks/step.ts'
import { isPlainAnswer } from '../../packages/bff/src/findings/answer.testing.ts'
import { catalogue } from '../../packages/bff/src/findings/catalogue.ts'
import { MicrosoftFault } from '../../packages/bff/src/kits/microsoft/fault.ts'
import type { MicrosoftFaultCode } from '../../packages/bff/src/kits/microsoft/fault.ts'
import { words as microsoftWords } from '../../packages/bff/src/kits/microsoft/words.ts'
import { SmtpFault } from '../../packages/bff/src/kits/smtp/fault.ts'
import type { FaultCode } from '../../packages/bff/src/kits/smtp/fault.ts'
import { words as smtpWords } from '../../packages/bff/src/kits/smtp/words.ts'
import type { Mode } from '../../packages/bff/src/modes/mode.ts'
import { EgressRefused } from '../../packages/bff/src/ports/egress.ts'

/** What a request to one of the services was for. */
export const kindsOf = (request: string): string =>
  request.includes('openid-configuration') ? 'discovery' : request.endsWith('/token') ? 'token' : request.includes('sendMail') ? 'sendMail' : request

const lacking = ({ code, title, cause, fixes, retry }: Finding): string[] => [
  ...(/^[a-z0-9]+([.-][\w-]+)*$/.test(code) ? [] : ['a code']),
  ...(title && cause ? [] : ['title or cause']),
  ...(fixes.length > 0 && fixes.every(({ text }) => text.length > 0) ? [] : ['what to do']),
  ...(isPlainAnswer(retry.text) ? [] : [`a plain answer to “Try again?”: ${retry.text}`]),
  ...(/undefined|\bNaN\b|\[object/.test(JSON.stringify([title, cause, fixes])) ? ['a value in its words'] : []),
]

/** Faults of the kits this mode stands on, and what any mode can meet. */
const faultsOf = (mode: Mode): Error[] => {
  const smtp = (Object.keys(smtpWords) as FaultCode[]).map((code) => new SmtpFault(code, { text: '9 bytes, at most 1' }))
  const microsoft = (Object.keys(microsoftWords) as MicrosoftFaultCode[]).map((code) => new MicrosoftFault(code, { service: 'token', host: 'login.example.com' }))
  return [
    ...('connect' in mode.plan ? smtp : []), ...('tenant' in mode.plan ? microsoft : []),
    new NotProven('silence'), new EgressRefused('address', '10.0.0.1'), new EgressRefused('address', '10.0.0.1', false), new EgressRefused('port', '26'), new TypeError('a mistake of ours'),
  ]
}

/** Everything its findings lack, by code and row; empty where each is complete. */
export const incomplete = (mode: Mode, values: Readonly<Record<string, unknown>>): string[] => {
  const explain = mode.explain(values as never)
  const met = faultsOf(mode).flatMap((fault) => Object.keys(mode.plan).map((row) => ({ row, finding: explain(fault, row).finding })))
  const listed = catalogue.filter(({ match, modes }) => !match.local && (modes.includes(mode.id) || modes.includes('*'))).flatMap((entry) => mode.tell ? [{ row: entry.id, finding: mode.tell(entry) }] : [])
  return [...met, ...listed].flatMap(({ row, finding }) => lacking(finding).map((part) => `${finding.code} at ${row} lacks ${part}`))
}
