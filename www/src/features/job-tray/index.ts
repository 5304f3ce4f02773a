export { JobTray } from './JobTray';
