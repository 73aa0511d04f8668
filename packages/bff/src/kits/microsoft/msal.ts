// A module of its own, so that a bundler sees which parts of the library an import at run time asks for.
export { ConfidentialClientApplication, LogLevel } from '@azure/msal-node'
