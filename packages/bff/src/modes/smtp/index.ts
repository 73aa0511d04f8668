import { explainSmtp } from '../../kits/smtp/explain.ts'
import { outOfReach } from '../../kits/smtp/out-of-reach.ts'
import { defineMode } from '../mode.ts'
import { checklist } from './checklist.ts'
import type { Ready } from './checklist.ts'
import { canonical, settings } from './settings.ts'
import { open } from './transport.ts'
import { en } from './words.ts'

const starttlsOrder = ['inputs', 'name', 'address', 'connect', 'greeting', 'encryption', 'capabilities', 'sign-in', 'sender', 'recipient', 'message'] as const
// With TLS from the start the server greets inside the encrypted line.
const tlsOrder = ['inputs', 'name', 'address', 'connect', 'encryption', 'greeting', 'capabilities', 'sign-in', 'sender', 'recipient', 'message'] as const

/** Any mail server: a name, a port, and perhaps a password. */
export const smtp = defineMode({
  id: 'smtp',
  settings,
  plan: {
    inputs: 'input', name: 'network', address: 'network', connect: 'network', greeting: 'network', encryption: 'network',
    capabilities: 'network', 'sign-in': 'identity', sender: 'delivery', recipient: 'delivery', message: 'delivery',
  },
  order: ({ security }) => (security === 'tls' ? tlsOrder : starttlsOrder),
  words: { en },
  target: ['host', 'port'],
  judge: (values, capabilities) => outOfReach(values as Ready, capabilities),
  canonical,
  checklist: (values, step, ports, test) => checklist(values as Ready, step, ports, test),
  explain: (values) => explainSmtp('smtp', { host: values.host, port: values.port ?? 0, starttls: values.security === 'starttls' }),
  open: (values, ports, signal) => open(values as Ready, ports, signal),
})
