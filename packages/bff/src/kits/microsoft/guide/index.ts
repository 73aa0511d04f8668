export { cloudFacts } from './facts.ts'
export { graphGuide } from './graph.ts'
export { stepOf } from './portal-steps.ts'
export { smtpGuide } from './smtp.ts'
