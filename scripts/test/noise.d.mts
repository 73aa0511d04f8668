export const differences: (before: string, now: string) => string[]
