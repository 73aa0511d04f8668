/** Milliseconds of processor time this process has used so far. What others do meanwhile does not count, as it would by the clock. */
export const worked = (): number => process.cpuUsage().user / 1000
