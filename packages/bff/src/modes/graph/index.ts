import type { Cloud } from '../../kits/microsoft/clouds.ts'
import { explainMicrosoft } from '../../kits/microsoft/explain.ts'
import { tell } from '../../kits/microsoft/finding.ts'
import { passwordRetiring } from '../../kits/microsoft/notices.ts'
import { cloudNamed, judgeApplication, secretEnd } from '../../kits/microsoft/settings.ts'
import { defineMode } from '../mode.ts'
import { applicantOf, checklist } from './checklist.ts'
import { canonical, settingsFor } from './settings.ts'
import type { GraphSettings } from './settings.ts'
import { open } from './transport.ts'
import { wordsFor } from './words.ts'

/** The mailbox that sends, and the address it is to send as where that is another one. */
const throughOf = ({ from, envelopeFrom }: GraphSettings): { from: string; sender?: string } =>
  envelopeFrom === undefined || envelopeFrom === from ? { from } : { from: envelopeFrom, sender: from }

/** Exchange Online over HTTPS: the application signs in, and Graph sends as one of the tenant's mailboxes. */
export const graph = (clouds: readonly Cloud[]) => {
  const explain = (values: GraphSettings) => explainMicrosoft('graph', { cloud: cloudNamed(clouds, values.cloud), ...throughOf(values), ...secretEnd(values) })
  return defineMode({
    id: 'graph',
    settings: settingsFor(clouds),
    plan: { inputs: 'input', tenant: 'network', token: 'identity', permission: 'identity', message: 'delivery' },
    words: { en: wordsFor(clouds) },
    // The From address is what tells one from another; a cloud is the same for nearly everybody.
    target: [],
    // Discovery may be down while sign-in works; a right may be granted in Exchange, where no token shows it.
    settles: { tenant: ['token'], permission: ['message'] },
    invitations: [passwordRetiring],
    judge: (values) => judgeApplication(values, clouds, 'graph'),
    canonical,
    anchors(values) {
      const { authority, graph: host } = cloudNamed(clouds, values.cloud)
      return { authority, graph: host }
    },
    checklist: (values, step, ports, test) => checklist(values, clouds, step, ports, test, explain(values)),
    explain,
    tell: (entry) => tell('graph', entry),
    open: (values, ports, signal) => open({ applicant: applicantOf(values, clouds), keepCopy: values.saveToSentItems, timeout: values.timeout }, ports, signal),
  })
}
