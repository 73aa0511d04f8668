import type { Words } from '../mode.ts'
import type { SmtpSettings } from './settings.ts'

export type SmtpRow =
  | 'inputs' | 'name' | 'address' | 'connect' | 'greeting' | 'encryption' | 'capabilities'
  | 'sign-in' | 'sender' | 'recipient' | 'message'

/** Everything the mode says in English, findings excepted: those lie with what finds them. */
export const en: Words<Extract<keyof SmtpSettings, string>, SmtpRow> = {
  label: 'SMTP',
  hint: 'Any mail server. Needs its name, a port, often a password.',
  groups: {
    server: { label: 'Server' },
    'sign-in': { label: 'Sign-in' },
    sender: { label: 'Sender' },
    advanced: { label: 'Advanced', advanced: true },
  },
  fields: {
    host: {
      label: 'Server', hint: 'Name or IP address, for example smtp.acme.example',
      without: { privateNetwork: 'Its name on the internet, for example smtp.acme.example. Servers of an internal network cannot be reached from this deployment.' },
      required: 'Enter the server name, for example smtp.acme.example',
      format: 'Enter only the name or IP address of the server, for example smtp.acme.example',
    },
    port: {
      label: 'Port', without: { port25: '587 or 465. Port 25 cannot be used from this deployment.' },
      range: 'Enter a port from 1 to 65535, usually 587', format: 'Enter the port as a number, usually 587',
    },
    security: {
      label: 'Encryption',
      required: 'Choose how the connection is encrypted',
      options: {
        starttls: { label: 'STARTTLS', hint: 'usual on port 587' },
        tls: { label: 'TLS from the start', hint: 'usual on port 465' },
        none: { label: 'None', hint: 'never with a password' },
      },
    },
    authentication: {
      label: 'The server asks for',
      required: 'Choose whether the server asks for a sign-in',
      options: { none: { label: 'No sign-in' }, password: { label: 'User name and password' } },
    },
    username: { label: 'User name', hint: 'Often the full email address', required: 'Enter the user name the server knows', format: 'Enter the user name on one line, without control characters' },
    password: { label: 'Password', required: 'Enter the password, or an app password where the provider asks for one' },
    from: { label: 'From address', required: 'Enter the From address, for example noreply@acme.example', format: 'Enter one address, for example noreply@acme.example' },
    fromName: { label: 'Sender name', format: 'Enter the sender name on one line, at most 128 characters' },
    replyTo: { label: 'Reply-to', hint: 'Where answers go, if not to the From address', format: 'Enter one address, for example helpdesk@acme.example' },
    signature: { label: 'Signature', hint: 'Plain text under every mail', format: 'Use plain text, at most 4000 characters' },
    tlsVersion: { label: 'Lowest TLS version', options: { '1.2': { label: '1.2' }, '1.3': { label: '1.3' } } },
    ca: { label: 'Own certificate authority', hint: 'PEM, for a server with an internal certificate', format: 'Paste the certificate with its BEGIN CERTIFICATE and END CERTIFICATE lines' },
    ehloName: { label: 'Name in EHLO', hint: 'How this server introduces itself, if the mail server insists', format: 'Enter a full host name, for example app.acme.example' },
    envelopeFrom: { label: 'Envelope sender', hint: 'Where bounces go, if not to the From address', format: 'Enter one address, for example bounces@acme.example' },
    timeout: { label: 'Timeout', unit: 'seconds', hint: 'For sending. A check ends after 20 seconds in any case.', range: 'Enter 5 to 300 seconds', format: 'Enter the seconds as a whole number, 5 to 300' },
  },
  checks: {
    inputs: 'Settings are complete',
    name: 'The server name has an address',
    address: 'The address may be used',
    connect: 'The port answers',
    greeting: 'A mail server greets',
    encryption: 'The connection is encrypted',
    capabilities: 'The server says what it offers',
    'sign-in': 'The sign-in is accepted',
    sender: 'The From address is accepted',
    recipient: 'The recipient is accepted',
    message: 'The test email is accepted',
  },
  aside: {
    title: 'Which port?',
    facts: [
      { term: '587', text: 'STARTTLS. Programs that sign in. Start here.' },
      { term: '465', text: 'TLS from the start. The older secure port, still common.' },
      { term: '25', text: 'Between servers, or a relay inside your network that knows this machine.', without: { port25: 'Between servers. Not from this deployment: its platform lets no mail out on this port.' } },
    ],
  },
}
