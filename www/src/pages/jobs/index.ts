export { JobsPage as default } from './JobsPage';
