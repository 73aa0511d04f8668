// Ways of sending that a host defines itself, as later modes will arrive: by data alone.
import * as z from 'zod'
import { NotProven } from './packages/bff/src/checks/step.ts'
import { smtp } from './packages/bff/src/modes/smtp/index.ts'

/** The same settings, other words, a short guide. */
export const second = {
  ...smtp, id: 'second',
  words: {
    en: {
      ...smtp.words.en, label: 'Second way', hint: 'Another way of sending mail.', badge: 'Recommended here.', aside: undefined,
      guide: { title: 'Set it up', steps: [{ id: 'one', title: 'Do the first thing', text: 'It is quick.', link: 'https://portal.example/one' }, { id: 'two', title: 'Do the second', text: 'It is quick too.' }] },
    },
  },
}

/** One that this deployment cannot use. */
export const missing = { ...second, id: 'missing', words: { en: { ...second.words.en, label: 'Third way', badge: undefined, guide: undefined } }, available: () => ({ ok: false, code: 'runtime', reason: 'This runtime cannot do it.' }) }

const guid = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
const idRepairs = [{ pattern: `^https://portal\\.example/.*?${guid}.*$`, to: '$1', say: 'The ID was taken out of the address.' }]

const guide = {
  title: 'Set up the directory',
  intro: 'An owner of the directory is needed once, for about ten minutes.',
  samples: { from: 'noreply@acme.example', mailbox: 'somebody@acme.example' },
  steps: [
    { id: 'register', title: 'Register {{product}}', text: 'Any name will do. Nothing can be sent before the permission step.', who: 'Owner of the directory', path: 'Directory › Applications › New', link: '{{page}}/new',
      values: [{ label: 'Name', text: '{{product}} mail' }] },
    { id: 'ids', title: 'Copy the two IDs', text: 'Both are on the page of the application.', link: '{{applicationPage}}', linkBefore: '{{page}}/all' },
    { id: 'secret', title: 'Create a secret', text: 'Copy the Value. It is shown once.', link: '{{applicationPage}}/secrets', linkBefore: '{{page}}/all' },
    { id: 'permission', title: 'Let it send as {{from}}', text: 'Rights take up to two hours.', who: 'Administrator of the mail service',
      scripts: [
        { label: 'One mailbox only', shell: 'powershell', text: "# Paste into PowerShell\n$from = '{{from}}'\n$application = '{{clientId}}'\nNew-Right -Name 'Send only as this one mailbox and no other' -Application $application -Mailbox $from -Confirm:$false" },
        { label: 'Every mailbox', shell: 'sh', text: "right add --application '{{clientId}}' --tenant '{{tenant}}' --from '{{from}}'" },
      ] },
    { id: 'abroad', title: 'Ask for the region', text: 'The other cloud wants to know from where.', when: { region: 'abroad' } },
    { id: 'certificate', title: 'Check the certificate', text: 'Only with a line that is encrypted later.', when: { security: ['starttls'] } },
  ],
}

const open = {
  code: 'guided.permission.open', id: null, title: 'The permission is not in the token', cause: 'It may have been granted elsewhere, which leaves no trace here. A message that is accepted settles it.',
  fixes: [{ text: 'Send a test email.' }, { text: 'Or grant it again.', link: 'https://portal.example/permission' }], step: 'permission', who: 'Administrator of the mail service', retry: { class: 'depends', text: 'No, a later row decides' },
}
const base = smtp.explain

/** Settings with a guide, wrong things that are recognised, a date, a row that may stay open; and a way here from another mode. */
export const guided = {
  ...smtp, id: 'guided',
  settings: smtp.settings.extend({
    cloud: z.enum(['here', 'there']).default('here').meta({ kind: 'select', group: 'directory', destination: true }),
    tenant: z.string().max(120).regex(/^[\w.@-]+$/).meta({ kind: 'text', group: 'directory', clean: 'text', ltr: true, repairs: idRepairs }),
    clientId: z.string().regex(new RegExp(`^${guid}$`, 'i')).meta({ kind: 'text', group: 'directory', clean: 'text', ltr: true, repairs: idRepairs }),
    clientSecret: z.string().min(1).max(4096).meta({ kind: 'secret', secret: true, group: 'directory', clean: 'secret', ltr: true, expires: 'secretEnds', repairs: [{ pattern: `^${guid}$`, say: 'This looks like the Secret ID. Paste the Value.' }] }),
    secretEnds: z.iso.date().meta({ kind: 'date', group: 'directory' }).optional(),
    scope: z.string().max(200).meta({ kind: 'text', group: 'directory', clean: 'text', ltr: true, repairs: [{ pattern: '^https://portal\\.example/?\\.?/?default$', to: 'https://portal.example/.default', say: 'The scope was garbled and is put right.' }] }).optional(),
  }),
  plan: { permission: 'identity', ...smtp.plan },
  order: undefined,
  settles: { permission: ['sign-in'] },
  words: {
    en: {
      ...smtp.words.en, label: 'Directory (application with a secret)', hint: 'Needs an application in the directory and its owner. No password.', badge: 'Recommended here.', aside: undefined, guide,
      groups: { directory: { label: 'Directory' }, ...smtp.words.en.groups },
      checks: { permission: 'The application may send', ...smtp.words.en.checks },
      fields: {
        ...smtp.words.en.fields,
        cloud: { label: 'Cloud', options: {
          here: { label: 'This one', facts: { region: 'home', page: 'https://portal.example', applicationPage: 'https://portal.example/application/{{clientId}}' } },
          there: { label: 'The other one', facts: { region: 'abroad', page: 'https://portal.there.example', applicationPage: 'https://portal.there.example/application/{{clientId}}' } },
        } },
        tenant: { label: 'Tenant' }, clientId: { label: 'Client ID', format: 'Paste the Client ID, such as 8d1f0c4e-0000-4000-8000-000000000001' },
        clientSecret: { label: 'Client secret', hint: 'The column Value.' }, secretEnds: { label: 'Secret ends on', hint: 'So that there is a warning in time.' }, scope: { label: 'Scope' },
      },
    },
  },
  invitations: [{
    on: 'smtp', id: 'password-ends', when: { host: '(^|\\.)(localhost|portal\\.example)$', authentication: '^password$' },
    title: 'This server ends passwords on 31 December 2026', text: 'From then on it refuses them. An application of the directory signs in instead.', link: 'https://portal.example/news',
    moves: [{ mode: 'guided', label: 'Move to the directory', carry: { tenant: 'username' } }, { mode: 'missing', label: 'Move to the third way' }],
  }],
  async *checklist(settings, step, ports, message) {
    yield* step.may('permission', () => Promise.reject(new NotProven('no role')))
    yield* smtp.checklist(settings, step, ports, message)
  },
  explain: (settings) => (error, row) => (row === 'permission' ? { status: 'unproven', finding: open } : base(settings)(error, row)),
}
