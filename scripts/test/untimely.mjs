/** Whether an error says by its name that a time was missed: ours of `test/within-time.ts`, or what waited for something. */
export const isUntimely = (name) => ['Untimely', 'TimeoutError'].includes(name)
