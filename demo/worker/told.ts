import type { Sandbox, Scenario } from '../sandbox/index.ts'

/** A handshake that fails: workerd tells its Worker that it did, and nothing else. */
const isOpaque = ({ certificate, tls, tlsAtOnce }: Scenario): boolean => certificate !== undefined || tls !== undefined || tlsAtOnce === false

/** The sandbox as a Worker's product shows it: it promises what is told there, and offers no authority for pasting. */
export const asToldAtTheEdge = (sandbox: Sandbox): Sandbox => ({
  ...sandbox,
  scenarios: sandbox.scenarios.map((one) => {
    if (!isOpaque(one)) return one
    const { certificate: _, ...rest } = one
    return { ...rest, sees: 'No encrypted connection came about. A Worker is not told why; the terminal this demo was started from shows it.' }
  }),
})
