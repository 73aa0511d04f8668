/** What wrangler says of an upload, in KiB, and the script it would upload. */
export interface Upload {
  readonly total: number
  readonly gzip: number
  readonly script: string
}
export const most: number
export const dryRun: (folder: string, ...options: string[]) => Promise<Upload>
export const templateSize: () => Promise<Upload>
