/** Below this lies the stand-in for Microsoft's portals, one for each pretend cloud. */
export const portalPath = '/portal'
