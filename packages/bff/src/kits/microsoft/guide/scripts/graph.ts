import {
  application, askObject, block, connectBoth, connectExchange, existing, findRole, limit, link, mailbox, names, proof, result, secret, unlimit, unregister, valuesOf, withdraw,
} from './powershell.ts'

const mailSend = findRole('00000003-0000-0000-c000-000000000000', 'Mail.Send')
const role = 'Application Mail.Send'

/** RBAC for Applications: registration, secret and the right to send from one mailbox, in one. */
export const graphLimit = block(valuesOf(), connectBoth, mailbox('From'), application, link, names, limit(role), mailSend, withdraw, proof, secret, result)

/** The same right for an application registered by somebody else, for whoever has rights in Exchange only. */
export const graphLimitExchange = block(valuesOf(), askObject, connectExchange, mailbox('From'), link, names, limit(role), proof)

/** What the scripts of this mode made, taken back. */
export const graphUndo = block(valuesOf(), connectBoth, existing, names, unlimit(role), mailSend, withdraw, unregister)
