/** What the system calls a failure. */
export const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? 'unknown reason')
