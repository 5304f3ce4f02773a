export { browserOf } from './browserOf';
export * from './queries';
