import type { Cloud } from '../../kits/microsoft/clouds.ts'
import { explainMicrosoft } from '../../kits/microsoft/explain.ts'
import { tell } from '../../kits/microsoft/finding.ts'
import type { Applicant } from '../../kits/microsoft/rows.ts'
import { cloudNamed, judgeApplication, secretEnd } from '../../kits/microsoft/settings.ts'
import { outOfReach } from '../../kits/smtp/out-of-reach.ts'
import { defineMode } from '../mode.ts'
import { checklist } from './checklist.ts'
import { accountOf, canonical, mailClouds, settingsFor } from './settings.ts'
import type { MailCloud, OfficeSettings } from './settings.ts'
import { open } from './transport.ts'
import { wordsFor } from './words.ts'

/** Microsoft's SMTP server with a token: the application signs in to one mailbox. For the clouds of which such a server is known. */
export const smtpOffice365 = (all: readonly Cloud[]) => {
  const clouds = mailClouds(all)
  const cloudOf = ({ cloud }: OfficeSettings): MailCloud => cloudNamed(clouds, cloud)
  const applicantOf = (values: OfficeSettings): Applicant => ({ ...values, cloud: cloudOf(values), clouds: all, purpose: 'smtp' })
  const explain = (values: OfficeSettings) =>
    explainMicrosoft('smtp-office365', { cloud: cloudOf(values), from: values.from, account: accountOf(values), ...secretEnd(values) })
  return defineMode({
    id: 'smtp-office365',
    settings: settingsFor(clouds),
    plan: {
      inputs: 'input', tenant: 'network', name: 'network', address: 'network', connect: 'network', greeting: 'network', encryption: 'network', capabilities: 'network',
      token: 'identity', permission: 'identity', 'sign-in': 'identity', sender: 'delivery', recipient: 'delivery', message: 'delivery',
    },
    words: { en: wordsFor(clouds) },
    // The From address is what tells one from another; a cloud is the same for nearly everybody.
    target: [],
    // Discovery may be down while sign-in works; a right may be granted in Exchange, where no token shows it.
    settles: { tenant: ['token'], permission: ['sign-in'] },
    judge(values, capabilities) {
      const { smtpHost, smtpPort } = cloudOf(values)
      // Host and port are the cloud's, so the cloud is what can be chosen otherwise.
      const barriers = outOfReach({ host: smtpHost, port: smtpPort }, capabilities).map((barrier) => ({ ...barrier, field: 'cloud' }))
      return [...judgeApplication(values, clouds, 'smtp'), ...barriers]
    },
    canonical,
    anchors(values) {
      const { authority, smtpHost, smtpPort } = cloudOf(values)
      return { authority, smtp: `${smtpHost}:${smtpPort}` }
    },
    checklist: (values, step, ports, test) => checklist({ settings: values, cloud: cloudOf(values), applicant: applicantOf(values), explain: explain(values) }, step, ports, test),
    explain,
    tell: (entry) => tell('smtp-office365', entry),
    open: (values, ports, signal) => open(values, cloudOf(values), applicantOf(values), ports, signal),
  })
}
