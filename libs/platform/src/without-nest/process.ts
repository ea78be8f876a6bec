/** `@chorus/platform/process`: what a process needs that has read no setting yet. */
export { systemClock } from '../clock'
export type { Clock } from '../clock'
export { chorusVersion, repositoryRoot } from '../repository-root'
